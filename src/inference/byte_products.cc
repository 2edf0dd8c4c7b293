#include "inference/byte_products.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include <cstdint>
#include <openvino/op/constant.hpp>
#include <openvino/op/convert.hpp>
#include <openvino/op/convolution.hpp>
#include <openvino/op/fake_quantize.hpp>
#include <openvino/op/matmul.hpp>
#include <openvino/op/multiply.hpp>
#include <openvino/op/reshape.hpp>
#include <openvino/op/squeeze.hpp>
#include <openvino/op/subtract.hpp>
#include <openvino/op/transpose.hpp>
#include <openvino/op/unsqueeze.hpp>
#include <openvino/op/util/binary_elementwise_arithmetic.hpp>
#include <openvino/op/util/unary_elementwise_arithmetic.hpp>
#include <optional>
#include <vector>

namespace higgins::inference {
namespace {

using Value = ov::Output<ov::Node>;
using Axes = std::vector<std::int64_t>;

// [B, T, channels] to [B, channels, T], and back.
const Axes kSwap{0, 2, 1};

std::shared_ptr<ov::op::v0::Constant> Integers(const Axes& values) {
  return ov::op::v0::Constant::create(ov::element::i64, {values.size()}, values);
}

Value Swapped(const Value& value) {
  return std::make_shared<ov::op::v1::Transpose>(value, Integers(kSwap))->output(0);
}

// What `value` was before it was swapped, where it was.
std::optional<Value> Unswapped(const Value& value) {
  const auto* transpose = ov::as_type<ov::op::v1::Transpose>(value.get_node());
  if (transpose == nullptr) return std::nullopt;
  const auto* order = ov::as_type<ov::op::v0::Constant>(transpose->get_input_node_ptr(1));
  if (order == nullptr || order->cast_vector<std::int64_t>() != kSwap) return std::nullopt;
  return transpose->input_value(0);
}

bool IsConvert(const ov::Node& node) { return ov::is_type<ov::op::v0::Convert>(&node); }

// The constant behind nodes that only change a shape (`or_type`: or a type); null where there is none.
std::shared_ptr<ov::op::v0::Constant> ConstantOf(Value value, bool or_type = false) {
  while (ov::is_type<ov::op::v1::Reshape>(value.get_node()) ||
         ov::is_type<ov::op::v0::Squeeze>(value.get_node()) ||
         ov::is_type<ov::op::v0::Unsqueeze>(value.get_node()) || (or_type && IsConvert(*value.get_node()))) {
    value = value.get_node()->input_value(0);
  }
  return ov::as_type_ptr<ov::op::v0::Constant>(value.get_node_shared_ptr());
}

std::optional<double> NumberOf(const Value& value) {
  const auto constant = ConstantOf(value, true);
  if (!constant || ov::shape_size(constant->get_shape()) != 1) return std::nullopt;
  return constant->cast_vector<double>()[0];
}

// The only node that reads `node`; null where several do.
std::shared_ptr<ov::Node> OnlyReader(const ov::Node& node) {
  const auto readers = node.output(0).get_target_inputs();
  return readers.size() == 1 ? readers.begin()->get_node()->shared_from_this() : nullptr;
}

std::shared_ptr<ov::op::v0::Constant> Reshaped(const ov::op::v0::Constant& constant, const ov::Shape& shape) {
  return std::make_shared<ov::op::v0::Constant>(constant, shape);
}

// The constant with its axes in another order; null for a type that the runtime does not transpose.
std::shared_ptr<ov::op::v0::Constant> Permuted(const std::shared_ptr<ov::op::v0::Constant>& constant,
                                               const Axes& order) {
  const auto transpose = std::make_shared<ov::op::v1::Transpose>(constant, Integers(order));
  ov::OutputVector out(1);
  if (!transpose->constant_fold(out, transpose->input_values())) return nullptr;
  return ov::as_type_ptr<ov::op::v0::Constant>(out[0].get_node_shared_ptr());
}

// An ONNX graph quantises to a byte and takes it back to a float, (byte - zero point) * scale. The same in
// one node is what the runtime's own passes expect: in front of a convolution they take the range of the long
// form wrongly (2026.4.1, where the zero point of a signed byte is not 0).
void JoinWithDequantisation(const std::shared_ptr<ov::op::v0::FakeQuantize>& quantise) {
  double zero_point = 0;
  std::shared_ptr<ov::Node> node = OnlyReader(*quantise);
  while (node && IsConvert(*node)) node = OnlyReader(*node);
  if (node && ov::is_type<ov::op::v1::Subtract>(node)) {
    const std::optional<double> number = NumberOf(node->input_value(1));
    if (!number) return;
    zero_point = *number;
    node = OnlyReader(*node);
  }
  if (!node || !ov::is_type<ov::op::v1::Multiply>(node)) return;
  const std::optional<double> scale = NumberOf(node->input_value(1));
  const std::optional<double> low = NumberOf(quantise->input_value(3));
  const std::optional<double> high = NumberOf(quantise->input_value(4));
  if (!scale || !low || !high) return;
  const auto limit = [&](double byte) {
    const auto value = static_cast<float>((byte - zero_point) * *scale);
    return ov::op::v0::Constant::create(ov::element::f32, ov::Shape{}, {value});
  };
  const auto joined = std::make_shared<ov::op::v0::FakeQuantize>(
      quantise->input_value(0), quantise->input_value(1), quantise->input_value(2), limit(*low), limit(*high),
      quantise->get_levels());
  joined->set_friendly_name(quantise->get_friendly_name());
  node->output(0).replace(joined);
}

// Weights [K, N] (`transposed`: [N, K]), perhaps dequantised, as a convolution reads them: [N, K, 1]. Null
// for any other form.
std::shared_ptr<ov::Node> Kernel(const Value& weights, bool transposed, std::size_t outputs) {
  const std::shared_ptr<ov::Node> node = weights.get_node_shared_ptr();
  if (const auto constant = ov::as_type_ptr<ov::op::v0::Constant>(node)) {
    const auto rows = transposed ? constant : Permuted(constant, {1, 0});
    return rows ? Reshaped(*rows, {rows->get_shape()[0], rows->get_shape()[1], 1}) : nullptr;
  }
  const bool is_convert = IsConvert(*node);
  if (!is_convert && !ov::is_type<ov::op::v1::Multiply>(node) && !ov::is_type<ov::op::v1::Subtract>(node)) {
    return nullptr;
  }
  ov::OutputVector inputs{Kernel(node->input_value(0), transposed, outputs)};
  if (!inputs[0].get_node()) return nullptr;
  if (!is_convert) {
    // Scale or zero point: one, or one for each output.
    const ov::Shape shape = node->get_input_shape(1);
    const std::size_t count = ov::shape_size(shape);
    const ov::Shape of_outputs = transposed ? ov::Shape{outputs, 1} : ov::Shape{1, outputs};
    if (count != 1 && shape != of_outputs && (transposed || shape != ov::Shape{outputs})) return nullptr;
    const auto constant = ConstantOf(node->input_value(1));
    if (!constant) return nullptr;
    inputs.emplace_back(Reshaped(*constant, {count, 1, 1}));
  }
  return node->clone_with_new_inputs(inputs);
}

// Whether a byte is taken back to a float here, by nodes that JoinWithDequantisation had to leave.
bool IsLongForm(const Value& value) {
  const ov::Node* node = value.get_node();
  if (!ov::is_type<ov::op::v1::Multiply>(node)) return false;
  node = node->get_input_node_ptr(0);
  if (ov::is_type<ov::op::v1::Subtract>(node)) node = node->get_input_node_ptr(0);
  while (IsConvert(*node)) node = node->get_input_node_ptr(0);
  return ov::is_type<ov::op::v0::FakeQuantize>(node);
}

void ReplaceProduct(const std::shared_ptr<ov::op::v0::MatMul>& product) {
  const ov::PartialShape& weights = product->get_input_partial_shape(1);
  const ov::Rank rank = product->get_input_partial_shape(0).rank();
  if (product->get_transpose_a() || rank.is_dynamic() || rank.get_length() != 3 || weights.is_dynamic() ||
      weights.size() != 2 || IsLongForm(product->input_value(0))) {
    return;
  }
  const bool transposed = product->get_transpose_b();
  const auto outputs = static_cast<std::size_t>(weights[transposed ? 0 : 1].get_length());
  const std::shared_ptr<ov::Node> kernel = Kernel(product->input_value(1), transposed, outputs);
  if (!kernel) return;
  const auto convolution =
      std::make_shared<ov::op::v1::Convolution>(Swapped(product->input_value(0)), kernel, ov::Strides{1},
                                                ov::CoordinateDiff{0}, ov::CoordinateDiff{0}, ov::Strides{1});
  convolution->set_friendly_name(product->get_friendly_name());
  product->output(0).replace(Swapped(convolution));
}

bool ActsOnEachElement(const ov::Node& node) {
  return ov::is_type<ov::op::util::UnaryElementwiseArithmetic>(&node) ||
         ov::is_type<ov::op::util::BinaryElementwiseArithmetic>(&node) || IsConvert(node) ||
         ov::is_type<ov::op::v0::FakeQuantize>(&node);
}

// An input that is the same for all elements or constant, for elements whose axes are swapped. Nothing for
// others.
std::optional<Value> SwappedOperand(const Value& value) {
  const ov::PartialShape& shape = value.get_partial_shape();
  if (shape.is_dynamic() || shape.size() > 3) return std::nullopt;
  if (ov::shape_size(shape.to_shape()) == 1) return value;
  const auto constant = ov::as_type_ptr<ov::op::v0::Constant>(value.get_node_shared_ptr());
  if (!constant) return std::nullopt;
  ov::Shape three = shape.to_shape();
  three.insert(three.begin(), 3 - three.size(), 1);
  const auto permuted = Permuted(Reshaped(*constant, three), kSwap);
  return permuted ? std::optional<Value>(permuted) : std::nullopt;
}

// The node on what its inputs were before they were swapped; nothing where one was not.
std::shared_ptr<ov::Node> OnUnswapped(const ov::Node& node) {
  ov::OutputVector inputs;
  bool any = false;
  for (const Value& value : node.input_values()) {
    const std::optional<Value> before = Unswapped(value);
    any = any || before;
    const std::optional<Value> input = before ? before : SwappedOperand(value);
    if (!input) return nullptr;
    inputs.push_back(*input);
  }
  return any ? node.clone_with_new_inputs(inputs) : nullptr;
}

// Swaps move towards the outputs, through what acts on each element, until two that meet are none.
void MoveSwaps(ov::Model& model) {
  for (const std::shared_ptr<ov::Node>& node : model.get_ordered_ops()) {
    if (const std::optional<Value> once = Unswapped(node->output(0))) {
      if (const std::optional<Value> never = Unswapped(*once)) node->output(0).replace(*never);
    } else if (ActsOnEachElement(*node)) {
      const std::shared_ptr<ov::Node> moved = OnUnswapped(*node);
      if (!moved) continue;
      moved->set_friendly_name(node->get_friendly_name());
      node->output(0).replace(Swapped(moved));
    }
  }
}

}  // namespace

bool HasAvxVnni() {
#if defined(__x86_64__)
  // Intel SDM, CPUID leaf 7, sub-leaf 1: bit 4 of EAX.
  unsigned eax = 0;
  unsigned ebx = 0;
  unsigned ecx = 0;
  unsigned edx = 0;
  return __get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx) != 0 && (eax >> 4 & 1U) != 0;
#else
  return false;
#endif
}

bool MultipliesBytesSlowly() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("avx512f") == 0 && !HasAvxVnni();
#else
  return false;
#endif
}

void ProductsToConvolutions(const std::shared_ptr<ov::Model>& model) {
  bool is_quantised = false;
  for (const std::shared_ptr<ov::Node>& node : model->get_ordered_ops()) {
    if (const auto quantise = ov::as_type_ptr<ov::op::v0::FakeQuantize>(node)) {
      JoinWithDequantisation(quantise);
      is_quantised = true;
    }
  }
  if (!is_quantised) return;
  for (const std::shared_ptr<ov::Node>& node : model->get_ordered_ops()) {
    if (const auto product = ov::as_type_ptr<ov::op::v0::MatMul>(node)) ReplaceProduct(product);
  }
  MoveSwaps(*model);
  model->validate_nodes_and_infer_types();
}

}  // namespace higgins::inference
