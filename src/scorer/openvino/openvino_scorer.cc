#include "scorer/openvino/openvino_scorer.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <exception>
#include <openvino/openvino.hpp>
#include <sstream>
#include <utility>
#include <vector>

#include "base/one_line.h"
#include "base/pool.h"
#include "inference/compile.h"
#include "scorer/padding.h"

namespace higgins::scorer {
namespace {

using inference::Describe;
using inference::Ports;

constexpr const char* kInsertionLogit = "insertion_logit";
constexpr const char* kHeardLogit = "heard_logit";

struct Port {
  std::string name;
  ov::element::Type type;
  ov::PartialShape shape;
};

std::ostream& operator<<(std::ostream& out, const Port& port) {
  return out << "`" << port.name << "` " << port.type << " " << port.shape;
}

// A column count that is not known when loading matches any.
ov::Dimension Columns(int count) { return count > 0 ? ov::Dimension(count) : ov::Dimension::dynamic(); }

std::vector<Port> ExpectedInputs(const OpenVinoOptions& options) {
  const ov::Dimension any = ov::Dimension::dynamic();
  const ov::Dimension states = Columns(2 * options.state_dim);
  return {{"phone_features", ov::element::f32, {any, Columns(options.num_phone_features)}},
          {"phone_states", ov::element::f32, {any, states}},
          {"insertion_features", ov::element::f32, {any, Columns(options.num_labels)}},
          {"utterance_features", ov::element::f32, {1, Columns(options.num_utterance_features)}},
          {"utterance_states", ov::element::f32, {1, states}},
          {"phone", ov::element::i64, {any}},
          {"stress", ov::element::i64, {any}},
          {"place", ov::element::i64, {any}},
          {"word_of_phone", ov::element::i64, {any}},
          {"word_pool", ov::element::f32, {any, any}},
          {"phone_valid", ov::element::f32, {any}},
          {"word_valid", ov::element::f32, {any}}};
}

std::vector<Port> ExpectedOutputs() {
  const ov::Dimension any = ov::Dimension::dynamic();
  return {{"phone_score", ov::element::f32, {any}},
          {"detection_logit", ov::element::f32, {any}},
          {"word_scores", ov::element::f32, {any, 3}},
          {"utterance_scores", ov::element::f32, {5}}};
}

// What a graph may leave out.
std::vector<Port> OptionalOutputs(const OpenVinoOptions& options) {
  const ov::Dimension any = ov::Dimension::dynamic();
  return {{kInsertionLogit, ov::element::f32, {any}},
          {kHeardLogit, ov::element::f32, {any, Columns(options.num_labels)}}};
}

bool Matches(const ov::Output<const ov::Node>& actual, const Port& expected) {
  return actual.get_names().contains(expected.name) && actual.get_element_type() == expected.type &&
         actual.get_partial_shape().compatible(expected.shape);
}

Error BadGraph(const OpenVinoOptions& options, const std::string& what) {
  return Error{ErrorCode::kBadPack, options.name + ": " + what};
}

Result<void> CheckPorts(const Ports& inputs, const Ports& outputs, const OpenVinoOptions& options) {
  const std::vector<Port> expected_inputs = ExpectedInputs(options);
  for (const ov::Output<const ov::Node>& input : inputs) {
    const bool known = std::any_of(expected_inputs.begin(), expected_inputs.end(),
                                   [&](const Port& port) { return Matches(input, port); });
    if (known) continue;
    std::ostringstream expected;
    for (const Port& port : expected_inputs) expected << (expected.tellp() > 0 ? ", " : "") << port;
    return BadGraph(options,
                    "the engine has no input " + Describe({input}) + "; it gives: " + expected.str());
  }
  std::vector<Port> expected_outputs = ExpectedOutputs();
  for (const Port& port : OptionalOutputs(options)) {
    if (std::any_of(outputs.begin(), outputs.end(),
                    [&](const auto& out) { return out.get_names().contains(port.name); })) {
      expected_outputs.push_back(port);
    }
  }
  for (const Port& port : expected_outputs) {
    const bool found =
        std::any_of(outputs.begin(), outputs.end(), [&](const auto& out) { return Matches(out, port); });
    if (found) continue;
    std::ostringstream expected;
    expected << port;
    return BadGraph(options, "expected an output " + expected.str() + ", it has: " + Describe(outputs));
  }
  return {};
}

ov::AnyMap CompileConfig() {
  return {
      ov::hint::inference_precision(ov::element::f32),
      // One stream, whoever asks: 2026.4.1 gives wrong scores when two streams run a graph whose products
      // have constant [models x in x out] weights (two at once on `higgins eval --jobs 2`). A few
      // milliseconds of work, one at a time.
      ov::num_streams(1),
      ov::inference_num_threads(1),
      ov::hint::enable_cpu_pinning(false),
      // The weights are stored in 8 bits; by default products with them would round their inputs to 8 bits
      // too.
      {"DYNAMIC_QUANTIZATION_GROUP_SIZE", "0"},
      // Entries, some 40 for each number of phones and words: the latest few prompts. Every pair takes 1.5
      // MB.
      {"CPU_RUNTIME_CACHE_CAPACITY", "200"},
  };
}

// Borrows `matrix` as a tensor; the graph only reads it, the API has no tensor of const elements.
ov::Tensor Borrow(const Matrix& matrix) {
  return {ov::element::f32,
          ov::Shape{static_cast<std::size_t>(matrix.rows()), static_cast<std::size_t>(matrix.columns())},
          const_cast<float*>(matrix.values().data())};  // NOLINT(cppcoreguidelines-pro-type-const-cast)
}

ov::Tensor Borrow(const std::vector<float>& values) {
  return {ov::element::f32, ov::Shape{values.size()},
          const_cast<float*>(values.data())};  // NOLINT(cppcoreguidelines-pro-type-const-cast)
}

ov::Tensor Borrow(const std::vector<std::int64_t>& values) {
  return {ov::element::i64, ov::Shape{values.size()},
          const_cast<std::int64_t*>(values.data())};  // NOLINT(cppcoreguidelines-pro-type-const-cast)
}

class OpenVinoScorer final : public Scorer {
 public:
  OpenVinoScorer(ov::CompiledModel model, const OpenVinoOptions& options)
      : options_(options), model_(std::move(model)) {
    // An input has several names where the runtime found that nothing changes it on its way (a product with
    // one).
    for (const auto& input : model_.inputs()) {
      inputs_.insert(inputs_.end(), input.get_names().begin(), input.get_names().end());
    }
    for (const auto& output : model_.outputs()) {
      outputs_.insert(outputs_.end(), output.get_names().begin(), output.get_names().end());
    }
    requests_.Add(model_.create_infer_request());
  }

