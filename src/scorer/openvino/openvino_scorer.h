// The Scorer on OpenVINO's CPU plug-in.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "higgins/result.h"
#include "inference/graph_store.h"
#include "scorer/scorer.h"
#include "types/pack_calibration.h"

namespace higgins::scorer {

struct OpenVinoOptions {
  std::string name = "scorer.onnx";  ///< of the graph, for messages
  Calibration calibration;           ///< of the pack
  int state_dim = 512;               ///< columns of Posteriors::states
  int num_phone_features = 0;        ///< columns of ScorerInput::phone_features; 0: not checked when loading
  int num_labels = 0;  ///< columns of ScorerInput::insertion_features and Scores::heard_logit; 0: not checked
  int num_utterance_features =
      0;  ///< columns of ScorerInput::utterance_features; 0: not checked when loading
};

/// Loads an ONNX graph. Its inputs are named as the fields of ScorerInput (a field that the graph does not
/// read may be absent); outputs, float32: `phone_score` [phones] 0-1, `detection_logit` [phones],
/// `word_scores` [words x 3] (accuracy, stress, total, 0-1), `utterance_scores` [5] (accuracy, fluency,
/// prosody, completeness, total, 0-1), and, where the graph says so much, `insertion_logit` [phones], raw
/// (packs from 2026.11.4 on) and `heard_logit` [phones x labels] (from 2026.11.5 on). `store`: where a
/// compiled graph is looked for and left. Errors: kBadPack (not a graph, or its names or shapes are not
/// these; the message says expected and actual).
Result<std::unique_ptr<Scorer>> LoadOpenVinoScorer(std::span<const std::byte> onnx,
                                                   const OpenVinoOptions& options,
                                                   const inference::GraphStore& store = {});

}  // namespace higgins::scorer
