// The pack's acoustic graph on 5 s of audio and one thread, as it was read and with its products as
// convolutions (inference/byte_products.h): which of the two is faster depends on the CPU.
//
//   inference_bench --benchmark_enable_random_interleaving=true --benchmark_repetitions=10
//                   --benchmark_report_aggregates_only=true
#include <benchmark/benchmark.h>

#include <algorithm>
#include <openvino/openvino.hpp>
#include <random>

#include "inference/byte_products.h"

namespace higgins::inference {
namespace {

constexpr std::size_t kNumSamples = 5 * 16000;

ov::Tensor Noise() {
  ov::Tensor samples(ov::element::f32, {1, kNumSamples});
  std::mt19937 random(1);
  std::normal_distribution<float> normal(0.0F, 0.1F);
  std::generate_n(samples.data<float>(), kNumSamples, [&] { return normal(random); });
  return samples;
}

void Run(benchmark::State& state, const std::shared_ptr<ov::Model>& model) {
  const ov::AnyMap config{ov::hint::inference_precision(ov::element::f32),
                          ov::num_streams(1),
                          ov::inference_num_threads(1),
                          {"DYNAMIC_QUANTIZATION_GROUP_SIZE", "0"}};
  ov::CompiledModel compiled = ov::Core().compile_model(model, "CPU", config);
  ov::InferRequest request = compiled.create_infer_request();
  request.set_tensor("samples", Noise());
  for (auto _ : state) request.infer();
}

std::shared_ptr<ov::Model> PackGraph() {
  return ov::Core().read_model(HIGGINS_SOURCE_DIR "/packs/en-us/acoustic.onnx");
}

void AsRead(benchmark::State& state) { Run(state, PackGraph()); }
BENCHMARK(AsRead)->Unit(benchmark::kMillisecond);

void AsConvolutions(benchmark::State& state) {
  const std::shared_ptr<ov::Model> model = PackGraph();
  ProductsToConvolutions(model);
  Run(state, model);
}
BENCHMARK(AsConvolutions)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace higgins::inference
