// Recordings made for the tests: signals, and encoders to bytes in memory.
#pragma once

#include <gtest/gtest.h>
#include <opus/opus.h>
#include <sndfile.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <numbers>
#include <span>
#include <string>
#include <vector>

namespace higgins::audio::testing {

using ByteVector = std::vector<std::byte>;

/// Three partials whose loudness sways, mono, peak about 0.5: band-limited, so every codec and rate keeps it.
inline std::vector<float> Signal(int rate_hz, double duration_s) {
  std::vector<float> samples(static_cast<std::size_t>(rate_hz * duration_s));
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double t = static_cast<double>(i) / rate_hz;
    const double sway = 0.6 + 0.4 * std::sin(2 * std::numbers::pi * 3 * t);
    const double wave = std::sin(2 * std::numbers::pi * 220 * t) +
                        0.5 * std::sin(2 * std::numbers::pi * 660 * t) +
                        0.3 * std::sin(2 * std::numbers::pi * 1540 * t);
    samples[i] = static_cast<float>(0.3 * sway * wave);
  }
  return samples;
}

/// The same sample in every channel.
inline std::vector<float> Interleave(const std::vector<float>& mono, int num_channels) {
  std::vector<float> out;
  for (const float sample : mono) out.insert(out.end(), static_cast<std::size_t>(num_channels), sample);
  return out;
}

struct SndfileSink {
  ByteVector bytes;
  std::size_t position = 0;
};

inline SF_VIRTUAL_IO SinkIo() {
  SF_VIRTUAL_IO io{};
  io.get_filelen = [](void* user) {
    return static_cast<sf_count_t>(static_cast<SndfileSink*>(user)->bytes.size());
  };
  io.tell = [](void* user) { return static_cast<sf_count_t>(static_cast<SndfileSink*>(user)->position); };
  io.seek = [](sf_count_t offset, int whence, void* user) {
    auto* sink = static_cast<SndfileSink*>(user);
    const auto base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? sink->position : sink->bytes.size();
    sink->position = static_cast<std::size_t>(static_cast<sf_count_t>(base) + offset);
    return static_cast<sf_count_t>(sink->position);
  };
  io.read = [](void* out, sf_count_t count, void* user) {
    auto* sink = static_cast<SndfileSink*>(user);
    const auto size = std::min(static_cast<std::size_t>(count), sink->bytes.size() - sink->position);
    std::memcpy(out, sink->bytes.data() + sink->position, size);
    sink->position += size;
    return static_cast<sf_count_t>(size);
  };
  io.write = [](const void* in, sf_count_t count, void* user) {
    auto* sink = static_cast<SndfileSink*>(user);
    const auto size = static_cast<std::size_t>(count);
    sink->bytes.resize(std::max(sink->bytes.size(), sink->position + size));
    std::memcpy(sink->bytes.data() + sink->position, in, size);
    sink->position += size;
    return count;
  };
  return io;
}

/// Any of libsndfile's formats, e.g. SF_FORMAT_WAV | SF_FORMAT_PCM_24.
inline ByteVector Encode(const std::vector<float>& mono, int rate_hz, int num_channels, int format) {
  SndfileSink sink;
  SF_VIRTUAL_IO io = SinkIo();
  SF_INFO info{};
  info.samplerate = rate_hz;
  info.channels = num_channels;
  info.format = format;
  SNDFILE* file = sf_open_virtual(&io, SFM_WRITE, &info, &sink);
  EXPECT_NE(file, nullptr) << sf_strerror(nullptr);
  if (file == nullptr) return {};
  const std::vector<float> samples = Interleave(mono, num_channels);
  // In pieces: libsndfile 1.2's vorbis encoder keeps a whole write on the stack.
  for (std::size_t at = 0; at < mono.size(); at += 4096) {
    const std::size_t size = std::min<std::size_t>(4096, mono.size() - at);
    sf_writef_float(file, samples.data() + at * static_cast<std::size_t>(num_channels),
                    static_cast<sf_count_t>(size));
  }
  sf_close(file);
  return sink.bytes;
}

