#include "audio/sniff.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

#include "audio/mp3_frames.h"

namespace higgins::audio {
namespace {

using std::string_view_literals::operator""sv;

struct Magic {
  std::size_t offset;
  std::string_view tag;
  Container container;
};

constexpr std::array kMagics = {
    Magic{0, "fLaC"sv, Container::kFlac},
    Magic{0, "OggS"sv, Container::kOgg},
    Magic{0, "\x1A\x45\xDF\xA3"sv, Container::kMatroska},
    Magic{4, "ftyp"sv, Container::kMp4},
    Magic{4, "moov"sv, Container::kMp4},
    Magic{4, "mdat"sv, Container::kMp4},
    Magic{0, "ADIF"sv, Container::kAdts},
    Magic{0, "caff"sv, Container::kCaf},
    Magic{0, "#!AMR"sv, Container::kAmr},
    Magic{0, "\x30\x26\xB2\x75\x8E\x66\xCF\x11"sv, Container::kAsf},
    Magic{0, ".snd"sv, Container::kAu},
    Magic{0, "wvpk"sv, Container::kWavPack},
};

struct Stranger {
  std::string_view tag;
  const char* name;
};

// What else people upload; naming it saves them a search.
constexpr std::array kStrangers = {
    Stranger{"\x89PNG"sv, "a PNG image"},   Stranger{"\xFF\xD8\xFF"sv, "a JPEG image"},
    Stranger{"GIF8"sv, "a GIF image"},      Stranger{"%PDF"sv, "a PDF document"},
    Stranger{"PK\x03\x04"sv, "a ZIP file"}, Stranger{"\x1F\x8B"sv, "a gzip file"},
    Stranger{"\x7F\x45LF"sv, "a program"},  Stranger{"MThd"sv, "a MIDI file (notes, no sound)"},
};

/// ID3v2 tags stand before mp3 and sometimes before flac: 10 bytes, the size in the last four, 7 bits each.
constexpr std::size_t kId3HeaderBytes = 10;

Result<Bytes> SkipId3(Bytes bytes) {
  while (HasTag(bytes, 0, "ID3")) {
    std::size_t size = kId3HeaderBytes;
    for (std::size_t i = 6; i < kId3HeaderBytes; ++i) {
      size += (ReadUint(bytes, i, 1) & 0x7FU) << (7U * (9U - i));
    }
    if (size >= bytes.size()) {
      return Error{ErrorCode::kBadAudio, "the ID3 tag says " + std::to_string(size) +
                                             " bytes but the file holds " + std::to_string(bytes.size()) +
                                             ": it is truncated"};
    }
    bytes = bytes.subspan(size);
  }
  return bytes;
}

bool IsWav(Bytes bytes) {
  const bool riff = HasTag(bytes, 0, "RIFF") || HasTag(bytes, 0, "RIFX") || HasTag(bytes, 0, "RF64");
  return riff && HasTag(bytes, 8, "WAVE");
}

bool IsAiff(Bytes bytes) {
  return HasTag(bytes, 0, "FORM") && (HasTag(bytes, 8, "AIFF") || HasTag(bytes, 8, "AIFC"));
}

/// ADTS: 12 bits of sync, layer 0.
bool IsAdts(Bytes bytes) {
  return bytes.size() >= 7 && (ReadUint(bytes, 0, 2, ByteOrder::kBig) & 0xFFF6U) == 0xFFF0U;
}

std::optional<Container> KnownContainer(Bytes bytes) {
  if (IsWav(bytes)) return Container::kWav;
  if (IsAiff(bytes)) return Container::kAiff;
  for (const Magic& magic : kMagics) {
    if (HasTag(bytes, magic.offset, magic.tag)) return magic.container;
  }
  return std::nullopt;
}

/// Text holds no control characters but white space; UTF-8's bytes above 0x7F count as text.
bool IsText(Bytes bytes) {
  constexpr std::size_t kLookAt = 512;
  const Bytes head = bytes.first(std::min(bytes.size(), kLookAt));
  std::size_t num_ascii = 0;
  for (const std::byte byte : head) {
    const auto c = std::to_integer<unsigned char>(byte);
    const bool white = c == '\t' || c == '\n' || c == '\r' || c == '\f';
    if ((c < 0x20 && !white) || c == 0x7F) return false;
    if (c < 0x80) ++num_ascii;
  }
  return num_ascii * 2 >= head.size();
}

/// The first characters, with what cannot be printed in a line replaced.
std::string Excerpt(Bytes bytes) {
  constexpr std::size_t kLength = 24;
  std::string text;
  for (const std::byte byte : bytes.first(std::min(bytes.size(), kLength))) {
    const auto c = std::to_integer<unsigned char>(byte);
    text += c >= 0x20 && c < 0x7F ? static_cast<char>(c) : c < 0x20 ? ' ' : '?';
  }
  if (bytes.size() > kLength) text += "...";
  return text;
}

std::string HexExcerpt(Bytes bytes) {
  std::string hex;
  for (const std::byte byte : bytes.first(std::min<std::size_t>(bytes.size(), 8))) {
    std::array<char, 4> digits{};
    std::snprintf(digits.data(), digits.size(), "%02x ", std::to_integer<unsigned>(byte));
    hex += digits.data();
  }
  if (!hex.empty()) hex.pop_back();
  return hex;
}

Error NotAudio(Bytes bytes) {
  for (const Stranger& stranger : kStrangers) {
    if (HasTag(bytes, 0, stranger.tag)) {
      return Error{ErrorCode::kBadAudio, std::string("the recording is ") + stranger.name + ", not audio"};
    }
  }
  if (IsText(bytes)) {
    return Error{ErrorCode::kBadAudio,
                 "the recording is text (starts with \"" + Excerpt(bytes) + "\"), not audio"};
  }
  return Error{ErrorCode::kBadAudio, "the recording is no known kind of audio (" +
                                         std::to_string(bytes.size()) + " bytes, starts with " +
                                         HexExcerpt(bytes) + "): send wav, flac, ogg, mp3 or webm"};
}

}  // namespace

const char* ContainerName(Container container) {
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
      return "webm";
    case Container::kMp4:
      return "m4a/mp4";
    case Container::kAdts:
      return "aac";
    case Container::kAiff:
      return "aiff";
    case Container::kCaf:
      return "caf";
    case Container::kAmr:
      return "amr";
    case Container::kAsf:
      return "wma/asf";
    case Container::kAu:
      return "au";
    case Container::kWavPack:
      return "wavpack";
  }
  return "unknown";
}

Result<Recording> Sniff(Bytes bytes) {
  if (bytes.empty()) return Error{ErrorCode::kBadAudio, "the recording is empty (0 bytes)"};
  const Result<Bytes> body = SkipId3(bytes);
  if (!body) return body.error();
  if (const auto container = KnownContainer(*body)) return Recording{*container, *body};
  // The two formats without a magic number come last.
  if (const auto offset = FindMp3Frames(*body)) return Recording{Container::kMp3, body->subspan(*offset)};
  if (IsAdts(*body)) return Recording{Container::kAdts, *body};
  return NotAudio(*body);
}

}  // namespace higgins::audio
