// Letters to sounds for words that the dictionary lacks: a joint-sequence n-gram (Bisani and Ney 2008).
//
//   phones* = argmax over g_1 ... g_n of  prod_i p(g_i | g_{i-7} ... g_{i-1}),   g_i = (letter i, 0 to 2
//   phones)
//
// Trained and written by training/higgins_train/g2p.py (g2p.bin). Decoding is a beam search, a step a letter.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "higgins/result.h"
#include "types/phone_set.h"
#include "types/prompt.h"

namespace higgins::lexicon {

class ByteReader;

/// Immutable once loaded: any number of threads may call Say().
class G2p {
 public:
  /// Error kBadPack when the file is damaged, of another format, or speaks of phones that `phone_set` lacks.
  static Result<G2p> Load(std::span<const std::byte> file, const PhoneSet& phone_set);

  /// Up to `max_results` (at least 1) pronunciations of `word` (lower-case letters and apostrophes; anything
  /// else is silent), the most probable first; one that is over ten times less probable than the first is
  /// left out. Every result with a vowel has exactly one primary stress. Empty only for a word whose letters
  /// are all silent.
  std::vector<Pronunciation> Say(std::string_view word, int max_results) const;

 private:
  static constexpr int kMaxOrder = 10;

  /// The n-grams of one order. Children of a node (the n-grams that go on from it) are contiguous on the next
  /// level.
  struct Level {
    std::vector<std::uint8_t> token;
    std::vector<std::uint8_t> probability_code;
    std::array<float, 256> log_probability{};
    std::vector<std::uint32_t> first_child;  ///< [nodes + 1]; empty on the last level
    std::vector<float> log_backoff;          ///< [nodes]; 0 for a node without children
  };
  struct Graphone {
    std::vector<Phone> phones;  ///< what its letter says; may be empty
  };
  /// A partial reading: for every length k, the node of the last k graphones (kNone where the model has
  /// none).
  struct Hypothesis {
    double log_probability = 0.0;
    std::array<std::uint32_t, kMaxOrder> context{};
    int history = -1;  ///< into the arena of (history, token) pairs
  };
  struct Step {
    int history;
    std::uint8_t token;
  };

  Result<void> ReadGraphones(std::string_view table, const PhoneSet& phone_set);
  Result<void> ReadLevel(std::size_t order, ByteReader& reader);
  std::uint32_t FindChild(int length, std::uint32_t node, std::uint8_t token) const;
  Hypothesis Extend(const Hypothesis& from, std::uint8_t token) const;
  Pronunciation Spell(const std::vector<Step>& steps, int history) const;
  std::vector<Pronunciation> Rank(const std::vector<Hypothesis>& beam, const std::vector<Step>& steps,
                                  int max_results) const;

  std::vector<Level> levels_;
  std::vector<Graphone> graphones_;  ///< by token - kFirstGraphone
  std::array<std::vector<std::uint8_t>, 128> tokens_of_letter_;
};

}  // namespace higgins::lexicon