class ByteWriter {
 public:
  ByteWriter& Text(const std::string& text) {
    for (const char c : text) bytes.push_back(static_cast<std::byte>(c));
    return *this;
  }
  ByteWriter& Little(std::uint64_t value, int width) {
    for (int i = 0; i < width; ++i) bytes.push_back(static_cast<std::byte>(value >> (8 * i)));
    return *this;
  }
  ByteWriter& Big(std::uint64_t value, int width) {
    for (int i = width - 1; i >= 0; --i) bytes.push_back(static_cast<std::byte>(value >> (8 * i)));
    return *this;
  }
  ByteWriter& Append(std::span<const std::byte> more) {
    for (const std::byte byte : more) bytes.push_back(byte);  // g++ 12 warns about insert()
    return *this;
  }
  ByteVector bytes;
};

struct WavSpec {
  int format_tag = 1;
  int num_channels = 1;
  std::uint32_t rate_hz = 16000;
  int bits = 16;
  std::uint32_t riff_size = 0;  // both as written, true or not
  std::uint32_t data_size = 0;
};

inline ByteVector WavBytes(const WavSpec& spec, std::span<const std::byte> data) {
  const int block = spec.num_channels * spec.bits / 8;
  ByteWriter out;
  out.Text("RIFF").Little(spec.riff_size, 4).Text("WAVEfmt ").Little(16, 4);
  out.Little(static_cast<std::uint64_t>(spec.format_tag), 2)
      .Little(static_cast<std::uint64_t>(spec.num_channels), 2);
  out.Little(spec.rate_hz, 4).Little(spec.rate_hz * static_cast<std::uint64_t>(block), 4);
  out.Little(static_cast<std::uint64_t>(block), 2).Little(static_cast<std::uint64_t>(spec.bits), 2);
  return out.Text("data").Little(spec.data_size, 4).Append(data).bytes;
}

inline ByteVector Pcm16(const std::vector<float>& mono) {
  ByteWriter out;
  for (const float sample : mono) out.Little(static_cast<std::uint16_t>(std::lround(sample * 32767.0F)), 2);
  return out.bytes;
}

inline ByteVector FloatWav(const std::vector<float>& mono, std::uint32_t rate_hz = 16000) {
  const ByteVector data(std::as_bytes(std::span(mono)).begin(), std::as_bytes(std::span(mono)).end());
  const auto size = static_cast<std::uint32_t>(data.size());
  return WavBytes(
      {.format_tag = 3, .rate_hz = rate_hz, .bits = 32, .riff_size = 36 + size, .data_size = size}, data);
}

enum class WebmSizes { kKnown, kLive };  // a live recorder never goes back to fill in sizes

/// EBML: an ID, a size of eight bytes (all ones: unknown), a body.
inline void AddElement(ByteWriter& out, std::uint32_t id, const ByteVector& body,
                       WebmSizes sizes = WebmSizes::kKnown) {
  const int id_bytes = id > 0xFFFFFF ? 4 : id > 0xFFFF ? 3 : id > 0xFF ? 2 : 1;
  out.Big(id, id_bytes);
  const std::uint64_t size = sizes == WebmSizes::kKnown ? body.size() : 0x00FFFFFFFFFFFFFFULL;
  out.Big(0x0100000000000000ULL | size, 8).Append(body);
}

