#include "inference/byte_products.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <openvino/openvino.hpp>
#include <openvino/opsets/opset8.hpp>
#include <random>
#include <string>
#include <vector>

#include "audio/decode.h"

namespace higgins::inference {
namespace {

namespace op = ov::opset8;
using Value = ov::Output<ov::Node>;

constexpr std::size_t kWidth = 32;
constexpr std::size_t kInner = 64;

std::vector<float> Noise(std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(count);
  std::generate(values.begin(), values.end(), [&] { return normal(random); });
  return values;
}

Value Number(float value) { return op::Constant::create(ov::element::f32, {}, {value}); }

// As the ONNX reader leaves QuantizeLinear and DequantizeLinear.
Value Quantised(const Value& value, float scale, float zero_point) {
  const float low = (-128 - zero_point) * scale;
  const float high = (127 - zero_point) * scale;
  const auto byte =
      std::make_shared<op::FakeQuantize>(value, Number(low), Number(high), Number(-128), Number(127), 256);
  const auto stored = std::make_shared<op::Convert>(byte, ov::element::i8);
  const auto read = std::make_shared<op::Convert>(stored, ov::element::f32);
  const auto zero = std::make_shared<op::Convert>(
      op::Constant::create(ov::element::i8, {}, {static_cast<std::int8_t>(zero_point)}), ov::element::f32);
  return std::make_shared<op::Multiply>(std::make_shared<op::Subtract>(read, zero), Number(scale));
}

// [inputs, outputs], 7 bits, a scale for each output.
Value Weights(std::size_t inputs, std::size_t outputs, unsigned seed) {
  std::vector<std::int8_t> bytes;
  for (const float value : Noise(inputs * outputs, seed)) {
    bytes.push_back(static_cast<std::int8_t>(std::clamp(20.0F * value, -64.0F, 64.0F)));
  }
  std::vector<float> scales = Noise(outputs, seed + 1);
  for (float& scale : scales) scale = 0.005F + 0.002F * std::abs(scale);
  const auto stored = op::Constant::create(ov::element::i8, {inputs, outputs}, bytes);
  return std::make_shared<op::Multiply>(std::make_shared<op::Convert>(stored, ov::element::f32),
                                        op::Constant::create(ov::element::f32, {1, outputs}, scales));
}

Value Linear(const Value& value, std::size_t inputs, std::size_t outputs, unsigned seed) {
  const auto product = std::make_shared<op::MatMul>(value, Weights(inputs, outputs, seed));
  return std::make_shared<op::Add>(
      product, op::Constant::create(ov::element::f32, {outputs}, Noise(outputs, seed + 2)));
}

Value Gelu(const Value& value) {
  const auto erf = std::make_shared<op::Erf>(std::make_shared<op::Divide>(value, Number(std::sqrt(2.0F))));
  const auto twice = std::make_shared<op::Multiply>(value, std::make_shared<op::Add>(erf, Number(1)));
  return std::make_shared<op::Multiply>(twice, Number(0.5F));
}

// What a layer of an encoder does to every frame: two products around a non-linear function and a scale for
// each channel, added to what came in.
std::shared_ptr<ov::Model> FeedForward() {
  const auto input = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{1, -1, kWidth});
  const Value inner = Gelu(Linear(Quantised(input, 0.03F, 4), kWidth, kInner, 1));
  const auto scaled = std::make_shared<op::Multiply>(
      inner, op::Constant::create(ov::element::f32, {1, 1, kInner}, Noise(kInner, 9)));
  const Value out = Linear(Quantised(scaled, 0.02F, -20), kInner, kWidth, 5);
  return std::make_shared<ov::Model>(ov::OutputVector{std::make_shared<op::Add>(input, out)},
                                     ov::ParameterVector{input});
}

template <class Op>
int Count(const ov::Model& model) {
  const ov::NodeVector nodes = model.get_ops();
  return static_cast<int>(
      std::count_if(nodes.begin(), nodes.end(), [](const auto& node) { return ov::is_type<Op>(node); }));
}

ov::Tensor Frames(std::size_t count) {
  ov::Tensor tensor(ov::element::f32, {1, count, kWidth});
  std::ranges::copy(Noise(count * kWidth, static_cast<unsigned>(count)), tensor.data<float>());
  return tensor;
}

std::vector<float> Values(const ov::Tensor& tensor) {
  return {tensor.data<const float>(), tensor.data<const float>() + tensor.get_size()};
}

ov::InferRequest OnCpu(const std::shared_ptr<ov::Model>& model) {
  return ov::Core()
      .compile_model(model, "CPU", ov::hint::inference_precision(ov::element::f32),
                     ov::inference_num_threads(1))
      .create_infer_request();
}

TEST(ByteProducts, AreConvolutionsWithOneSwapBeforeAndOneAfter) {
  const std::shared_ptr<ov::Model> model = FeedForward();
  ProductsToConvolutions(model);
  EXPECT_EQ(Count<op::MatMul>(*model), 0);
  EXPECT_EQ(Count<op::Convolution>(*model), 2);
  EXPECT_EQ(Count<op::Transpose>(*model), 2);
  EXPECT_EQ(model->get_output_partial_shape(0), (ov::PartialShape{1, -1, kWidth}));
}

// Against the reference arithmetic of the graph as it was.
TEST(ByteProducts, GiveWhatTheProductsGave) {
  const std::shared_ptr<ov::Model> as_it_was = FeedForward();
  const std::shared_ptr<ov::Model> model = as_it_was->clone();
  ProductsToConvolutions(model);
  ov::InferRequest request = OnCpu(model);
  for (const std::size_t count : {1U, 7U, 50U, 51U}) {
    // Of a single frame the plug-in's AVX-512 kernel makes wrong sums (seen on an EPYC with AVX512-VNNI,
    // right there with ONEDNN_MAX_CPU_ISA=AVX2); the engine rewrites no graph for such CPUs.
    if (count == 1 && __builtin_cpu_supports("avx512f") != 0) continue;
    const ov::Tensor frames = Frames(count);
    ov::TensorVector expected{ov::Tensor(ov::element::f32, {1, count, kWidth})};
    ASSERT_TRUE(as_it_was->evaluate(expected, {frames}));
    request.set_input_tensor(frames);
    request.infer();
    const std::vector<float> want = Values(expected[0]);
    const std::vector<float> have = Values(request.get_output_tensor());
    ASSERT_EQ(have.size(), want.size());
    // A value on the edge of two bytes may fall to either side: one step times one weight.
    for (std::size_t i = 0; i < want.size(); ++i) ASSERT_NEAR(have[i], want[i], 0.03F) << count << ", " << i;
  }
}

TEST(ByteProducts, LeaveAGraphThatIsNotQuantisedAlone) {
  const auto input = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{1, -1, kWidth});
  const auto model = std::make_shared<ov::Model>(ov::OutputVector{Linear(input, kWidth, kInner, 1)},
                                                 ov::ParameterVector{input});
  ProductsToConvolutions(model);
  EXPECT_EQ(Count<op::MatMul>(*model), 1);
  EXPECT_EQ(Count<op::Convolution>(*model), 0);
}

