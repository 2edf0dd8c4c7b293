// The prompt of a request: the lexicon's, or a corpus's labels.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "engine/pack.h"
#include "higgins/assessor.h"
#include "higgins/result.h"
#include "types/prompt.h"

namespace higgins {

/// Errors: kInvalidArgument (nothing to read, a phone that is not in the set, ...).
Result<Prompt> LookupPrompt(const Pack& pack, std::string_view text,
                            std::span<const WordPhones> pronunciations);

/// One word with one pronunciation for every label. A vowel without a stress digit counts as unstressed.
/// Character spans are those of the words found one after another in `text`, ignoring case; [0, 0) for a word
/// that is not there. Errors: kInvalidArgument, with the word and the phone.
Result<Prompt> PromptFromLabels(const PhoneSet& phones, std::string_view text,
                                std::span<const WordPhones> labels);

/// How many phones the text has at least, whichever pronunciations are taken.
int FewestPhones(const Prompt& prompt);

/// The phone labels, stress dropped.
std::vector<int> Labels(const CanonicalPhones& canonical);

}  // namespace higgins
