#include "diagnosis/articulation.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace higgins {
namespace {

using Json = nlohmann::json;

int StepOn(const Json& scale, const std::string& value) {
  const auto found = std::find(scale.begin(), scale.end(), Json(value));
  if (found == scale.end()) throw std::invalid_argument("'" + value + "' is not a step of its scale");
  return static_cast<int>(found - scale.begin());
}

std::string RequiredText(const Json& entry, const char* field) {
  std::string text = entry.at(field).get<std::string>();
  if (text.empty()) throw std::invalid_argument(std::string("'") + field + "' is empty");
  return text;
}

Articulation ParseOne(const Json& entry, const Json& scales) {
  Articulation out;
  out.ipa = RequiredText(entry, "ipa");
  out.ipa_unstressed = entry.value("ipa_unstressed", out.ipa);
  out.letters = RequiredText(entry, "letters");
  out.example = RequiredText(entry, "example");
  out.how = RequiredText(entry, "how");
  out.lips = RequiredText(entry, "lips");
  out.length = RequiredText(entry, "length");
  const std::string kind = RequiredText(entry, "kind");
  if (kind != "vowel" && kind != "consonant") throw std::invalid_argument("'kind' is " + kind);
  out.is_vowel = kind == "vowel";
  if (out.is_vowel) {
    out.height_step = StepOn(scales.at("height"), RequiredText(entry, "height"));
    out.backness_step = StepOn(scales.at("backness"), RequiredText(entry, "backness"));
    out.diphthong = entry.value("diphthong", false);
    out.off_glide = entry.value("off_glide", "");
    out.colour = entry.value("colour", "");
  } else {
    out.place = RequiredText(entry, "place");
    out.manner = RequiredText(entry, "manner");
    out.voicing = RequiredText(entry, "voicing");
  }
  return out;
}

}  // namespace

Result<std::vector<Articulation>> LoadArticulations(std::span<const std::byte> json, const PhoneSet& phones) {
  std::string where = "the file";
  try {
    const auto* text = reinterpret_cast<const char*>(json.data());
    const Json root = Json::parse(text, text + json.size());
    std::vector<Articulation> out(static_cast<std::size_t>(phones.num_labels()));
    for (int label = 0; label < phones.num_labels(); ++label) {
      if (label == phones.blank()) continue;
      where = "phone " + phones.name(label);
      out[static_cast<std::size_t>(label)] =
          ParseOne(root.at("phones").at(phones.name(label)), root.at("scales"));
    }
    return out;
  } catch (const std::exception& e) {
    return Error{ErrorCode::kBadPack, "articulation.json, " + where + ": " + e.what()};
  }
}

}  // namespace higgins
