// From the bytes of an ONNX graph to something that runs: what the acoustic model and the scorer have in
// common on OpenVINO.
#pragma once

#include <cstddef>
#include <functional>
#include <openvino/openvino.hpp>
#include <span>
#include <string>
#include <vector>

#include "higgins/result.h"
#include "inference/graph_store.h"

namespace higgins::inference {

using Ports = std::vector<ov::Output<const ov::Node>>;

struct GraphToCompile {
  std::span<const std::byte> onnx;  ///< not needed afterwards
  std::string name;                 ///< for messages
  ov::AnyMap config;
  /// Whether these are the inputs and outputs that the caller speaks to.
  std::function<Result<void>(const Ports& inputs, const Ports& outputs)> check;
  GraphStore store;
};

/// What the store has is used where the runtime takes it and `check` likes it, else the graph is compiled and
/// kept. Errors: kBadPack (not a graph, or `check` says so).
Result<ov::CompiledModel> Compile(const GraphToCompile& graph);

/// "`samples` f32 [1,?], ...", for messages.
std::string Describe(const Ports& ports);

}  // namespace higgins::inference