  Result<Scores> Run(const ScorerInput& input) const override {
    try {
      const PaddedInput padded =
          Reads("phone_valid") && Reads("word_valid") ? Pad(input) : WithoutPadding(input);
      const auto request = requests_.Take();
      SetInputs(*request, padded);
      request->infer();
      return ReadScores(*request, input.phone_features.rows(), input.word_pool.rows(), padded);
    } catch (const std::exception& exception) {
      return Error{ErrorCode::kInternal, options_.name + ": inference failed: " + OneLine(exception.what())};
    }
  }

 private:
  bool Reads(const std::string& name) const {
    return std::find(inputs_.begin(), inputs_.end(), name) != inputs_.end();
  }
  bool Tells(const std::string& name) const {
    return std::find(outputs_.begin(), outputs_.end(), name) != outputs_.end();
  }

  void SetInputs(ov::InferRequest& request, const PaddedInput& padded) const {
    const ScorerInput& input = padded.input;
    const auto set = [&](const char* name, const auto& values) {
      if (Reads(name)) request.set_tensor(name, Borrow(values));
    };
    set("phone_features", input.phone_features);
    set("phone_states", input.phone_states);
    set("insertion_features", input.insertion_features);
    set("utterance_features", input.utterance_features);
    set("utterance_states", input.utterance_states);
    set("phone", input.phone);
    set("stress", input.stress);
    set("place", input.place);
    set("word_of_phone", input.word_of_phone);
    set("word_pool", input.word_pool);
    set("phone_valid", padded.phone_valid);
    set("word_valid", padded.word_valid);
  }

  // Slope and offset of the pack, then 0-1. NaN, which no clamp would catch, is refused by ReadScores.
  float ToScore(float raw) const {
    const double scaled = options_.calibration.score_scale * raw + options_.calibration.score_offset;
    return static_cast<float>(std::clamp(scaled, 0.0, 1.0));
  }

