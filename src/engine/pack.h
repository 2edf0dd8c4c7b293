// A loaded pack: everything that a request needs and that does not change.
#pragma once

#include <memory>

#include "acoustic/acoustic_model.h"
#include "diagnosis/advice.h"
#include "engine/manifest.h"
#include "engine/model_source.h"
#include "higgins/assessor.h"
#include "higgins/result.h"
#include "lexicon/lexicon.h"
#include "scorer/scorer.h"
#include "types/pack_calibration.h"
#include "types/phone_set.h"

namespace higgins {

/// Immutable once loaded; any number of threads may use it.
struct Pack {
  PackInfo info;
  PhoneSet phone_set;
  Calibration calibration;
  double frame_shift_ms = 20.0;
  lexicon::Lexicon lexicon;
  Advice advice;
  std::unique_ptr<AcousticModel> acoustic;
  std::unique_ptr<Scorer> scorer;
};

/// Reads the manifest, checks every file it names against its size and checksum, and loads them.
/// Errors: kBadPack (with the file, what was expected and what was there), kNotFound (no manifest, or no
/// options.acoustic_graph), kInvalidArgument (an option out of its range).
Result<Pack> LoadPack(const ModelSource& source, const AssessorOptions& options);

/// The bytes of the file that plays `role`, checked against the manifest. Errors: kBadPack.
Result<std::vector<std::byte>> ReadPackFile(const ModelSource& source, const Manifest& manifest,
                                            const std::string& role);

}  // namespace higgins
