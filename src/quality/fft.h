// Discrete Fourier transform of 512 real samples (radix-2, Cooley & Tukey 1965), as one of 256 complex ones.
#pragma once

#include <array>
#include <span>

namespace higgins::quality {

class Fft512 {
 public:
  static constexpr int kSize = 512;
  static constexpr int kNumBins = kSize / 2;  ///< bins 0 to 255; the Nyquist bin is left out

  Fft512();

  /// power[k] = |X[k]|^2, X[k] = sum_n x[n] exp(-2 pi i k n / 512).
  void Power(std::span<const float, kSize> x, std::span<float, kNumBins> power) const;

 private:
  static constexpr int kHalf = kSize / 2;
  // Real and imaginary parts apart, and each stage's factors side by side, so that the loops are vectors.
  std::array<float, kHalf> stage_real_{},
      stage_imag_{};                                    // of the stage that joins halves of size h: [h, 2 h)
  std::array<float, kHalf> last_real_{}, last_imag_{};  // exp(-2 pi i k / 512)
  std::array<int, kHalf> bit_reversed_{};
};

}  // namespace higgins::quality
