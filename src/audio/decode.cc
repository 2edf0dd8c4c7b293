#include "audio/decode.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>

#include "audio/clip_builder.h"
#include "audio/ffmpeg_process.h"
#include "audio/mp3_decoder.h"
#include "audio/ogg_opus_decoder.h"
#include "audio/ogg_pages.h"
#include "audio/sndfile_decoder.h"
#include "audio/sniff.h"
#include "audio/vorbis_decoder.h"
#include "audio/wav_header.h"
#include "audio/webm_decoder.h"

namespace higgins::audio {
namespace {

constexpr double kMinLimitS = 0.1, kMaxLimitS = 3600.0;

Result<void> CheckOptions(const AudioOptions& options) {
  if (options.max_duration_s >= kMinLimitS && options.max_duration_s <= kMaxLimitS) return {};
  char value[32];
  std::snprintf(value, sizeof value, "%g", options.max_duration_s);
  return Error{ErrorCode::kInvalidArgument,
               std::string("max_duration_s is ") + value + "; 0.1 to 3600 expected"};
}

Result<Clip> ThroughFfmpeg(const Recording& recording, const AudioOptions& options, const std::string& what) {
  if (options.allow_ffmpeg) return DecodeWithFfmpeg(recording, options.max_duration_s);
  return Error{
      ErrorCode::kUnsupportedAudio,
      what +
          " needs ffmpeg, which the options do not allow: convert the recording to wav, flac, ogg, mp3 or "
          "webm"};
}

/// libsndfile repairs some of the sizes that streaming recorders leave, but not all.
std::optional<Patch> TrueSize(const WavHeader& header) {
  if (header.data_bytes >= 0xFFFFFFFFU) return std::nullopt;  // RF64 keeps it elsewhere
  Patch patch;
  patch.offset = header.data_offset - patch.bytes.size();
  for (std::size_t i = 0; i < patch.bytes.size(); ++i) {
    const std::size_t place = header.order == ByteOrder::kLittle ? i : patch.bytes.size() - 1 - i;
    patch.bytes[place] = static_cast<std::byte>(header.data_bytes >> (8 * i));
  }
  return patch;
}

Result<Clip> DecodeWav(const Recording& recording, const AudioOptions& options) {
  const Result<WavHeader> header = ReadWavHeader(recording.bytes);
  if (!header) return header.error();
  if (!SndfileReadsWavCodec(header->format_tag)) {
    return ThroughFfmpeg(recording, options, "a wav of codec " + std::to_string(header->format_tag));
  }
  constexpr std::int64_t kAnyTooHighRate = 1'000'000'000;  // above this an int would not hold it
  const PcmFormat format{static_cast<int>(std::min(header->sample_rate_hz, kAnyTooHighRate)),
                         header->num_channels};
  if (Result<void> checked = CheckFormat("the wav", format); !checked) return checked.error();
  return DecodeWithSndfile(recording, options.max_duration_s, TrueSize(*header));
}

Result<Clip> DecodeOgg(const Recording& recording, const AudioOptions& options) {
  if (Result<void> whole = CheckOggPages(recording.bytes); !whole) return whole.error();
  if (IsOggOpus(recording.bytes)) return DecodeOggOpus(recording, options.max_duration_s);
  if (IsOggVorbis(recording.bytes)) return DecodeVorbis(recording, options.max_duration_s);
  return ThroughFfmpeg(recording, options, "an ogg that holds neither opus nor vorbis");
}

Result<Clip> DecodeMatroska(const Recording& recording, const AudioOptions& options) {
  Result<Clip> clip = DecodeWebm(recording, options.max_duration_s);
  if (clip || clip.error().code != ErrorCode::kUnsupportedAudio || !options.allow_ffmpeg) return clip;
  return DecodeWithFfmpeg(recording, options.max_duration_s);
}

}  // namespace

Result<Clip> Decode(std::span<const std::byte> bytes, const AudioOptions& options) {
  if (Result<void> checked = CheckOptions(options); !checked) return checked.error();
  const Result<Recording> recording = Sniff(bytes);
  if (!recording) return recording.error();
  switch (recording->container) {
    case Container::kWav:
      return DecodeWav(*recording, options);
    case Container::kOgg:
      return DecodeOgg(*recording, options);
    case Container::kMatroska:
      return DecodeMatroska(*recording, options);
    case Container::kMp3:
      return DecodeMp3(*recording, options.max_duration_s);
    case Container::kFlac:
      return DecodeWithSndfile(*recording, options.max_duration_s);
    default:
      return ThroughFfmpeg(*recording, options, ContainerName(recording->container));
  }
}

Result<Clip> FromPcm(const PcmView& pcm, const AudioOptions& options) {
  if (Result<void> checked = CheckOptions(options); !checked) return checked.error();
  Result<ClipBuilder> builder =
      ClipBuilder::Create("the PCM", {pcm.sample_rate_hz, pcm.num_channels}, options.max_duration_s);
  if (!builder && builder.error().code == ErrorCode::kUnsupportedAudio) {
    return Error{ErrorCode::kInvalidArgument, builder.error().message};
  }
  if (!builder) return builder.error();
  const auto num_channels = static_cast<std::size_t>(pcm.num_channels);
  if (pcm.samples.size() % num_channels != 0) {
    return Error{ErrorCode::kInvalidArgument, "the PCM's " + std::to_string(pcm.samples.size()) +
                                                  " samples are no multiple of its " +
                                                  std::to_string(num_channels) + " channels"};
  }
  const std::size_t num_frames = pcm.samples.size() / num_channels;
  if (Result<void> fits = builder->CheckDeclared(static_cast<double>(num_frames)); !fits) return fits.error();
  if (Result<void> added = builder->Add(pcm.samples); !added) return added.error();
  return builder->Finish();
}

}  // namespace higgins::audio
