#include "audio/ogg_opus_decoder.h"

#include <ogg/ogg.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include "audio/opus_clip.h"

namespace higgins::audio {
namespace {

constexpr char kName[] = "the ogg opus";

Bytes PacketBytes(const ogg_packet& packet) {
  return {reinterpret_cast<const std::byte*>(packet.packet),
          static_cast<std::size_t>(packet.bytes)};  // NOLINT
}

/// libogg's two states, cleared whatever happens.
class OggReader {
 public:
  explicit OggReader(Bytes bytes) : rest_(bytes) { ogg_sync_init(&sync_); }
  OggReader(const OggReader&) = delete;
  OggReader& operator=(const OggReader&) = delete;
  ~OggReader() {
    ogg_sync_clear(&sync_);
    if (has_stream_) ogg_stream_clear(&stream_);
  }

  /// The next packet of the first stream; none at the end. Errors: kBadAudio for a gap, kInternal.
  Result<std::optional<ogg_packet>> Next() {
    for (;;) {
      ogg_packet packet{};
      const int status = has_stream_ ? ogg_stream_packetout(&stream_, &packet) : 0;
      if (status > 0) return std::optional(packet);
      if (status < 0)
        return Error{ErrorCode::kBadAudio, std::string(kName) + " is damaged: a page is missing"};
      ogg_page page{};
      if (!NextPage(page)) return std::optional<ogg_packet>();
      if (!has_stream_) has_stream_ = ogg_stream_init(&stream_, ogg_page_serialno(&page)) == 0;
      // A page of another stream is refused here, which is what we want.
      if (has_stream_) ogg_stream_pagein(&stream_, &page);
    }
  }

 private:
  bool NextPage(ogg_page& page) {
    constexpr std::size_t kFeedBytes = 8192;
    for (;;) {
      const int status = ogg_sync_pageout(&sync_, &page);
      if (status > 0) return true;
      if (status < 0) continue;  // bytes were skipped to the next page; a gap shows in the packets
      if (rest_.empty()) return false;
      const std::size_t num_bytes = std::min(kFeedBytes, rest_.size());
      char* buffer = ogg_sync_buffer(&sync_, static_cast<long>(num_bytes));  // NOLINT: libogg's type
      if (buffer == nullptr) return false;
      std::memcpy(buffer, rest_.data(), num_bytes);
      ogg_sync_wrote(&sync_, static_cast<long>(num_bytes));  // NOLINT: libogg's type
      rest_ = rest_.subspan(num_bytes);
    }
  }

  Bytes rest_;
  ogg_sync_state sync_{};
  ogg_stream_state stream_{};
  bool has_stream_ = false;
};

/// Granule positions count frames at 48 kHz to the end of a page. The last one says where the sound ends; the
/// first one where it began, which is not 0 when a recorder joined a running stream.
class EndOfSound {
 public:
  void See(const ogg_packet& packet, OpusClip& clip) {
    if (packet.granulepos < 0) return;
    if (packet.e_o_s != 0) {
      clip.DropPadding(clip.num_frames() - std::max<std::int64_t>(0, packet.granulepos - start_));
    } else if (!is_started_) {
      start_ = std::max<std::int64_t>(0, packet.granulepos - clip.num_frames());
    }
    is_started_ = true;
  }

 private:
  std::int64_t start_ = 0;
  bool is_started_ = false;
};

}  // namespace

bool IsOggOpus(Bytes bytes) {
  constexpr std::size_t kPageHeaderBytes = 28;  // with one segment: the header is alone on its page
  return HasTag(bytes, kPageHeaderBytes, "OpusHead");
}

Result<Clip> DecodeOggOpus(const Recording& recording, double max_duration_s) {
  OggReader reader(recording.bytes);
  std::optional<OpusClip> clip;
  EndOfSound end;
  for (std::int64_t index = 0;; ++index) {
    const Result<std::optional<ogg_packet>> next = reader.Next();
    if (!next) return next.error();
    if (!next->has_value()) break;
    const ogg_packet& packet = **next;
    if (index == 0) {
      Result<OpusClip> created = OpusClip::Create(kName, PacketBytes(packet), max_duration_s);
      if (!created) return created.error();
      clip.emplace(std::move(*created));
    } else if (index > 1 && packet.bytes > 0) {  // the second packet holds the tags
      if (Result<void> added = clip->Add(PacketBytes(packet)); !added) return added.error();
      end.See(packet, *clip);
    }
  }
  if (!clip) return Error{ErrorCode::kBadAudio, std::string(kName) + " holds no whole page"};
  return clip->Finish();
}

}  // namespace higgins::audio
