#include "audio/live_decoder.h"

#include <optional>
#include <span>
#include <utility>

#include "audio/clip_builder.h"
#include "audio/live_ogg.h"
#include "audio/live_webm.h"
#include "audio/pcm_bytes.h"
#include "audio/wav_header.h"

namespace higgins::audio {
namespace {

constexpr std::size_t kMaxHeadBytes = 65536;  // of a wav before its samples; recorders write far less
constexpr std::size_t kMagicBytes = 12;
const std::vector<float> kNoSamples;

/// The samples of a wav, whose header has been read.
class LiveWav {
 public:
  static Result<LiveWav> Create(const WavHeader& header, double max_duration_s) {
    constexpr int kPcm = 1, kFloat = 3;
    const bool is_s16 = header.format_tag == kPcm && header.bits_per_sample == 16;
    const bool is_f32 = header.format_tag == kFloat && header.bits_per_sample == 32;
    if (header.order != ByteOrder::kLittle || !(is_s16 || is_f32) || header.sample_rate_hz > 384000) {
      return Error{ErrorCode::kUnsupportedAudio, "the wav is not followed live"};
    }
    Result<ClipBuilder> builder = ClipBuilder::Create(
        "the wav", {static_cast<int>(header.sample_rate_hz), header.num_channels}, max_duration_s);
    if (!builder) return builder.error();
    return LiveWav(PcmBytes(is_s16 ? SampleType::kS16Le : SampleType::kF32Le, header.num_channels),
                   *std::move(builder));
  }

  Result<void> Feed(Bytes bytes) {
    pcm_.Convert(bytes, block_);
    return builder_.Add(block_);
  }
  const std::vector<float>& samples() const { return builder_.samples(); }

 private:
  LiveWav(PcmBytes pcm, ClipBuilder builder) : pcm_(std::move(pcm)), builder_(std::move(builder)) {}

  PcmBytes pcm_;
  ClipBuilder builder_;
  std::vector<float> block_;
};

/// Where the samples of a wav begin; none while its header is not whole. A header that says how much follows
/// is taken for a stream's: more is coming.
std::optional<WavHeader> HeaderOfStream(Bytes head) {
  for (std::size_t offset = kMagicBytes; offset + 8 <= head.size();) {
    const std::uint64_t size = ReadUint(head, offset + 4, 4);
    if (HasTag(head, offset, "data")) {
      // Read the header as if the stream were unknown in length and a sample long.
      std::vector<std::byte> whole(head.begin(), head.begin() + static_cast<std::ptrdiff_t>(offset + 8));
      for (std::size_t i = 4; i < 8; ++i) whole[offset + i] = std::byte{0};
      whole.resize(whole.size() + 1);
      const Result<WavHeader> header = ReadWavHeader(whole);
      if (!header) return std::nullopt;
      return *header;
    }
    if (size > kMaxHeadBytes) return std::nullopt;
    offset += 8 + static_cast<std::size_t>(size) + (size & 1U);
  }
  return std::nullopt;
}

}  // namespace

struct LiveDecoder::Impl {
  double max_duration_s = 0.0;
  bool blind = false;
  std::vector<std::byte> head;  // until the kind is known
  std::optional<LiveWav> wav;
  std::optional<LiveOgg> ogg;
  std::optional<LiveWebm> webm;

  /// What cannot be followed is no error here; too long is.
  Result<void> Check(const Result<void>& result) {
    if (result) return {};
    if (result.error().code == ErrorCode::kAudioTooLong) return result.error();
    blind = true;
    return {};
  }

  Result<void> Begin() {
    if (head.size() < kMagicBytes) return {};
    const Bytes bytes = head;
    if (HasTag(bytes, 0, "OggS")) {
      ogg.emplace(max_duration_s);
      return Pass(*ogg, bytes);
    }
    if (HasTag(bytes, 0, "\x1A\x45\xDF\xA3")) {
      webm.emplace(max_duration_s);
      return Pass(*webm, bytes);
    }
    if (HasTag(bytes, 0, "RIFF") && HasTag(bytes, 8, "WAVE")) return BeginWav(bytes);
    blind = true;
    return {};
  }

  template <typename Stream>
  Result<void> Pass(Stream& stream, Bytes bytes) {
    Result<void> checked = Check(stream.Feed(bytes));
    head = {};
    return checked;
  }

  Result<void> BeginWav(Bytes bytes) {
    const std::optional<WavHeader> header = HeaderOfStream(bytes);
    if (!header) {
      if (head.size() > kMaxHeadBytes) blind = true;
      return {};
    }
    Result<LiveWav> created = LiveWav::Create(*header, max_duration_s);
    if (!created) return Check(created.error());
    wav.emplace(*std::move(created));
    return Pass(*wav, bytes.subspan(header->data_offset));
  }
};

LiveDecoder::LiveDecoder(double max_duration_s) : impl_(std::make_unique<Impl>()) {
  impl_->max_duration_s = max_duration_s;
}
LiveDecoder::LiveDecoder(LiveDecoder&&) noexcept = default;
LiveDecoder& LiveDecoder::operator=(LiveDecoder&&) noexcept = default;
LiveDecoder::~LiveDecoder() = default;

Result<void> LiveDecoder::Feed(Bytes bytes) {
  if (impl_->blind || bytes.empty()) return {};
  if (impl_->wav) return impl_->Check(impl_->wav->Feed(bytes));
  if (impl_->ogg) return impl_->Check(impl_->ogg->Feed(bytes));
  if (impl_->webm) return impl_->Check(impl_->webm->Feed(bytes));
  impl_->head.insert(impl_->head.end(), bytes.begin(), bytes.end());
  return impl_->Begin();
}

const std::vector<float>& LiveDecoder::samples() const {
  if (impl_->wav) return impl_->wav->samples();
  if (impl_->ogg) return impl_->ogg->samples();
  if (impl_->webm) return impl_->webm->samples();
  return kNoSamples;
}

bool LiveDecoder::is_blind() const { return impl_->blind; }

}  // namespace higgins::audio
