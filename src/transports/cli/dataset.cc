#include "transports/cli/dataset.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <system_error>
#include <utility>

#include "transports/cli/common.h"

namespace higgins::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

std::vector<std::string> SplitWords(const std::string& text) {
  std::istringstream words(text);
  std::vector<std::string> out;
  for (std::string word; words >> word;) out.push_back(word);
  return out;
}

// The public corpus has had its phones both as a list and as one string.
std::vector<std::string> ReadPhones(const Json& phones) {
  return phones.is_string() ? SplitWords(phones.get<std::string>()) : phones.get<std::vector<std::string>>();
}

// The readers below use nlohmann's throwing accessors; ReadRecord turns what they throw into an Error.
LabelledWord ReadWord(const Json& json, LabelKind kind) {
  LabelledWord word;
  word.text = json.at("text").get<std::string>();
  word.phones = ReadPhones(json.at("phones"));
  if (kind == LabelKind::kNative) return word;
  word.phone_scores = json.at("phones-accuracy").get<std::vector<double>>();
  word.accuracy = json.at("accuracy").get<double>();
  word.stress = json.at("stress").get<double>();
  word.total = json.at("total").get<double>();
  return word;
}

Result<LabelledUtterance> ReadRecord(const Json& json, LabelKind kind, const std::string& where) {
  LabelledUtterance out;
  try {
    out.text = json.value("text", "");
    out.division = json.value("division", "");
    for (const Json& word : json.value("words", Json::array())) out.words.push_back(ReadWord(word, kind));
    if (kind == LabelKind::kScored) {
      out.accuracy = json.at("accuracy").get<double>();
      out.fluency = json.at("fluency").get<double>();
      out.prosody = json.at("prosodic").get<double>();
      out.completeness = json.at("completeness").get<double>();
      out.total = json.at("total").get<double>();
    }
    if (json.contains("phones")) out.phones = ReadPhones(json["phones"]);
  } catch (const Json::exception& exception) {
    return Error{ErrorCode::kInvalidArgument, where + ": " + exception.what()};
  }
  const bool has_phones = !out.phones.empty();
  for (const LabelledWord& word : out.words) {
    if (!has_phones) out.phones.insert(out.phones.end(), word.phones.begin(), word.phones.end());
    const bool complete = kind == LabelKind::kNative || word.phone_scores.size() == word.phones.size();
    if (word.phones.empty() || !complete) {
      return Error{
          ErrorCode::kInvalidArgument,
          where + ": word \"" + word.text + "\": expected as many scores as phones and at least one, got " +
              std::to_string(word.phone_scores.size()) + " and " + std::to_string(word.phones.size())};
    }
  }
  if (kind == LabelKind::kScored && out.words.empty()) {
    return Error{ErrorCode::kInvalidArgument, where + ": no words"};
  }
  return out;
}

Result<std::vector<LabelledUtterance>> LoadJsonLines(const fs::path& folder, LabelKind kind) {
  const fs::path path = folder / "labels.jsonl";
  const Result<std::string> text = ReadText(path.string());
  if (!text) return text.error();
  std::vector<LabelledUtterance> out;
  std::istringstream lines(*text);
  std::size_t line_number = 0;
  for (std::string line; std::getline(lines, line);) {
    const std::string where = path.string() + ":" + std::to_string(++line_number);
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    const Json json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (!json.is_object() || !json.contains("id") || !json["id"].is_string() || !json.contains("audio") ||
        !json["audio"].is_string()) {
      return Error{ErrorCode::kInvalidArgument,
                   where + R"(: expected a JSON object with strings "id" and "audio")"};
    }
    Result<LabelledUtterance> utterance = ReadRecord(json, kind, where);
    if (!utterance) return utterance.error();
    utterance->id = json["id"].get<std::string>();
    utterance->audio = folder / json["audio"].get<std::string>();
    if (kind == LabelKind::kNative && utterance->text.empty()) continue;
    out.push_back(*std::move(utterance));
  }
  return out;
}

// Kaldi's wav.scp: "ID PATH" a line, the path relative to the corpus.
Result<std::vector<std::pair<std::string, fs::path>>> ReadWavScp(const fs::path& folder,
                                                                 const std::string& division) {
  const fs::path path = folder / division / "wav.scp";
  std::error_code ignored;
  std::vector<std::pair<std::string, fs::path>> out;
  if (!fs::exists(path, ignored)) return out;
  const Result<std::string> text = ReadText(path.string());
  if (!text) return text.error();
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    const std::vector<std::string> fields = SplitWords(line);
    if (fields.empty()) continue;
    if (fields.size() != 2) {
      return Error{ErrorCode::kInvalidArgument,
                   path.string() + R"(: expected "ID PATH", got ")" + line + "\""};
    }
    out.emplace_back(fields[0], folder / fields[1]);
  }
  return out;
}

