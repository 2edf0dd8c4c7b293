#include "scorer/padding.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace higgins::scorer {
namespace {

int RoundUp(int value, int step) { return (value + step - 1) / step * step; }

int PaddedLength(int length, int step) {
  return length <= 4 * step ? RoundUp(length, step) : RoundUp(length, 4 * step);
}

Matrix Resized(const Matrix& matrix, int num_rows, int num_columns) {
  Matrix out(num_rows, num_columns);
  for (int r = 0; r < matrix.rows(); ++r) {
    const auto from = matrix.row(r);
    std::copy(from.begin(), from.end(), out.row(r).begin());
  }
  return out;
}

std::vector<std::int64_t> Resized(std::vector<std::int64_t> values, int length) {
  if (!values.empty()) values.resize(static_cast<std::size_t>(length), 0);
  return values;
}

std::vector<float> Valid(int num_real, int length) {
  std::vector<float> out(static_cast<std::size_t>(length), 0.0F);
  std::fill_n(out.begin(), num_real, 1.0F);
  return out;
}

}  // namespace

int PaddedPhones(int num_phones) { return PaddedLength(num_phones, 16); }
int PaddedWords(int num_words) { return PaddedLength(num_words, 8); }

PaddedInput Pad(const ScorerInput& input) {
  const int phones = PaddedPhones(input.phone_features.rows());
  const int words = PaddedWords(input.word_pool.rows());
  PaddedInput out;
  out.input.phone_features = Resized(input.phone_features, phones, input.phone_features.columns());
  out.input.phone_states = Resized(input.phone_states, phones, input.phone_states.columns());
  out.input.insertion_features =
      Resized(input.insertion_features, phones, input.insertion_features.columns());
  out.input.utterance_features = input.utterance_features;
  out.input.utterance_states = input.utterance_states;
  out.input.phone = Resized(input.phone, phones);
  out.input.stress = Resized(input.stress, phones);
  out.input.place = Resized(input.place, phones);
  out.input.word_of_phone = Resized(input.word_of_phone, phones);
  out.input.word_pool = Resized(input.word_pool, words, phones);
  out.phone_valid = Valid(input.phone_features.rows(), phones);
  out.word_valid = Valid(input.word_pool.rows(), words);
  return out;
}

PaddedInput WithoutPadding(const ScorerInput& input) {
  return {input, Valid(input.phone_features.rows(), input.phone_features.rows()),
          Valid(input.word_pool.rows(), input.word_pool.rows())};
}

}  // namespace higgins::scorer
