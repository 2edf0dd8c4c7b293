// Which kernel multiplies 8-bit matrices. On CPUs with AVX2 and nothing newer the runtime (OpenVINO 2026.4.1,
// oneDNN) takes one that is no faster than its float one, while its 8-bit convolutions are three times as
// fast: there a graph is rewritten so that its products with constant matrices are convolutions of width one.
// Same integer arithmetic, so the same results up to the rounding of what is not integer.
// bench/inference_bench.cc compares.
#pragma once

#include <memory>
#include <openvino/core/model.hpp>

namespace higgins::inference {

/// Whether this CPU multiplies bytes in AVX-sized vectors (AVX-VNNI; compilers' own test of it is too new).
bool HasAvxVnni();

/// Whether this CPU has AVX2, but neither AVX-512 nor AVX-VNNI. (AVX-512 without VNNI was not measured.)
bool MultipliesBytesSlowly();

/// Rewrites, where `model` is quantised (it has a FakeQuantize), every product of [B, T, K] with constant
/// weights [K, N]: channels come before time for the convolution and after it again, except between two of
/// them that only what acts on each element separates. Leaves every other node alone.
void ProductsToConvolutions(const std::shared_ptr<ov::Model>& model);

}  // namespace higgins::inference
