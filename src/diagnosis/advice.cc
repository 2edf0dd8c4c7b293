#include "diagnosis/advice.h"

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

#include "diagnosis/compose.h"

namespace higgins {
namespace {

using Json = nlohmann::json;

int LabelOf(const std::string& name, const PhoneSet& phones) {
  const std::optional<int> label = phones.label(name);
  if (!label) throw std::invalid_argument("'" + name + "' is not a phone of the pack");
  return *label;
}

AdviceTemplates ParseTemplates(const Json& root) {
  AdviceTemplates out;
  const Json& sentences = root.at("templates");
  sentences.at("substitution").get_to(out.substitution);
  sentences.at("substitution_other_kind").get_to(out.substitution_other_kind);
  sentences.at("unclear").get_to(out.unclear);
  sentences.at("deletion").get_to(out.deletion);
  sentences.at("insertion").get_to(out.insertion);
  out.insertion_unclear = sentences.value("insertion_unclear", "");
  const Json& joiners = root.at("joiners");
  joiners.at("pair").get_to(out.pair);
  joiners.at("list").get_to(out.list);
  joiners.at("last").get_to(out.last);
  root.at("steps").get_to(out.steps);
  return out;
}

std::map<int, std::string> ParseByPhone(const Json& texts, const PhoneSet& phones) {
  std::map<int, std::string> out;
  for (const auto& [name, text] : texts.items()) out[LabelOf(name, phones)] = text.get<std::string>();
  return out;
}

}  // namespace

Result<Advice> Advice::Load(std::span<const std::byte> articulation_json,
                            std::span<const std::byte> suggestions_json, const PhoneSet& phones) {
  Result<std::vector<Articulation>> articulations = LoadArticulations(articulation_json, phones);
  if (!articulations) return articulations.error();
  Advice advice;
  advice.articulations_ = *std::move(articulations);
  for (const Articulation& articulation : advice.articulations_) {
    advice.off_glides_.push_back(phones.label(articulation.off_glide));
  }
  try {
    const auto* text = reinterpret_cast<const char*>(suggestions_json.data());
    const Json root = Json::parse(text, text + suggestions_json.size());
    advice.templates_ = ParseTemplates(root);
    for (const auto& [expected, by_heard] : root.at("substitution").items()) {
      for (const auto& [heard, words] : by_heard.items()) {
        advice.substitutions_[{LabelOf(expected, phones), LabelOf(heard, phones)}] = words.get<std::string>();
      }
    }
    advice.deletions_ = ParseByPhone(root.at("deletion"), phones);
    advice.insertions_ = ParseByPhone(root.at("insertion"), phones);
  } catch (const std::exception& e) {
    return Error{ErrorCode::kBadPack, std::string("suggestions.json: ") + e.what()};
  }
  return advice;
}

std::string Advice::Suggest(PhoneErrorKind kind, std::optional<int> expected,
                            std::optional<int> heard) const {
  switch (kind) {
    case PhoneErrorKind::kNone:
      return "";
    case PhoneErrorKind::kSubstitution: {
      if (!expected) return "";
      if (!heard || *heard == *expected) return Fill(templates_.unclear, expected, {}, "");
      const auto written = substitutions_.find({*expected, *heard});
      return written != substitutions_.end() ? written->second : ComposeSubstitution(*expected, *heard);
    }
    case PhoneErrorKind::kDeletion: {
      if (!expected) return "";
      const auto written = deletions_.find(*expected);
      return written != deletions_.end() ? written->second : Fill(templates_.deletion, expected, {}, "");
    }
    case PhoneErrorKind::kInsertion: {
      if (!heard) return templates_.insertion_unclear;
      const auto written = insertions_.find(*heard);
      return written != insertions_.end() ? written->second : Fill(templates_.insertion, {}, heard, "");
    }
  }
  return "";
}

const std::string& Advice::Ipa(const Phone& phone) const {
  const Articulation& articulation = At(phone.label);
  return phone.stress == 0 ? articulation.ipa_unstressed : articulation.ipa;
}

std::string Advice::ComposeSubstitution(int expected, int heard) const {
  const bool same_kind = At(expected).is_vowel == At(heard).is_vowel;
  const std::string steps = same_kind ? ComposeSteps(At(expected), At(heard), templates_) : "";
  // Two phones of another pack may share every feature: then only the whole articulation is left to say.
  return Fill(steps.empty() ? templates_.substitution_other_kind : templates_.substitution, expected, heard,
              steps);
}

std::string Advice::Fill(const std::string& text, std::optional<int> expected, std::optional<int> heard,
                         const std::string& steps) const {
  std::map<std::string, std::string> names{{"steps", steps}};
  if (expected) {
    names["expected"] = At(*expected).letters;
    names["expected_word"] = At(*expected).example;
    names["how"] = At(*expected).how;
  }
  if (heard) {
    names["heard"] = At(*heard).letters;
    names["heard_word"] = At(*heard).example;
  }
  return FillIn(text, names);
}

}  // namespace higgins
