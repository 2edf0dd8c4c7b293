// higgins._training: what the trainer needs of the engine's inside. It calls the very functions that serve,
// so that a scorer is trained on the features it will see. Not part of the product's API.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <span>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "arrays.h"
#include "ctc/align.h"
#include "ctc/free_decode.h"
#include "ctc/gop.h"
#include "ctc/pronunciation_choice.h"
#include "prosody/pauses.h"
#include "prosody/prosody.h"
#include "scorer/features.h"
#include "types/phone_set.h"

namespace higgins::python {
namespace {

using FloatMatrix = nb::ndarray<const float, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using FloatVector = nb::ndarray<const float, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

constexpr int kBlank = 0;

/// The 39 phones of CMUdict in alphabetical order after the blank: the label set of every pack that is
/// trained here.
const PhoneSet& CmuPhones() {
  static const PhoneSet kPhones(
      {"",  "AA", "AE", "AH", "AO", "AW", "AY", "B", "CH", "D", "DH", "EH", "ER", "EY",
       "F", "G",  "HH", "IH", "IY", "JH", "K",  "L", "M",  "N", "NG", "OW", "OY", "P",
       "R", "S",  "SH", "T",  "TH", "UH", "UW", "V", "W",  "Y", "Z",  "ZH"},
      kBlank);
  return kPhones;
}

[[noreturn]] void Raise(const std::string& message) { throw nb::value_error(message.c_str()); }

template <typename T>
T Unwrap(Result<T> result) {
  if (!result) Raise(result.error().message);
  return std::move(*result);
}

MatrixView<const float> View(const FloatMatrix& array) {
  return {array.data(), static_cast<int>(array.shape(0)), static_cast<int>(array.shape(1))};
}

Matrix Copy(MatrixView<const float> view) {
  Matrix matrix(view.rows(), view.columns());
  std::copy_n(view.data(), matrix.values().size(), matrix.values().begin());
  return matrix;
}

/// "AH0" is phone AH with stress 0. A vowel without a digit counts as unstressed.
Phone ParsePhone(const std::string& name) {
  std::string base = name;
  int stress = -1;
  if (!base.empty() && base.back() >= '0' && base.back() <= '2') {
    stress = base.back() - '0';
    base.pop_back();
  }
  const std::optional<int> label = CmuPhones().label(base);
  if (!label) Raise("unknown phone \"" + name + "\": expected ARPAbet such as AH0 or NG");
  const bool is_vowel = CmuPhones().is_vowel(*label);
  if (stress >= 0 && !is_vowel) Raise("phone \"" + name + "\": only vowels carry a stress digit");
  return Phone{*label, is_vowel ? std::max(stress, 0) : -1};
}

CanonicalPhones ParsePhones(const std::vector<std::string>& names) {
  CanonicalPhones phones;
  for (const std::string& name : names) phones.phones.push_back(ParsePhone(name));
  return phones;
}

std::vector<int> Labels(const CanonicalPhones& phones) {
  std::vector<int> labels;
  for (const Phone& phone : phones.phones) labels.push_back(phone.label);
  return labels;
}

void CheckLabels(MatrixView<const float> log_posteriors) {
  if (log_posteriors.columns() != CmuPhones().num_labels()) {
    Raise("log_posteriors: expected " + std::to_string(CmuPhones().num_labels()) + " columns, got " +
          std::to_string(log_posteriors.columns()));
  }
}

struct Lattice {
  Alignment alignment;
  GopScores gop;
};

Result<Lattice> RunLattice(MatrixView<const float> log_posteriors, const CanonicalPhones& phones) {
  const std::vector<int> labels = Labels(phones);
  Result<Alignment> alignment = ctc::Align(log_posteriors, labels, kBlank);
  if (!alignment) return alignment.error();
  Result<GopScores> gop = ctc::ComputeGop(log_posteriors, labels, *alignment, kBlank);
  if (!gop) return gop.error();
  return Lattice{*std::move(alignment), *std::move(gop)};
}

void PutSpans(nb::dict& result, const char* begin_key, const char* end_key,
              const std::vector<FrameSpan>& spans) {
  std::vector<std::int64_t> begin, end;
  for (const FrameSpan span : spans) {
    begin.push_back(span.begin);
    end.push_back(span.end);
  }
  result[begin_key] = ToArray(std::move(begin));
  result[end_key] = ToArray(std::move(end));
}

void PutGop(nb::dict& result, Lattice lattice) {
  GopScores& gop = lattice.gop;
  result["log_likelihood"] = gop.log_likelihood;
  result["substitution_ratio"] = ToArray(std::move(gop.substitution_ratio));
  result["insertion_ratio"] = ToArray(std::move(gop.insertion_ratio));
  result["gop_sd"] = ToArray(std::move(gop.gop_sd));
  result["gop_s"] = ToArray(std::move(gop.gop_s));
  result["gop_sdi"] = ToArray(std::move(gop.gop_sdi));
  result["gop_sa"] = ToArray(std::move(gop.gop_sa));
  result["occupancy_frames"] = ToArray(std::move(gop.occupancy_frames));
  PutSpans(result, "viterbi_begin", "viterbi_end", lattice.alignment.phones);
}

void PutScorerInput(nb::dict& result, ScorerInput input) {
  result["phone_features"] = ToArray(std::move(input.phone_features));
  result["insertion_features"] = ToArray(std::move(input.insertion_features));
  result["phone_states"] = ToArray(std::move(input.phone_states));
  result["utterance_features"] = ToArray(std::move(input.utterance_features));
  result["utterance_states"] = ToArray(std::move(input.utterance_states));
  result["phone"] = ToArray(std::move(input.phone));
  result["stress"] = ToArray(std::move(input.stress));
  result["place"] = ToArray(std::move(input.place));
  result["word_of_phone"] = ToArray(std::move(input.word_of_phone));
  result["word_pool"] = ToArray(std::move(input.word_pool));
}

nb::dict ScorerInputOf(const FloatMatrix& log_posteriors, const FloatMatrix& states,
                       const FloatVector& samples, const std::vector<std::string>& phone_names,
                       std::vector<int> words, double frame_shift_ms) {
  CheckLabels(View(log_posteriors));
  if (!(frame_shift_ms > 0.0)) Raise("frame_shift_ms must be above 0");
  CanonicalPhones phones = ParsePhones(phone_names);
  phones.num_words = words.empty() ? 0 : *std::max_element(words.begin(), words.end()) + 1;
  if (static_cast<int>(words.size()) != phones.num_phones()) {
    Raise("word indices of the phones: expected " + std::to_string(phones.num_phones()) + ", got " +
          std::to_string(words.size()));
  }
  phones.word_of_phone = std::move(words);

  Lattice lattice;
  ScorerInput input;
  {
    nb::gil_scoped_release unlocked;
    const Clip clip{{samples.data(), samples.data() + samples.shape(0)}};
    if (!std::all_of(clip.samples.begin(), clip.samples.end(), [](float x) { return std::isfinite(x); })) {
      Raise("samples: not all are finite");
    }
    const Posteriors posteriors{Copy(View(log_posteriors)), Copy(View(states)), frame_shift_ms};
    lattice = Unwrap(RunLattice(posteriors.log_posteriors.view(), phones));
    const Prosody prosody = ComputeProsody(clip, posteriors.num_frames(), frame_shift_ms);
    const std::vector<Pause> pauses = FindPauses(phones, lattice.alignment, prosody, frame_shift_ms);
    input =
        Unwrap(BuildScorerInput(phones, posteriors, lattice.alignment, lattice.gop, prosody, pauses, kBlank));
  }
  nb::dict result;
  PutScorerInput(result, std::move(input));
  PutSpans(result, "segment_begin", "segment_end",
           PhoneSegments(lattice.alignment, static_cast<int>(log_posteriors.shape(0))));
  PutGop(result, std::move(lattice));
  return result;
}

nb::dict Gop(const FloatMatrix& log_posteriors, const std::vector<std::string>& phone_names) {
  CheckLabels(View(log_posteriors));
  const CanonicalPhones phones = ParsePhones(phone_names);
  Lattice lattice;
  {
    nb::gil_scoped_release unlocked;
    lattice = Unwrap(RunLattice(View(log_posteriors), phones));
  }
  nb::dict result;
  result["occupancy"] = ToArray(std::move(lattice.gop.occupancy));
  PutSpans(result, "segment_begin", "segment_end",
           PhoneSegments(lattice.alignment, static_cast<int>(log_posteriors.shape(0))));
  PutGop(result, std::move(lattice));
  return result;
}

std::vector<std::string> FreeDecode(const FloatMatrix& log_posteriors) {
  CheckLabels(View(log_posteriors));
  nb::gil_scoped_release unlocked;
  std::vector<std::string> names;
  for (const auto& phone : ctc::FreeDecode(View(log_posteriors), kBlank)) {
    names.push_back(CmuPhones().name(phone.label));
  }
  return names;
}

std::vector<std::string> Split(const std::string& phones) {
  std::istringstream words(phones);
  return {std::istream_iterator<std::string>(words), {}};
}

std::vector<int> ChoosePronunciations(const FloatMatrix& log_posteriors,
                                      const std::vector<std::vector<std::string>>& words) {
  CheckLabels(View(log_posteriors));
  Prompt prompt;
  for (const std::vector<std::string>& variants : words) {
    PromptWord word;
    for (const std::string& variant : variants) {
      word.pronunciations.push_back({ParsePhones(Split(variant)).phones, PronunciationSource::kCaller});
    }
    prompt.words.push_back(std::move(word));
  }
  nb::gil_scoped_release unlocked;
  return Unwrap(ctc::ChoosePronunciations(View(log_posteriors), prompt, kBlank));
}

nb::dict ProsodyOf(const FloatVector& samples, int num_frames, double frame_shift_ms) {
  if (num_frames < 0 || !(frame_shift_ms > 0.0))
    Raise("num_frames must be 0 or more and frame_shift_ms above 0");
  Prosody prosody;
  {
    nb::gil_scoped_release unlocked;
    prosody =
        ComputeProsody(Clip{{samples.data(), samples.data() + samples.shape(0)}}, num_frames, frame_shift_ms);
  }
  nb::dict result;
  result["f0_hz"] = ToArray(std::move(prosody.f0_hz));
  result["energy_db"] = ToArray(std::move(prosody.energy_db));
  return result;
}

std::vector<std::string> Phones() {
  std::vector<std::string> names;
  for (int label = 0; label < CmuPhones().num_labels(); ++label) names.push_back(CmuPhones().name(label));
  return names;
}

}  // namespace
}  // namespace higgins::python

