// The main path: from a recording and what was to be read to the report.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "engine/pack.h"
#include "engine/stage_timer.h"
#include "higgins/assessor.h"
#include "higgins/result.h"

namespace higgins {

/// What one request brings. Everything is borrowed for the call.
struct AssessRequest {
  std::span<const std::byte> encoded;  ///< a recording as a file has it, or
  const PcmView* pcm = nullptr;        ///< decoded samples; when given, `encoded` is not looked at
  std::string_view text;
  /// When not empty, the words and their phones, instead of what the lexicon makes of `text`.
  std::span<const WordPhones> labels;
  const AssessOptions& options;
};

/// Errors: as Assessor::Assess. Thread-safe; `timer` belongs to the request.
Result<Measurement> Assess(const Pack& pack, const AssessRequest& request);

}  // namespace higgins