Result<std::vector<LabelledUtterance>> LoadSpeechOcean(const fs::path& folder, const fs::path& scores_path) {
  const Result<std::string> text = ReadText(scores_path.string());
  if (!text) return text.error();
  const Json scores = Json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!scores.is_object()) {
    return Error{ErrorCode::kInvalidArgument, scores_path.string() + ": expected a JSON object"};
  }
  std::vector<LabelledUtterance> out;
  for (const char* division : {"train", "test"}) {
    const auto list = ReadWavScp(folder, division);
    if (!list) return list.error();
    for (const auto& [id, audio] : *list) {
      const std::string where = scores_path.string() + ": " + id;
      if (!scores.contains(id)) return Error{ErrorCode::kInvalidArgument, where + ": missing"};
      Result<LabelledUtterance> utterance = ReadRecord(scores[id], LabelKind::kScored, where);
      if (!utterance) return utterance.error();
      utterance->id = id;
      utterance->audio = audio;
      utterance->division = division;
      out.push_back(*std::move(utterance));
    }
  }
  if (out.empty()) {
    return Error{ErrorCode::kNotFound,
                 folder.string() + ": neither train/wav.scp nor test/wav.scp lists a recording"};
  }
  return out;
}

// Whether at most a quarter of `words` are among `others`.
bool ShareFewWords(const std::set<std::string>& words, const std::set<std::string>& others) {
  const auto num_shared =
      std::ranges::count_if(words, [&](const std::string& word) { return others.contains(word); });
  return 4 * static_cast<std::size_t>(num_shared) <= words.size();
}

// In small letters, without the marks at their ends.
std::set<std::string> WordsOf(const std::string& text) {
  std::string letters;
  for (const char c : text) {
    const bool is_mark = c == ',' || c == '.' || c == '?' || c == '!';
    letters += is_mark ? ' ' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  const std::vector<std::string> words = SplitWords(letters);
  return {words.begin(), words.end()};
}

}  // namespace

std::vector<LabelledUtterance> BesideAnotherText(const std::vector<LabelledUtterance>& utterances) {
  const std::size_t count = utterances.size();
  std::vector<std::set<std::string>> words;
  std::vector<std::size_t> by_length;
  for (std::size_t i = 0; i < count; ++i) {
    words.push_back(WordsOf(utterances[i].text));
    by_length.push_back(i);
  }
  std::ranges::stable_sort(by_length, {},
                           [&](std::size_t i) { return SplitWords(utterances[i].text).size(); });
  std::vector<const LabelledUtterance*> another(count, nullptr);
  for (std::size_t place = 0; place < count; ++place) {
    const std::size_t own = by_length[place];
    for (std::size_t step = 1; step < count && another[own] == nullptr; ++step) {
      const std::size_t other = by_length[(place + step) % count];
      if (ShareFewWords(words[other], words[own])) another[own] = &utterances[other];
    }
  }
  std::vector<LabelledUtterance> both;
  for (std::size_t i = 0; i < utterances.size(); ++i) {
    LabelledUtterance utterance = utterances[i];
    utterance.words.clear();
    both.push_back(utterance);
    if (another[i] == nullptr) continue;
    utterance.id += " beside " + another[i]->id;
    utterance.text = another[i]->text;
    utterance.phones = another[i]->phones;
    utterance.is_of_another = true;
    both.push_back(std::move(utterance));
  }
  return both;
}

Result<std::vector<LabelledUtterance>> LoadDataset(const fs::path& folder, LabelKind kind) {
  std::error_code ignored;
  if (fs::exists(folder / "labels.jsonl", ignored)) return LoadJsonLines(folder, kind);
  for (const fs::path& scores : {folder / "scores.json", folder / "resource" / "scores.json"}) {
    if (kind == LabelKind::kScored && fs::exists(scores, ignored)) return LoadSpeechOcean(folder, scores);
  }
  return Error{ErrorCode::kNotFound,
               folder.string() + ": expected labels.jsonl" +
                   (kind == LabelKind::kScored ? ", scores.json or resource/scores.json" : "")};
}

}  // namespace higgins::cli
