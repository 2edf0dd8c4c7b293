#include "audio/ffmpeg_process.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "audio/child_process.h"
#include "audio/clip_builder.h"

namespace higgins::audio {
namespace {

/// ffmpeg's name of the demuxer. Naming it keeps ffmpeg from guessing, which could end in a playlist that
/// opens files.
const char* Demuxer(Container container) {
  switch (container) {
    case Container::kWav:
      return "wav";
    case Container::kFlac:
      return "flac";
    case Container::kOgg:
      return "ogg";
    case Container::kMp3:
      return "mp3";
    case Container::kMatroska:
      return "matroska";
    case Container::kMp4:
      return "mov";
    case Container::kAdts:
      return "aac";
    case Container::kAiff:
      return "aiff";
    case Container::kCaf:
      return "caf";
    case Container::kAmr:
      return "amr";
    case Container::kAsf:
      return "asf";
    case Container::kAu:
      return "au";
    case Container::kWavPack:
      return "wv";
  }
  return "mov";
}

std::vector<std::string> CommandLine(Container container, double max_duration_s, unsigned cpu_time_s) {
  char duration[32];
  std::snprintf(duration, sizeof duration, "%.3f", max_duration_s + 1.0);
  // The input is opened as a file, not as a pipe, because phones write an m4a's index at its end: it must
  // seek.
  return {"ffmpeg",
          "-nostdin",
          "-hide_banner",
          "-loglevel",
          "error",
          "-threads",
          "1",
          "-timelimit",
          std::to_string(cpu_time_s),
          "-protocol_whitelist",
          "file",
          "-f",
          Demuxer(container),
          "-i",
          "/dev/stdin",
          "-map",
          "0:a:0",
          "-vn",
          "-sn",
          "-dn",
          "-t",
          duration,
          "-map_metadata",
          "-1",
          "-c:a",
          "pcm_f32be",
          "-f",
          "au",
          "pipe:1"};
}

/// ffmpeg answers in Sun's au: a header of six big-endian words (magic, offset of the samples, size,
/// encoding, rate, channels), then floats. It is the smallest format that names rate and channels and needs
/// no length.
class AuReader {
 public:
  explicit AuReader(double max_duration_s) : max_duration_s_(max_duration_s) {}

  bool started() const { return builder_.has_value(); }

  Result<void> Add(Bytes bytes) {
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
    if (!started()) {
      if (buffer_.size() < kHeaderBytes || buffer_.size() < ReadUint(buffer_, 4, 4, ByteOrder::kBig))
        return {};
      if (Result<void> begun = Begin(); !begun) return begun;
    }
    const std::size_t frame_bytes = sizeof(float) * num_channels_;
    const std::size_t num_samples = buffer_.size() / frame_bytes * num_channels_;
    samples_.resize(num_samples);
    for (std::size_t i = 0; i < num_samples; ++i) {
      const auto bits = static_cast<std::uint32_t>(ReadUint(buffer_, i * sizeof(float), 4, ByteOrder::kBig));
      samples_[i] = std::bit_cast<float>(bits);
    }
    buffer_.erase(buffer_.begin(),
                  buffer_.begin() + static_cast<std::ptrdiff_t>(num_samples * sizeof(float)));
    return builder_->Add(samples_);
  }

  Result<Clip> Finish() { return builder_->Finish(); }

 private:
  static constexpr std::size_t kHeaderBytes = 24;
  static constexpr std::uint64_t kEncodingFloat = 6;

  Result<void> Begin() {
    const std::size_t offset = ReadUint(buffer_, 4, 4, ByteOrder::kBig);
    if (!HasTag(buffer_, 0, ".snd") || ReadUint(buffer_, 12, 4, ByteOrder::kBig) != kEncodingFloat ||
        offset < kHeaderBytes || offset > buffer_.size()) {
      return Error{ErrorCode::kInternal, "ffmpeg answered with something that is not the asked-for au"};
    }
    const PcmFormat format{static_cast<int>(ReadUint(buffer_, 16, 4, ByteOrder::kBig)),
                           static_cast<int>(ReadUint(buffer_, 20, 4, ByteOrder::kBig))};
    Result<ClipBuilder> builder = ClipBuilder::Create("the recording", format, max_duration_s_);
    if (!builder) return builder.error();
    num_channels_ = static_cast<std::size_t>(format.num_channels);
    builder_.emplace(std::move(*builder));
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(offset));
    return {};
  }

  double max_duration_s_;
  std::size_t num_channels_ = 1;
  std::vector<std::byte> buffer_;  // less than a block
  std::vector<float> samples_;
  std::optional<ClipBuilder> builder_;
};

/// The last line, without the address in "[mov @ 0x55d0]" and the name of our input.
std::string LastLine(const std::string& text) {
  std::string line;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    if (end > begin) line = text.substr(begin, end - begin);
    begin = end + 1;
  }
  if (line.starts_with('[')) {
    if (const std::size_t close = line.find("] "); close != std::string::npos) line.erase(0, close + 2);
  }
  constexpr std::string_view kInput = "/dev/stdin: ";
  if (line.starts_with(kInput)) line.erase(0, kInput.size());
  for (char& c : line) {
    if (c < 0x20 || c > 0x7E) c = '?';
  }
  return line.empty() ? "no reason given" : line;
}

}  // namespace

Result<Clip> DecodeWithFfmpeg(const Recording& recording, double max_duration_s) {
  const std::string name = std::string("the ") + ContainerName(recording.container);
  ChildLimits limits;
  limits.cpu_time_s = static_cast<unsigned>(std::ceil(10.0 + max_duration_s / 5.0));
  limits.wall_time = std::chrono::seconds(3 * limits.cpu_time_s);  // the machine may be busy with others
  Result<ChildProcess> child = ChildProcess::Start(
      CommandLine(recording.container, max_duration_s, limits.cpu_time_s), recording.bytes, limits);
  if (!child && child.error().code == ErrorCode::kNotFound) {
    return Error{
        ErrorCode::kUnsupportedAudio,
        name +
            " needs ffmpeg, which is not on PATH: install it, or convert the recording to wav, flac, ogg, "
            "mp3 or webm"};
  }
  if (!child) return child.error();

  AuReader reader(max_duration_s);
  std::vector<std::byte> block(std::size_t{64} << 10U);
  for (;;) {
    const Result<std::size_t> num_read = child->Read(block);
    if (!num_read)
      return Error{ErrorCode::kBadAudio,
                   name + " keeps ffmpeg busy for too long: " + num_read.error().message};
    if (*num_read == 0) break;
    if (Result<void> added = reader.Add(std::span(block).first(*num_read)); !added) return added.error();
  }
  const int status = child->Wait();
  const std::string reason = LastLine(child->error_output());
  if (!reader.started() || status > 0) {
    return Error{ErrorCode::kBadAudio, name + " cannot be decoded (ffmpeg: " + reason + ")"};
  }
  return reader.Finish();
}

}  // namespace higgins::audio