/// 20 ms opus packets in one cluster, as a browser's MediaRecorder writes them. `mono` at 48 kHz.
inline ByteVector EncodeWebm(const std::vector<float>& mono, int num_channels, WebmSizes sizes,
                             const std::string& codec = "A_OPUS") {
  constexpr int kFrames = 960;
  int error = 0;
  OpusEncoder* encoder = opus_encoder_create(48000, num_channels, OPUS_APPLICATION_AUDIO, &error);
  EXPECT_EQ(error, OPUS_OK);
  opus_encoder_ctl(encoder, OPUS_SET_BITRATE(96000));
  opus_int32 pre_skip = 0;
  opus_encoder_ctl(encoder, OPUS_GET_LOOKAHEAD(&pre_skip));

  ByteWriter info;
  AddElement(info, 0x2AD7B1, ByteWriter().Big(1000000, 3).bytes);
  ByteWriter head;
  head.Text("OpusHead").Little(1, 1).Little(static_cast<unsigned>(num_channels), 1);
  head.Little(static_cast<unsigned>(pre_skip), 2).Little(48000, 4).Little(0, 3);
  ByteWriter track;
  AddElement(track, 0xD7, ByteWriter().Big(1, 1).bytes);
  AddElement(track, 0x83, ByteWriter().Big(2, 1).bytes);
  AddElement(track, 0x86, ByteWriter().Text(codec).bytes);
  AddElement(track, 0x63A2, head.bytes);
  ByteWriter tracks;
  AddElement(tracks, 0xAE, track.bytes);

  ByteWriter cluster;
  AddElement(cluster, 0xE7, ByteWriter().Big(0, 1).bytes);
  std::vector<float> samples = Interleave(mono, num_channels);
  samples.resize(samples.size() +
                 static_cast<std::size_t>(kFrames * num_channels));  // flushes the look-ahead
  std::vector<unsigned char> packet(4000);
  for (std::size_t at = 0, n = 0; at + static_cast<std::size_t>(kFrames * num_channels) <= samples.size();
       at += static_cast<std::size_t>(kFrames * num_channels), ++n) {
    const int size = opus_encode_float(encoder, samples.data() + at, kFrames, packet.data(), 4000);
    EXPECT_GT(size, 0);
    ByteWriter block;
    block.Big(0x81, 1).Big(n * 20, 2).Big(0x80, 1);
    block.Append(std::as_bytes(std::span(packet).first(static_cast<std::size_t>(size))));
    AddElement(cluster, 0xA3, block.bytes);
  }
  opus_encoder_destroy(encoder);

  ByteWriter segment;
  AddElement(segment, 0x1549A966, info.bytes);
  AddElement(segment, 0x1654AE6B, tracks.bytes);
  AddElement(segment, 0x1F43B675, cluster.bytes, sizes);
  ByteWriter ebml;
  AddElement(ebml, 0x4282, ByteWriter().Text("webm").bytes);
  ByteWriter file;
  AddElement(file, 0x1A45DFA3, ebml.bytes);
  AddElement(file, 0x18538067, segment.bytes, sizes);
  return file.bytes;
}

inline ByteVector ReadBytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<char> chars((std::istreambuf_iterator<char>(file)), {});
  const auto bytes = std::as_bytes(std::span(chars));
  return {bytes.begin(), bytes.end()};
}

inline ByteVector FromText(const std::string& text) { return ByteWriter().Text(text).bytes; }

/// Signal-to-error ratio in dB of `actual` against `expected`, at the best delay of up to `max_shift`
/// samples.
inline double SignalToErrorDb(const std::vector<float>& expected, const std::vector<float>& actual,
                              int max_shift) {
  double best = -100.0;
  const int margin = 800;  // codecs fade in
  for (int shift = -max_shift; shift <= max_shift; ++shift) {
    double signal = 0.0, error = 0.0;
    const int size = static_cast<int>(std::min(expected.size(), actual.size())) - margin;
    for (int i = margin; i < size; ++i) {
      const int at = i + shift;
      if (at < 0 || at >= static_cast<int>(actual.size())) continue;
      const double want = expected[static_cast<std::size_t>(i)];
      const double difference = want - actual[static_cast<std::size_t>(at)];
      signal += want * want;
      error += difference * difference;
    }
    if (signal > 0.0) best = std::max(best, 10.0 * std::log10(signal / std::max(error, 1e-12)));
  }
  return best;
}

}  // namespace higgins::audio::testing