TEST(ByteProducts, LeaveProductsOfTwoSignalsAlone) {
  const auto input = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{1, -1, kWidth});
  const Value quantised = Quantised(input, 0.03F, 0);
  const auto scores = std::make_shared<op::MatMul>(quantised, quantised, false, true);
  const auto model =
      std::make_shared<ov::Model>(ov::OutputVector{scores->output(0)}, ov::ParameterVector{input});
  ProductsToConvolutions(model);
  EXPECT_EQ(Count<op::MatMul>(*model), 1);
}

// Each input with a scale of its own: as many as outputs, but not theirs.
TEST(ByteProducts, LeaveWeightsThatAreScaledByInputAlone) {
  const auto input = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{1, -1, kWidth});
  const auto stored = op::Constant::create(ov::element::i8, {kWidth, kWidth},
                                           std::vector<std::int8_t>(kWidth * kWidth, std::int8_t{3}));
  const auto weights =
      std::make_shared<op::Multiply>(std::make_shared<op::Convert>(stored, ov::element::f32),
                                     op::Constant::create(ov::element::f32, {kWidth, 1}, Noise(kWidth, 1)));
  const auto product = std::make_shared<op::MatMul>(Quantised(input, 0.03F, 4), weights);
  const auto model =
      std::make_shared<ov::Model>(ov::OutputVector{product->output(0)}, ov::ParameterVector{input});
  ProductsToConvolutions(model);
  EXPECT_EQ(Count<op::MatMul>(*model), 1);
}

TEST(ByteProducts, ThePackHearsTheSame) {
  const std::string root = HIGGINS_SOURCE_DIR;
  std::ifstream file(root + "/examples/austen_young_man.flac", std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), {});
  const Result<Clip> clip = audio::Decode(std::as_bytes(std::span(bytes)), {});
  ASSERT_TRUE(clip) << clip.error().message;
  ov::Tensor samples(ov::element::f32, {1, clip->samples.size()});
  std::ranges::copy(clip->samples, samples.data<float>());

  std::vector<std::vector<float>> log_posteriors;
  for (const bool rewritten : {false, true}) {
    const std::shared_ptr<ov::Model> model = ov::Core().read_model(root + "/packs/en-us/acoustic.onnx");
    if (rewritten) {
      ProductsToConvolutions(model);
      EXPECT_GT(Count<op::Convolution>(*model), 30);
    }
    ov::InferRequest request = OnCpu(model);
    request.set_tensor("samples", samples);
    request.infer();
    log_posteriors.push_back(Values(request.get_tensor("log_posteriors")));
  }
  double difference = 0;
  for (std::size_t i = 0; i < log_posteriors[0].size(); ++i) {
    difference += std::abs(std::exp(log_posteriors[0][i]) - std::exp(log_posteriors[1][i]));
  }
  // Both quantise; the unquantised graph is .0004 from either.
  EXPECT_LT(difference / static_cast<double>(log_posteriors[0].size()), 0.0006);
}

}  // namespace
}  // namespace higgins::inference
