#include "inference/compile.h"

#include <exception>
#include <memory>
#include <openvino/frontend/manager.hpp>
#include <optional>
#include <sstream>
#include <utility>

#include "base/one_line.h"
#include "base/span_stream.h"
#include "inference/byte_products.h"

namespace higgins::inference {
namespace {

constexpr const char* kDevice = "CPU";

Error BadGraph(const GraphToCompile& graph, const std::string& what) {
  return Error{ErrorCode::kBadPack, graph.name + ": " + what};
}

// ov::Core::read_model() would ask every front end that is installed whether the graph is its own, and copy
// the bytes twice before reading them. Null when they are not ONNX.
std::shared_ptr<ov::Model> ReadOnnx(std::span<const std::byte> onnx) {
  const ov::frontend::FrontEnd::Ptr front_end = ov::frontend::FrontEndManager().load_by_framework("onnx");
  SpanStream bytes(onnx);
  const ov::frontend::InputModel::Ptr graph = front_end->load(static_cast<std::istream*>(&bytes));
  return graph ? front_end->convert(graph) : nullptr;
}

// To be changed with what CompileOnnx makes of a graph before the runtime sees it.
constexpr const char* kRewriting = "byte products 1";

// What the compiled bytes depend on beside the graph. The runtime rewrites a graph for the CPU and the
// configuration before it writes it down, and so does this room; a virtual machine's CPU has a name that says
// nothing of its instructions.
std::string KeyOf(ov::Core& core, const ov::AnyMap& config) {
  std::ostringstream out;
  out << "OpenVINO " << ov::get_openvino_version().buildNumber << "\n"
      << core.get_property(kDevice, ov::device::full_name);
  for (const std::string& capability : core.get_property(kDevice, ov::device::capabilities))
    out << " " << capability;
#if defined(__x86_64__)
  out << (__builtin_cpu_supports("avx2") != 0 ? " avx2" : "")
      << (__builtin_cpu_supports("avx512f") != 0 ? " avx512" : "")
      << (__builtin_cpu_supports("avx512vnni") != 0 ? " vnni" : "") << (HasAvxVnni() ? " avx_vnni" : "");
#endif
  out << "\n" << kRewriting;
  for (const auto& [name, value] : config) out << "\n" << name << " " << value.as<std::string>();
  return out.str();
}

// Nothing when there is nothing, or whatever is wrong with it: the graph itself is at hand.
std::optional<ov::CompiledModel> Import(const GraphToCompile& graph, ov::Core& core, const std::string& key) {
  try {
    const std::string kept = graph.store.find(key);
    if (kept.empty()) return std::nullopt;
    SpanStream bytes(std::as_bytes(std::span(kept)));
    ov::CompiledModel model = core.import_model(bytes, kDevice, graph.config);
    if (graph.check(model.inputs(), model.outputs())) return model;
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch)
  }
  return std::nullopt;
}

void Export(ov::CompiledModel& model, const GraphToCompile& graph, const std::string& key) {
  try {
    std::ostringstream bytes;
    model.export_model(bytes);
    graph.store.keep(key, std::move(bytes).str());
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): the model runs all the same
  }
}

Result<ov::CompiledModel> CompileOnnx(const GraphToCompile& graph, ov::Core& core) {
  const std::shared_ptr<ov::Model> model = ReadOnnx(graph.onnx);
  if (!model) return BadGraph(graph, "not an ONNX graph");
  const std::shared_ptr<const ov::Model> read = model;
  const Result<void> checked = graph.check(read->inputs(), read->outputs());
  if (!checked) return checked.error();
  if (MultipliesBytesSlowly()) ProductsToConvolutions(model);
  return core.compile_model(read, kDevice, graph.config);
}

Result<ov::CompiledModel> CompileThroughStore(const GraphToCompile& graph, ov::Core& core) {
  const std::string key = KeyOf(core, graph.config);
  if (std::optional<ov::CompiledModel> imported = Import(graph, core, key)) return *std::move(imported);
  Result<ov::CompiledModel> compiled = CompileOnnx(graph, core);
  if (compiled) Export(*compiled, graph, key);
  return compiled;
}

}  // namespace

Result<ov::CompiledModel> Compile(const GraphToCompile& graph) {
  try {
    ov::Core core;
    return graph.store.find && graph.store.keep ? CompileThroughStore(graph, core) : CompileOnnx(graph, core);
  } catch (const std::exception& exception) {
    return BadGraph(graph, "OpenVINO cannot load the graph: " + OneLine(exception.what()));
  }
}

std::string Describe(const Ports& ports) {
  std::ostringstream out;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const std::string name = ports[i].get_names().empty() ? "(unnamed)" : ports[i].get_any_name();
    out << (i == 0 ? "" : ", ") << "`" << name << "` " << ports[i].get_element_type() << " "
        << ports[i].get_partial_shape();
  }
  return out.str();
}

}  // namespace higgins::inference
