// Labelled corpora for `higgins eval`.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "higgins/assessor.h"
#include "higgins/result.h"

namespace higgins::cli {

/// Experts' scores as the corpus gives them: phones 0-2, words and utterances 0-10.
struct LabelledWord {
  std::string text;
  std::vector<std::string> phones;   ///< ARPAbet, vowels with lexical stress
  std::vector<double> phone_scores;  ///< as many as phones; empty in a corpus without scores
  double accuracy = 0.0;
  double stress = 0.0;
  double total = 0.0;
};

struct LabelledUtterance {
  std::string id;
  std::filesystem::path audio;
  std::string division;  ///< "fit", "dev", "train", "test", or what the corpus calls it
  std::string text;
  std::vector<LabelledWord> words;
  std::vector<std::string> phones;  ///< of the whole utterance
  double accuracy = 0.0;
  double fluency = 0.0;
  double prosody = 0.0;
  double completeness = 0.0;
  double total = 0.0;
  bool is_of_another = false;  ///< whether the text is another recording's, see BesideAnotherText()
};

enum class LabelKind {
  kScored,  ///< every phone, word and utterance has its scores
  kNative,  ///< correct speech: text, and phones as a dictionary has them
};

/// Reads a folder that has labels.jsonl and audio/, or the public speechocean762 folder (scores.json at the
/// top or in resource/, WAVE/, train/wav.scp, test/wav.scp). Scored corpora must be complete; of native ones,
/// utterances without text are left out. Errors: kNotFound (neither is there), kInvalidArgument (with the
/// file, the line and the member).
Result<std::vector<LabelledUtterance>> LoadDataset(const std::filesystem::path& folder, LabelKind kind);

/// Every utterance as it is, and behind it once more with the text of another: of those that share at most a
/// quarter of their words with its own, the first that has as many words or more (after the longest, the
/// shortest). Without words' labels. The same choice on every run; where there is no such text, nothing comes
/// behind.
std::vector<LabelledUtterance> BesideAnotherText(const std::vector<LabelledUtterance>& utterances);

}  // namespace higgins::cli
