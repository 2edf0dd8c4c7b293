#include "audio/live_ogg.h"

#include <ogg/ogg.h>

#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>

#include "audio/opus_clip.h"

namespace higgins::audio {
namespace {

const std::vector<float> kNoSamples;

Bytes PacketBytes(const ogg_packet& packet) {
  return {reinterpret_cast<const std::byte*>(packet.packet), static_cast<std::size_t>(packet.bytes)};
}

}  // namespace

struct LiveOgg::Impl {
  explicit Impl(double max_s) : max_duration_s(max_s) { ogg_sync_init(&sync); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() {
    ogg_sync_clear(&sync);
    if (has_stream) ogg_stream_clear(&stream);
  }

  Result<void> TakePage(ogg_page& page) {
    if (!has_stream) has_stream = ogg_stream_init(&stream, ogg_page_serialno(&page)) == 0;
    if (has_stream) ogg_stream_pagein(&stream, &page);  // a page of another stream is refused here
    ogg_packet packet{};
    for (int status = 0; has_stream && (status = ogg_stream_packetout(&stream, &packet)) != 0;) {
      if (status < 0) return Error{ErrorCode::kBadAudio, "the ogg opus is damaged: a page is missing"};
      if (Result<void> taken = TakePacket(packet); !taken) return taken;
    }
    return {};
  }

  Result<void> TakePacket(const ogg_packet& packet) {
    const std::int64_t index = num_packets++;
    if (index == 0) {
      Result<OpusClip> created = OpusClip::Create("the ogg opus", PacketBytes(packet), max_duration_s);
      if (!created) return created.error();
      clip.emplace(*std::move(created));
      return {};
    }
    return index > 1 && packet.bytes > 0 ? clip->Add(PacketBytes(packet))
                                         : Result<void>();  // the second: tags
  }

  double max_duration_s;
  ogg_sync_state sync{};
  ogg_stream_state stream{};
  bool has_stream = false;
  std::int64_t num_packets = 0;
  std::optional<OpusClip> clip;
};

LiveOgg::LiveOgg(double max_duration_s) : impl_(std::make_unique<Impl>(max_duration_s)) {}
LiveOgg::LiveOgg(LiveOgg&&) noexcept = default;
LiveOgg& LiveOgg::operator=(LiveOgg&&) noexcept = default;
LiveOgg::~LiveOgg() = default;

Result<void> LiveOgg::Feed(Bytes bytes) {
  char* buffer = ogg_sync_buffer(&impl_->sync, static_cast<long>(bytes.size()));  // NOLINT: libogg's type
  if (buffer == nullptr) return Error{ErrorCode::kInternal, "libogg gave no buffer"};
  std::memcpy(buffer, bytes.data(), bytes.size());
  ogg_sync_wrote(&impl_->sync, static_cast<long>(bytes.size()));  // NOLINT: libogg's type
  ogg_page page{};
  for (int status = 0; (status = ogg_sync_pageout(&impl_->sync, &page)) != 0;) {
    if (status < 0) continue;  // bytes were skipped to the next page; a gap shows in the packets
    if (Result<void> taken = impl_->TakePage(page); !taken) return taken;
  }
  return {};
}

const std::vector<float>& LiveOgg::samples() const {
  return impl_->clip ? impl_->clip->samples() : kNoSamples;
}

}  // namespace higgins::audio