  // The first `num_phones` and `num_words` of what the graph says about `padded`.
  Result<Scores> ReadScores(ov::InferRequest& request, int num_phones, int num_words,
                            const PaddedInput& padded) const {
    const ov::Tensor phone = request.get_tensor("phone_score");
    const ov::Tensor detection = request.get_tensor("detection_logit");
    const ov::Tensor words = request.get_tensor("word_scores");
    const ov::Tensor utterance = request.get_tensor("utterance_scores");
    // Null where the graph does not tell.
    const ov::Tensor insertion = Tells(kInsertionLogit) ? request.get_tensor(kInsertionLogit) : ov::Tensor();
    const ov::Tensor heard = Tells(kHeardLogit) ? request.get_tensor(kHeardLogit) : ov::Tensor();
    for (const ov::Tensor& tensor : {phone, detection, words, utterance, insertion, heard}) {
      if (!tensor) continue;
      const std::span<const float> values{tensor.data<const float>(), tensor.get_size()};
      if (!std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); })) {
        return Error{ErrorCode::kInternal, options_.name + ": the graph gave a score that is not a number"};
      }
    }
    const std::size_t all_phones = padded.phone_valid.size();
    const std::size_t all_words = padded.word_valid.size();
    if (phone.get_size() != all_phones || detection.get_size() != all_phones ||
        (insertion && insertion.get_size() != all_phones) || (heard && heard.get_shape()[0] != all_phones) ||
        words.get_size() != 3 * all_words || utterance.get_size() != 5) {
      return Error{ErrorCode::kInternal,
                   options_.name + ": expected scores of " + std::to_string(all_phones) + " phones and " +
                       std::to_string(all_words) + " words, got " + std::to_string(phone.get_size()) +
                       " and " + std::to_string(words.get_size() / 3)};
    }
    Scores scores = Convert(phone.data<const float>(), detection.data<const float>(),
                            static_cast<std::size_t>(num_phones), words.data<const float>(),
                            static_cast<std::size_t>(num_words), utterance.data<const float>());
    if (insertion) {
      const Calibration& calibration = options_.calibration;
      const std::span<const float> logits{insertion.data<const float>(), scores.phone.size()};
      for (const float logit : logits) {
        scores.insertion_logit.push_back(
            static_cast<float>(calibration.insertion_scale * logit + calibration.insertion_offset));
      }
    }
    if (heard) {
      scores.heard_logit = Matrix(num_phones, static_cast<int>(heard.get_shape()[1]));
      const std::span<float> all = scores.heard_logit.values();
      std::copy_n(heard.data<const float>(), all.size(), all.begin());
    }
    return scores;
  }

  Scores Convert(const float* phone, const float* detection, std::size_t num_phones, const float* words,
                 std::size_t num_words, const float* utterance) const {
    const Calibration& calibration = options_.calibration;
    Scores out;
    for (std::size_t i = 0; i < num_phones; ++i) {
      const double logit = calibration.detection_scale * detection[i] + calibration.detection_offset;
      out.phone.push_back(ToScore(phone[i]));
      out.error_probability.push_back(static_cast<float>(1.0 / (1.0 + std::exp(-logit))));
    }
    for (std::size_t w = 0; w < num_words; ++w) {
      out.word_accuracy.push_back(ToScore(words[3 * w]));
      out.word_stress.push_back(ToScore(words[3 * w + 1]));
      out.word_total.push_back(ToScore(words[3 * w + 2]));
    }
    out.accuracy = ToScore(utterance[0]);
    out.fluency = ToScore(utterance[1]);
    out.prosody = ToScore(utterance[2]);
    out.completeness = ToScore(utterance[3]);
    out.total = ToScore(utterance[4]);
    return out;
  }

  OpenVinoOptions options_;
  ov::CompiledModel model_;
  std::vector<std::string> inputs_;
  std::vector<std::string> outputs_;
  mutable Pool<ov::InferRequest> requests_;
};

}  // namespace

Result<std::unique_ptr<Scorer>> LoadOpenVinoScorer(std::span<const std::byte> onnx,
                                                   const OpenVinoOptions& options,
                                                   const inference::GraphStore& store) {
  const auto check = [&](const Ports& inputs, const Ports& outputs) {
    return CheckPorts(inputs, outputs, options);
  };
  Result<ov::CompiledModel> model = inference::Compile(
      {.onnx = onnx, .name = options.name, .config = CompileConfig(), .check = check, .store = store});
  if (!model) return model.error();
  std::unique_ptr<Scorer> out = std::make_unique<OpenVinoScorer>(*std::move(model), options);
  return out;
}

}  // namespace higgins::scorer
