#include "audio/pcm_bytes.h"

#include <algorithm>
#include <bit>
#include <cstdint>

namespace higgins::audio {
namespace {

std::size_t SampleBytes(SampleType type) { return type == SampleType::kS16Le ? 2 : 4; }

void AppendSamples(Bytes bytes, SampleType type, std::vector<float>& out) {
  const std::size_t step = SampleBytes(type);
  for (std::size_t at = 0; at + step <= bytes.size(); at += step) {
    const auto raw = static_cast<std::uint32_t>(ReadUint(bytes, at, static_cast<int>(step)));
    if (type == SampleType::kS16Le) {
      out.push_back(static_cast<float>(static_cast<std::int16_t>(raw)) / 32768.0F);
    } else {
      out.push_back(std::bit_cast<float>(raw));
    }
  }
}

}  // namespace

PcmBytes::PcmBytes(SampleType type, int num_channels)
    : type_(type), frame_bytes_(SampleBytes(type) * static_cast<std::size_t>(num_channels)) {}

void PcmBytes::Convert(Bytes bytes, std::vector<float>& out) {
  out.clear();
  if (!left_over_.empty()) {
    const std::size_t taken = std::min(bytes.size(), frame_bytes_ - left_over_.size());
    left_over_.insert(left_over_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(taken));
    bytes = bytes.subspan(taken);
    if (left_over_.size() < frame_bytes_) return;
    AppendSamples(left_over_, type_, out);
    left_over_.clear();
  }
  const std::size_t whole = bytes.size() - bytes.size() % frame_bytes_;
  AppendSamples(bytes.first(whole), type_, out);
  left_over_.assign(bytes.begin() + static_cast<std::ptrdiff_t>(whole), bytes.end());
}

}  // namespace higgins::audio