NB_MODULE(_training, module) {
  namespace py = higgins::python;
  using nanobind::literals::operator""_a;
  module.doc() =
      "The engine's own feature extraction, for training. Labels: 0 is the CTC blank, then CMUdict's phones.";
  module.def(
      "scorer_input", &py::ScorerInputOf, "log_posteriors"_a, "states"_a, "samples"_a, "phones"_a, "words"_a,
      "frame_shift_ms"_a = 20.0,
      "The scorer's inputs of one utterance, keyed by the graph's input names, with the GOP figures.\n\n"
      "log_posteriors float32 [frames, 40] in nats, states float32 [frames, D], samples float32 at 16 kHz,\n"
      "phones in ARPAbet with stress digits, words the word index of each phone, non-decreasing from 0.\n"
      "Raises ValueError with the engine's message.");
  module.def(
      "gop", &py::Gop, "log_posteriors"_a, "phones"_a,
      "Every figure of GopScores (types/gop_scores.h), and the Viterbi spans and segments of the phones, in "
      "frames.");
  module.def("free_decode", &py::FreeDecode, "log_posteriors"_a, "The phones heard when no text is given.");
  module.def("choose_pronunciations", &py::ChoosePronunciations, "log_posteriors"_a, "words"_a,
             "words[w] holds the pronunciations of word w, each as \"HH AH0 L OW1\"; gives the index of the "
             "one that\n"
             "was said, for each word.");
  module.def("prosody", &py::ProsodyOf, "samples"_a, "num_frames"_a, "frame_shift_ms"_a = 20.0,
             "f0_hz (0: unvoiced) and energy_db of each frame.");
  module.def("phone_names", &py::Phones, "The name of each label; the blank's is empty.");
}
