#include "acoustic/openvino/openvino_acoustic_model.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <exception>
#include <openvino/openvino.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "acoustic/windows.h"
#include "base/one_line.h"
#include "base/pool.h"
#include "inference/compile.h"

namespace higgins::acoustic {
namespace {

using inference::Describe;
using inference::Ports;

constexpr const char* kInput = "samples";
constexpr const char* kPosteriorsOutput = "log_posteriors";
constexpr const char* kStatesOutput = "states";

Error BadGraph(const OpenVinoOptions& options, const std::string& what) {
  return Error{ErrorCode::kBadPack, options.name + ": " + what};
}

bool HasPort(const Ports& ports, const std::string& name, const ov::PartialShape& shape) {
  return std::any_of(ports.begin(), ports.end(), [&](const ov::Output<const ov::Node>& port) {
    return port.get_names().contains(name) && port.get_element_type() == ov::element::f32 &&
           port.get_partial_shape().compatible(shape);
  });
}

Result<void> CheckPorts(const Ports& inputs, const Ports& outputs, const OpenVinoOptions& options) {
  if (inputs.size() != 1 || !HasPort(inputs, kInput, ov::PartialShape{1, -1})) {
    return BadGraph(options, "expected one input `samples` f32 [1,?], it has: " + Describe(inputs));
  }
  if (!HasPort(outputs, kPosteriorsOutput, ov::PartialShape{1, -1, options.num_labels})) {
    return BadGraph(options, "expected an output `log_posteriors` f32 [1,?," +
                                 std::to_string(options.num_labels) +
                                 "] (one column a label of the phone set), it has: " + Describe(outputs));
  }
  if (!HasPort(outputs, kStatesOutput, ov::PartialShape{1, -1, options.state_dim})) {
    return BadGraph(options, "expected an output `states` f32 [1,?," + std::to_string(options.state_dim) +
                                 "] (state_dim of the manifest), it has: " + Describe(outputs));
  }
  return {};
}

ov::AnyMap CompileConfig(const OpenVinoOptions& options) {
  return {
      // The default on CPUs with bf16 units is bf16, which moves the scores.
      ov::hint::inference_precision(ov::element::f32),
      ov::num_streams(options.concurrent_requests),
      ov::inference_num_threads(options.threads_per_request * options.concurrent_requests),
      // Pinned processes that start together would all sit on the first cores.
      ov::hint::enable_cpu_pinning(false),
      // What the pack keeps in float computes in float, also where its weights are stored in 8 bits.
      {"DYNAMIC_QUANTIZATION_GROUP_SIZE", "0"},
      // What is made for a length of recording stays: lengths are few (windows.h), and a change from one to
      // another costs 5 ms without a cache.
      {"CPU_RUNTIME_CACHE_CAPACITY", "5000"},
  };
}

// Appends rows [first, first + count) of a [1 x rows x columns] tensor.
void AppendRows(const ov::Tensor& tensor, int first, int count, std::vector<float>* out) {
  const std::size_t columns = tensor.get_shape()[2];
  const float* begin = tensor.data<const float>() + static_cast<std::size_t>(first) * columns;
  out->insert(out->end(), begin, begin + static_cast<std::size_t>(count) * columns);
}

Matrix ToMatrix(const std::vector<float>& values, int columns) {
  Matrix matrix(static_cast<int>(values.size()) / columns, columns);
  std::copy(values.begin(), values.end(), matrix.values().begin());
  return matrix;
}

class OpenVinoAcousticModel final : public AcousticModel {
 public:
  OpenVinoAcousticModel(ov::CompiledModel model, const OpenVinoOptions& options)
      : options_(options), model_(std::move(model)) {
    plan_.samples_per_frame =
        static_cast<int>(std::lround(options.frame_shift_ms * Clip::kSampleRateHz / 1000.0));
    plan_.window_frames = options.window_frames;
    plan_.context_frames = options.context_frames;
    for (int i = 0; i < options.concurrent_requests; ++i) requests_.Add(model_.create_infer_request());
  }

