#include "quality/fft.h"

#include <cmath>
#include <cstddef>
#include <numbers>

namespace higgins::quality {
namespace {

/// One step of joining: `half` even and odd results that lie one after the other. The arrays do not overlap.
void Join(float* __restrict even_real, float* __restrict even_imag, float* __restrict odd_real,
          float* __restrict odd_imag, const float* __restrict factor_real,
          const float* __restrict factor_imag, std::size_t half) {
  for (std::size_t k = 0; k < half; ++k) {
    const float real = odd_real[k] * factor_real[k] - odd_imag[k] * factor_imag[k];
    const float imag = odd_real[k] * factor_imag[k] + odd_imag[k] * factor_real[k];
    odd_real[k] = even_real[k] - real;
    odd_imag[k] = even_imag[k] - imag;
    even_real[k] += real;
    even_imag[k] += imag;
  }
}

}  // namespace

Fft512::Fft512() {
  for (std::size_t half = 1; half < kHalf; half *= 2) {
    for (std::size_t k = 0; k < half; ++k) {
      const double angle = -std::numbers::pi * static_cast<double>(k) / static_cast<double>(half);
      stage_real_[half + k] = static_cast<float>(std::cos(angle));
      stage_imag_[half + k] = static_cast<float>(std::sin(angle));
    }
  }
  for (std::size_t k = 0; k < kHalf; ++k) {
    const double angle = -2.0 * std::numbers::pi * static_cast<double>(k) / kSize;
    last_real_[k] = static_cast<float>(std::cos(angle));
    last_imag_[k] = static_cast<float>(std::sin(angle));
    int reversed = 0;
    for (unsigned bit = 0; bit < 8; ++bit) reversed |= static_cast<int>((k >> bit) & 1U) << (7U - bit);
    bit_reversed_[k] = reversed;
  }
}

void Fft512::Power(std::span<const float, kSize> x, std::span<float, kNumBins> power) const {
  // Z is the transform of the even samples as real parts and the odd ones as imaginary parts.
  std::array<float, kHalf> real, imag;
  for (std::size_t i = 0; i < kHalf; ++i) {
    const auto from = static_cast<std::size_t>(bit_reversed_[i]);
    real[i] = x[2 * from];
    imag[i] = x[2 * from + 1];
  }
  for (std::size_t half = 1; half < kHalf; half *= 2) {
    for (std::size_t begin = 0; begin < kHalf; begin += 2 * half) {
      Join(&real[begin], &imag[begin], &real[begin + half], &imag[begin + half], &stage_real_[half],
           &stage_imag_[half], half);
    }
  }
  // E[k] = (Z[k] + Z*[-k]) / 2, O[k] = (Z[k] - Z*[-k]) / 2i, X[k] = E[k] + exp(-2 pi i k / 512) O[k].
  for (std::size_t k = 0; k < kHalf; ++k) {
    const std::size_t mirror = (kHalf - k) % kHalf;
    const float even_real = 0.5F * (real[k] + real[mirror]);
    const float even_imag = 0.5F * (imag[k] - imag[mirror]);
    const float odd_real = 0.5F * (imag[k] + imag[mirror]);
    const float odd_imag = -0.5F * (real[k] - real[mirror]);
    const float x_real = even_real + odd_real * last_real_[k] - odd_imag * last_imag_[k];
    const float x_imag = even_imag + odd_real * last_imag_[k] + odd_imag * last_real_[k];
    power[k] = x_real * x_real + x_imag * x_imag;
  }
}

}  // namespace higgins::quality
