// A non-negative double with an exponent that cannot underflow: m * 2^(512 e). The probability of one
// labelling of a minute of speech is e^-10000 and less, and the probabilities of two states of the same frame
// differ by as much, so neither a double nor one scale a frame holds them. Logarithms would, at two
// transcendental calls an addition; this adds and multiplies in a few cycles and loses nothing (the
// "X-numbers" of Fukushima, J. Geodesy 86, 2012).
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

#include "base/log_math.h"

namespace higgins::ctc {

/// 2^bits; 0 below the normal range of a double, its largest power of two above it.
inline double PowerOfTwo(std::int64_t bits) {
  if (bits < -1022) return 0.0;
  return std::bit_cast<double>(static_cast<std::uint64_t>(std::min<std::int64_t>(bits, 1023) + 1023) << 52);
}

/// floor(log2(value)) of a positive normal value.
inline int ExponentBits(double value) {
  return static_cast<int>(std::bit_cast<std::uint64_t>(value) >> 52) - 1023;
}

/// Invariant: 2^-256 <= mantissa < 2^256, or the value is zero.
class WideDouble {
 public:
  constexpr WideDouble() = default;
  /// `value` must be 0 or lie in [2^-768, 2^768).
  explicit WideDouble(double value) : WideDouble(value, 0) {}

  double mantissa() const { return mantissa_; }
  /// Power of two that multiplies the mantissa.
  std::int64_t exponent_bits() const { return std::int64_t{kStepBits} * exponent_; }
  bool is_zero() const { return mantissa_ == 0.0; }
  /// floor(log2(value)); far below that of any other value for zero.
  std::int64_t magnitude_bits() const { return exponent_bits() + (is_zero() ? 0 : ExponentBits(mantissa_)); }
  /// value * 2^-scale_bits; 0 below 2^-766, saturated far above 1.
  double Scaled(std::int64_t scale_bits) const {
    return mantissa_ * PowerOfTwo(exponent_bits() - scale_bits);
  }

  friend WideDouble operator+(WideDouble a, WideDouble b) {
    if (a.exponent_ == b.exponent_) return WideDouble(a.mantissa_ + b.mantissa_, a.exponent_);
    if (a.exponent_ < b.exponent_) {
      const WideDouble t = a;
      a = b;
      b = t;
    }
    // Two steps apart, the smaller is below 2^-512 of the larger.
    if (a.exponent_ == b.exponent_ + 1) a.mantissa_ += b.mantissa_ * kDown;
    return a;
  }
  /// `factor` must be 0 or lie in [2^-512, 2^256].
  friend WideDouble operator*(WideDouble a, double factor) {
    return WideDouble(a.mantissa_ * factor, a.exponent_);
  }
  friend WideDouble operator*(WideDouble a, WideDouble b) {
    return WideDouble(a.mantissa_ * b.mantissa_, a.exponent_ + b.exponent_);
  }
  WideDouble& operator+=(WideDouble other) { return *this = *this + other; }

  /// Natural logarithm; -inf for zero.
  double Log() const {
    constexpr double kLog2 = 0.69314718055994530942;
    return is_zero() ? kLogZero : std::log(mantissa_) + static_cast<double>(exponent_bits()) * kLog2;
  }

 private:
  static constexpr int kStepBits = 512;
  static constexpr double kUp = 0x1p512;
  static constexpr double kDown = 0x1p-512;
  // Far below every reachable exponent, yet the sum of two of them does not overflow.
  static constexpr std::int32_t kZeroExponent = -(1 << 29);

  WideDouble(double mantissa, std::int32_t exponent) : mantissa_(mantissa), exponent_(exponent) {
    if (mantissa_ < 0x1p-256) {
      if (mantissa_ == 0.0) {
        exponent_ = kZeroExponent;
      } else {
        mantissa_ *= kUp;
        --exponent_;
      }
    } else if (mantissa_ >= 0x1p256) {
      mantissa_ *= kDown;
      ++exponent_;
    }
  }

  double mantissa_ = 0.0;
  std::int32_t exponent_ = kZeroExponent;
};

}  // namespace higgins::ctc
