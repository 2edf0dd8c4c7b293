#include "scorer/features.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "base/percentile.h"
#include "scorer/evidence.h"

namespace higgins {
namespace {

constexpr int kMaxWidening = 6;  // frames a side

Error Mismatch(const std::string& what, int expected, int actual) {
  return Error{ErrorCode::kInvalidArgument,
               what + ": expected " + std::to_string(expected) + ", got " + std::to_string(actual)};
}

template <typename Container>
int Size(const Container& container) {
  return static_cast<int>(container.size());
}

std::optional<Error> CheckPhones(const CanonicalPhones& phones, int num_labels) {
  if (phones.num_phones() == 0) return Error{ErrorCode::kInvalidArgument, "there is no phone to score"};
  if (Size(phones.word_of_phone) != phones.num_phones()) {
    return Mismatch("word indices of the phones", phones.num_phones(), Size(phones.word_of_phone));
  }
  int previous = 0;
  for (const int word : phones.word_of_phone) {
    if (word < previous || word >= phones.num_words) {
      return Error{ErrorCode::kInvalidArgument, "word index " + std::to_string(word) +
                                                    " of a phone: expected " + std::to_string(previous) +
                                                    " to " + std::to_string(phones.num_words - 1)};
    }
    previous = word;
  }
  for (const Phone& phone : phones.phones) {
    if (phone.label < 0 || phone.label >= num_labels) {
      return Error{ErrorCode::kInvalidArgument, "phone label " + std::to_string(phone.label) +
                                                    ": expected 0 to " + std::to_string(num_labels - 1)};
    }
  }
  return std::nullopt;
}

std::optional<Error> CheckSpans(const Alignment& alignment, int num_phones, int num_frames) {
  if (Size(alignment.phones) != num_phones)
    return Mismatch("aligned phones", num_phones, Size(alignment.phones));
  int previous = 0;
  for (const FrameSpan span : alignment.phones) {
    if (span.begin < previous || span.end <= span.begin || span.end > num_frames) {
      return Error{ErrorCode::kInvalidArgument, "aligned span [" + std::to_string(span.begin) + ", " +
                                                    std::to_string(span.end) + "): expected one within [" +
                                                    std::to_string(previous) + ", " +
                                                    std::to_string(num_frames) + ")"};
    }
    previous = span.end;
  }
  return std::nullopt;
}

std::optional<Error> CheckShapes(const scorer::Evidence& evidence) {
  const int n = evidence.num_phones(), t = evidence.num_frames(), v = evidence.num_labels();
  const GopScores& gop = evidence.gop;
  struct Shape {
    const char* what;
    int expected;
    int actual;
  };
  const Shape shapes[] = {
      {"frames of the states", t, evidence.posteriors.states.rows()},
      {"frames of f0", t, Size(evidence.prosody.f0_hz)},
      {"frames of energy", t, Size(evidence.prosody.energy_db)},
      {"rows of substitution_ratio", n, gop.substitution_ratio.rows()},
      {"columns of substitution_ratio", v, gop.substitution_ratio.columns()},
      {"rows of insertion_ratio", n + 1, gop.insertion_ratio.rows()},
      {"columns of insertion_ratio", v, gop.insertion_ratio.columns()},
      {"rows of occupancy", n, gop.occupancy.rows()},
      {"columns of occupancy", t, gop.occupancy.columns()},
      {"values of occupancy_frames", n, Size(gop.occupancy_frames)},
      {"values of gop_sd", n, Size(gop.gop_sd)},
      {"values of gop_s", n, Size(gop.gop_s)},
      {"values of gop_sdi", n, Size(gop.gop_sdi)},
      {"values of gop_sa", n, Size(gop.gop_sa)},
  };
  for (const Shape& shape : shapes) {
    if (shape.expected != shape.actual) return Mismatch(shape.what, shape.expected, shape.actual);
  }
  if (!(evidence.posteriors.frame_shift_ms > 0.0)) {
    return Error{ErrorCode::kInvalidArgument, "the frame shift must be above 0 ms"};
  }
  return std::nullopt;
}

/// What several features read: how loud the speech is, the speaker's own pitch.
void FillShared(scorer::Evidence& evidence) {
  evidence.segments = PhoneSegments(evidence.alignment, evidence.num_frames());
  std::vector<float> energy = evidence.prosody.energy_db;
  evidence.loud_db = static_cast<float>(Percentile(energy, 90.0));

  std::vector<float> voiced;
  evidence.log2_f0.reserve(evidence.prosody.f0_hz.size());
  for (const float f0_hz : evidence.prosody.f0_hz) {
    evidence.log2_f0.push_back(f0_hz > 1.0F ? std::log2(f0_hz) : 0.0F);
    if (f0_hz > 1.0F) voiced.push_back(evidence.log2_f0.back());
  }
  evidence.median_log2_f0 = static_cast<float>(Percentile(voiced, 50.0));
}

std::int64_t Place(const CanonicalPhones& phones, std::size_t i) {
  const std::vector<int>& word = phones.word_of_phone;
  const bool begins = i == 0 || word[i - 1] != word[i];
  const bool ends = i + 1 == word.size() || word[i + 1] != word[i];
  if (begins && ends) return 3;
  return begins ? 0 : ends ? 2 : 1;
}

// Dictionaries disagree on monosyllables ("call" has stress in CMUdict, none in SpeechOcean762's labels) and
// on secondary stress. Only the contrast inside a word is lexical stress, so only that is told to the scorer.
std::int64_t StressClass(int stress, int vowels_of_word) {
  if (stress < 0) return 0;
  return stress == 1 && vowels_of_word > 1 ? 2 : 1;
}

void FillPhoneIdentity(const CanonicalPhones& phones, ScorerInput& input) {
  const auto num_phones = static_cast<std::size_t>(phones.num_phones());
  std::vector<int> phones_of_word(static_cast<std::size_t>(phones.num_words), 0);
  std::vector<int> vowels_of_word(static_cast<std::size_t>(phones.num_words), 0);
  for (std::size_t i = 0; i < num_phones; ++i) {
    const auto word = static_cast<std::size_t>(phones.word_of_phone[i]);
    ++phones_of_word[word];
    vowels_of_word[word] += phones.phones[i].stress >= 0 ? 1 : 0;
  }
  input.word_pool = Matrix(phones.num_words, phones.num_phones());
  for (std::size_t i = 0; i < num_phones; ++i) {
    const int word = phones.word_of_phone[i];
    input.phone.push_back(phones.phones[i].label);
    input.stress.push_back(
        StressClass(phones.phones[i].stress, vowels_of_word[static_cast<std::size_t>(word)]));
    input.place.push_back(Place(phones, i));
    input.word_of_phone.push_back(word);
    input.word_pool(word, static_cast<int>(i)) =
        1.0F / static_cast<float>(phones_of_word[static_cast<std::size_t>(word)]);
  }
}

bool AllFinite(std::span<const float> values) {
  return std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); });
}

}  // namespace

