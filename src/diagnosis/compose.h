// The difference of two articulations as things to do. Used by Advice only.
#pragma once

#include <string>

#include "diagnosis/advice.h"
#include "diagnosis/articulation.h"

namespace higgins {

/// "press your lips together, send the sound out through your nose, and ...": at most three steps that lead
/// from `heard` to `expected`, the most telling first. Both must be vowels or both consonants. "" when
/// nothing differs.
std::string ComposeSteps(const Articulation& expected, const Articulation& heard,
                         const AdviceTemplates& templates);

/// `text` with every {name} replaced by what `names` gives for it.
std::string FillIn(std::string text, const std::map<std::string, std::string>& names);

}  // namespace higgins
