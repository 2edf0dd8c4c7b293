// The AcousticModel on OpenVINO's CPU plug-in.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "acoustic/acoustic_model.h"
#include "higgins/result.h"
#include "inference/graph_store.h"

namespace higgins::acoustic {

struct OpenVinoOptions {
  std::string name = "acoustic.onnx";  ///< of the graph, for messages
  int num_labels = 40;                 ///< columns expected of `log_posteriors`, blank included
  int state_dim = 512;                 ///< columns expected of `states`
  double frame_shift_ms = 20.0;        ///< a whole number of samples at 16 kHz
  int threads_per_request = 1;         ///< 1 to 64
  int concurrent_requests = 1;         ///< 1 to 64; a further caller of Run() waits
  int window_frames = 1000;            ///< longest piece run at once; see acoustic/windows.h
  int context_frames = 100;
};

/// Loads an ONNX graph: input `samples` float32 [1 x samples]; outputs `log_posteriors` float32 [1 x frames x
/// labels] and `states` float32 [1 x frames x state_dim]. The bytes are not needed afterwards. `store`: where
/// a compiled graph is looked for and left. Errors: kBadPack (not a graph, or its names or shapes are not
/// these; the message says expected and actual).
Result<std::unique_ptr<AcousticModel>> LoadOpenVinoAcousticModel(std::span<const std::byte> onnx,
                                                                 const OpenVinoOptions& options,
                                                                 const inference::GraphStore& store = {});

/// "OpenVINO" and its version.
const char* OpenVinoVersion();

}  // namespace higgins::acoustic