  Result<Posteriors> Run(const Clip& clip) const override {
    if (clip.samples.size() < static_cast<std::size_t>(plan_.samples_per_frame)) {
      return Error{ErrorCode::kAudioTooShort,
                   "the recording is shorter than one frame: " + std::to_string(clip.samples.size()) +
                       " samples of " + std::to_string(plan_.samples_per_frame)};
    }
    try {
      return RunWindows(clip);
    } catch (const std::exception& exception) {
      return Error{ErrorCode::kInternal, options_.name + ": inference failed: " + OneLine(exception.what())};
    }
  }

 private:
  Result<Posteriors> RunWindows(const Clip& clip) const {
    const auto request = requests_.Take();
    std::vector<float> log_posteriors;
    std::vector<float> states;
    for (const Window& window : PlanWindows(clip.samples.size(), plan_)) {
      const Result<void> run = RunWindow(*request, clip, window, &log_posteriors, &states);
      if (!run) return run.error();
    }
    Posteriors out;
    out.frame_shift_ms = options_.frame_shift_ms;
    out.log_posteriors = ToMatrix(log_posteriors, options_.num_labels);
    out.states = ToMatrix(states, options_.state_dim);
    return out;
  }

  Result<void> RunWindow(ov::InferRequest& request, const Clip& clip, const Window& window,
                         std::vector<float>* log_posteriors, std::vector<float>* states) const {
    const auto recording =
        std::span(clip.samples).subspan(window.begin_sample, window.end_sample - window.begin_sample);
    const std::size_t num_samples = recording.size() + window.num_silent;
    ov::Tensor samples(ov::element::f32, ov::Shape{1, num_samples});
    const auto silence = std::copy(recording.begin(), recording.end(), samples.data<float>());
    std::fill_n(silence, window.num_silent, 0.0F);
    request.set_tensor(kInput, samples);
    request.infer();
    const ov::Tensor posteriors_out = request.get_tensor(kPosteriorsOutput);
    const ov::Tensor states_out = request.get_tensor(kStatesOutput);
    const int num_frames = FramesOfRecording(static_cast<int>(posteriors_out.get_shape()[1]), window, plan_);
    const int keep = window.keep_frames < 0 ? num_frames - window.skip_frames : window.keep_frames;
    if (keep <= 0 || window.skip_frames + keep > num_frames ||
        states_out.get_shape()[1] != posteriors_out.get_shape()[1]) {
      return Error{ErrorCode::kInternal, options_.name + ": expected about " +
                                             std::to_string(num_samples / plan_.samples_per_frame) +
                                             " frames, got " + std::to_string(num_frames) + " and " +
                                             std::to_string(states_out.get_shape()[1]) + " states"};
    }
    const std::size_t first_new = log_posteriors->size();
    AppendRows(posteriors_out, window.skip_frames, keep, log_posteriors);
    AppendRows(states_out, window.skip_frames, keep, states);
    if (!std::all_of(log_posteriors->begin() + static_cast<std::ptrdiff_t>(first_new), log_posteriors->end(),
                     [](float value) { return value <= 1e-3F; })) {
      return Error{ErrorCode::kInternal,
                   options_.name + ": the graph's log posteriors are not log-probabilities"};
    }
    return {};
  }

  OpenVinoOptions options_;
  WindowPlan plan_;
  ov::CompiledModel model_;
  mutable Pool<ov::InferRequest> requests_;
};

}  // namespace

Result<std::unique_ptr<AcousticModel>> LoadOpenVinoAcousticModel(std::span<const std::byte> onnx,
                                                                 const OpenVinoOptions& options,
                                                                 const inference::GraphStore& store) {
  const auto check = [&](const Ports& inputs, const Ports& outputs) {
    return CheckPorts(inputs, outputs, options);
  };
  Result<ov::CompiledModel> model = inference::Compile(
      {.onnx = onnx, .name = options.name, .config = CompileConfig(options), .check = check, .store = store});
  if (!model) return model.error();
  std::unique_ptr<AcousticModel> out = std::make_unique<OpenVinoAcousticModel>(*std::move(model), options);
  return out;
}

const char* OpenVinoVersion() {
  static const std::string version = std::string("OpenVINO ") + ov::get_openvino_version().buildNumber;
  return version.c_str();
}

}  // namespace higgins::acoustic
