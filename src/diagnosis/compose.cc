#include "diagnosis/compose.h"

#include <cstddef>
#include <cstdlib>
#include <vector>

namespace higgins {
namespace {

// More would not be remembered while speaking.
constexpr std::size_t kMaxSteps = 3;

class StepList {
 public:
  explicit StepList(const AdviceTemplates& templates) : templates_(templates) {}

  /// Values without a step (lips "closed": the place already says it) add nothing.
  void Add(const char* feature, const std::string& wanted) {
    if (steps_.size() == kMaxSteps) return;
    const auto of_feature = templates_.steps.find(feature);
    if (of_feature == templates_.steps.end()) return;
    const auto step = of_feature->second.find(wanted);
    if (step != of_feature->second.end()) steps_.push_back(step->second);
  }

  void AddIfDifferent(const char* feature, const std::string& wanted, const std::string& heard) {
    if (wanted != heard) Add(feature, wanted);
  }

  std::string Join() const {
    std::string out;
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      if (i > 0) {
        const bool is_last = i + 1 == steps_.size();
        out += !is_last ? templates_.list : steps_.size() == 2 ? templates_.pair : templates_.last;
      }
      out += steps_[i];
    }
    return out;
  }

 private:
  const AdviceTemplates& templates_;
  std::vector<std::string> steps_;
};

void AddVowelSteps(const Articulation& expected, const Articulation& heard, StepList& steps) {
  const int rise = heard.height_step - expected.height_step;
  const int retreat = expected.backness_step - heard.backness_step;
  steps.AddIfDifferent("colour", expected.colour.empty() ? "none" : expected.colour,
                       heard.colour.empty() ? "none" : heard.colour);
  if (expected.diphthong) {
    if (!heard.diphthong || expected.off_glide != heard.off_glide) steps.Add("glide", expected.off_glide);
  } else if (heard.diphthong) {
    steps.Add("glide", "none");
  }
  // A small step of the tongue is felt less than the lips or the length, so only large ones go first.
  if (std::abs(rise) >= 2) steps.Add("height", rise > 0 ? "higher" : "lower");
  if (std::abs(retreat) >= 2) steps.Add("backness", retreat > 0 ? "back" : "front");
  steps.AddIfDifferent("lips", expected.lips, heard.lips);
  steps.AddIfDifferent("length", expected.length, heard.length);
  if (std::abs(rise) == 1) steps.Add("height", rise > 0 ? "higher" : "lower");
  if (std::abs(retreat) == 1) steps.Add("backness", retreat > 0 ? "back" : "front");
}

void AddConsonantSteps(const Articulation& expected, const Articulation& heard, StepList& steps) {
  steps.AddIfDifferent("place", expected.place, heard.place);
  steps.AddIfDifferent("manner", expected.manner, heard.manner);
  steps.AddIfDifferent("voicing", expected.voicing, heard.voicing);
  // Out of closed lips, parting them comes before any shape.
  const bool parts = heard.lips == "closed" && expected.lips == "relaxed";
  steps.AddIfDifferent("lips", parts ? "open" : expected.lips, heard.lips);
}

}  // namespace

std::string ComposeSteps(const Articulation& expected, const Articulation& heard,
                         const AdviceTemplates& templates) {
  StepList steps(templates);
  if (expected.is_vowel) {
    AddVowelSteps(expected, heard, steps);
  } else {
    AddConsonantSteps(expected, heard, steps);
  }
  return steps.Join();
}

std::string FillIn(std::string text, const std::map<std::string, std::string>& names) {
  std::size_t at = 0;
  while ((at = text.find('{', at)) != std::string::npos) {
    const std::size_t end = text.find('}', at);
    if (end == std::string::npos) break;
    const auto found = names.find(text.substr(at + 1, end - at - 1));
    if (found == names.end()) {
      at = end;
      continue;
    }
    text.replace(at, end + 1 - at, found->second);
    at += found->second.size();
  }
  return text;
}

}  // namespace higgins