std::vector<FrameSpan> PhoneSegments(const Alignment& alignment, int num_frames) {
  std::vector<FrameSpan> segments = alignment.phones;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const FrameSpan span = alignment.phones[i];
    const int before = span.begin - (i == 0 ? 0 : alignment.phones[i - 1].end);
    const int after = (i + 1 == segments.size() ? num_frames : alignment.phones[i + 1].begin) - span.end;
    // The odd frame of a gap goes to the phone after it.
    segments[i].begin -= std::min(kMaxWidening, before - before / 2);
    segments[i].end += std::min(kMaxWidening, after / 2);
  }
  return segments;
}

Result<ScorerInput> BuildScorerInput(const CanonicalPhones& phones, const Posteriors& posteriors,
                                     const Alignment& alignment, const GopScores& gop, const Prosody& prosody,
                                     const std::vector<Pause>& pauses, int blank) {
  scorer::Evidence evidence{.phones = phones,
                            .posteriors = posteriors,
                            .alignment = alignment,
                            .gop = gop,
                            .prosody = prosody,
                            .pauses = pauses,
                            .blank = blank,
                            .segments = {},
                            .log2_f0 = {}};
  if (auto error = CheckPhones(phones, evidence.num_labels())) return *error;
  if (auto error = CheckSpans(alignment, evidence.num_phones(), evidence.num_frames())) return *error;
  if (auto error = CheckShapes(evidence)) return *error;
  FillShared(evidence);

  const int num_phones = evidence.num_phones();
  const int state_dimension = posteriors.states.columns();
  ScorerInput input;
  input.phone_features = Matrix(num_phones, PhoneColumns(evidence.num_labels()).size());
  input.phone_states = Matrix(num_phones, 2 * state_dimension);
  input.insertion_features = Matrix(num_phones, evidence.num_labels());
  input.utterance_features = Matrix(1, utterance_column::kSize);
  input.utterance_states = Matrix(1, 2 * state_dimension);
  scorer::FillPhoneFeatures(evidence, input.phone_features);
  scorer::FillInsertionFeatures(evidence, input.insertion_features);
  scorer::FillUtteranceFeatures(evidence, input.utterance_features);
  scorer::FillPhoneStates(evidence, input.phone_states);
  scorer::FillUtteranceStates(evidence, input.utterance_states);
  FillPhoneIdentity(phones, input);
  if (!AllFinite(input.phone_states.values()) || !AllFinite(input.utterance_states.values())) {
    return Error{ErrorCode::kInternal, "the acoustic model's states are not finite"};
  }
  return input;
}

}  // namespace higgins
