// higgins._core: include/higgins/assessor.h for Python. It converts; what a report means is decided in the
// library.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/map.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>

#include <exception>
#include <filesystem>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>

#include "higgins/assessor.h"

namespace higgins::python {
namespace {

namespace nb = nanobind;

using Samples = nb::ndarray<const float, nb::c_contig, nb::device::cpu>;
using Pronunciations = std::map<std::string, std::string>;

/// Carries an Error to the translator, which makes a higgins.Error of it.
class EngineError : public std::runtime_error {
 public:
  explicit EngineError(const Error& error) : std::runtime_error(error.message), code_(error.code) {}
  ErrorCode code() const { return code_; }

 private:
  ErrorCode code_;
};

template <typename T>
T Unwrap(Result<T> result) {
  if (!result) throw EngineError(result.error());
  return std::move(*result);
}

/// Payload: the exception's type, owned by the module.
void TranslateEngineError(const std::exception_ptr& pointer, void* payload) {
  try {
    std::rethrow_exception(pointer);
  } catch (const EngineError& error) {
    const nb::handle type(static_cast<PyObject*>(payload));
    const nb::object raised = type(error.what());
    raised.attr("code") = ErrorCodeName(error.code());
    PyErr_SetObject(type.ptr(), raised.ptr());
  }
}

nb::object ParseJson(const std::string& json) { return nb::module_::import_("json").attr("loads")(json); }

AssessOptions Options(const Pronunciations& pronunciations, double strictness, double max_duration_s) {
  AssessOptions options;
  options.strictness = strictness;
  options.audio.max_duration_s = max_duration_s;
  for (const auto& [word, phones] : pronunciations) options.pronunciations.push_back({word, phones});
  return options;
}

nb::object AssessBytes(const Assessor& assessor, const nb::bytes& audio, const std::string& text,
                       const Pronunciations& pronunciations, double strictness, double max_duration_s) {
  const AssessOptions options = Options(pronunciations, strictness, max_duration_s);
  const std::span<const char> bytes(audio.c_str(), audio.size());
  std::string json;
  {
    nb::gil_scoped_release unlocked;
    json = ToJson(Unwrap(assessor.Assess(std::as_bytes(bytes), text, options)));
  }
  return ParseJson(json);
}

nb::object AssessPath(const Assessor& assessor, const std::filesystem::path& path, const std::string& text,
                      const Pronunciations& pronunciations, double strictness, double max_duration_s) {
  // Python's own error for a file that cannot be read is the one that its users know.
  const nb::object file = nb::module_::import_("pathlib").attr("Path")(path);
  const auto audio = nb::cast<nb::bytes>(file.attr("read_bytes")());
  return AssessBytes(assessor, audio, text, pronunciations, strictness, max_duration_s);
}

nb::object AssessSamples(const Assessor& assessor, const Samples& samples, const std::string& text,
                         int sample_rate_hz, const Pronunciations& pronunciations, double strictness,
                         double max_duration_s) {
  if (samples.ndim() != 1 && samples.ndim() != 2) {
    throw nb::value_error("samples: expected [samples] or [samples, channels]");
  }
  const AssessOptions options = Options(pronunciations, strictness, max_duration_s);
  const PcmView pcm{.samples = {samples.data(), samples.size()},
                    .sample_rate_hz = sample_rate_hz,
                    .num_channels = samples.ndim() == 2 ? static_cast<int>(samples.shape(1)) : 1};
  std::string json;
  {
    nb::gil_scoped_release unlocked;
    json = ToJson(Unwrap(assessor.Assess(pcm, text, options)));
  }
  return ParseJson(json);
}

nb::object Phones(const Assessor& assessor, const std::string& text, const Pronunciations& pronunciations) {
  const AssessOptions options = Options(pronunciations, 0.0, 60.0);
  return ParseJson(ToJson(Unwrap(assessor.Phones(text, options))))["words"];
}

void Open(Assessor* place, const std::filesystem::path& pack, int threads_per_request,
          int concurrent_requests, const std::optional<std::filesystem::path>& cache) {
  nb::gil_scoped_release unlocked;
  AssessorOptions options;
  options.threads_per_request = threads_per_request;
  options.concurrent_requests = concurrent_requests;
  options.cache_directory = cache.value_or("");
  new (place) Assessor(Unwrap(Assessor::Open(pack, options)));  // nanobind's protocol: it owns the storage
}

nb::dict Pack(const Assessor& assessor) {
  const PackInfo& pack = assessor.pack();
  nb::dict result;
  result["name"] = pack.name;
  result["language"] = pack.language;
  result["version"] = pack.version;
  result["calibration_version"] = pack.calibration_version;
  result["num_phones"] = pack.num_phones;
  result["size_bytes"] = pack.size_bytes;
  return result;
}

void BindError(nb::module_& module) {
  const nb::object type = nb::steal(PyErr_NewExceptionWithDoc(
      "higgins.Error",
      "What could not be assessed, and why. `code` is stable: \"bad_audio\", \"no_speech\", ...",
      PyExc_ValueError, nullptr));
  module.attr("Error") = type;
  nb::register_exception_translator(TranslateEngineError, type.ptr());
}

}  // namespace
}  // namespace higgins::python

NB_MODULE(_core, module) {
  namespace nb = nanobind;
  namespace py = higgins::python;
  using nb::literals::operator""_a;
  py::BindError(module);
  module.def("engine_version", [] { return std::string(higgins::EngineVersion()); });
  const auto no_pronunciations = py::Pronunciations{};
  nb::class_<higgins::Assessor>(module, "Assessor", "A loaded pack. Any number of threads may use one.")
      .def("__init__", &py::Open, "pack"_a, nb::kw_only(), "threads_per_request"_a = 1,
           "concurrent_requests"_a = 1, "cache"_a = nb::none(),
           "Loads the pack in this folder. `cache`: a folder that keeps compiled graphs, some 30 MB, so that "
           "the\n"
           "next process starts twice as fast. Raises higgins.Error.")
      .def("assess", &py::AssessBytes, "audio"_a, "text"_a, nb::kw_only(),
           "pronunciations"_a = no_pronunciations, "strictness"_a = 0.0, "max_duration_s"_a = 60.0,
           "The report on a recording of `text`, as the dictionary of the JSON contract. `audio`: the bytes "
           "of an\n"
           "audio file, or a path, or float32 samples [samples] or [samples, channels] with "
           "`sample_rate_hz`.\n"
           "`pronunciations` maps words to ARPAbet that replaces the lexicon's. Raises higgins.Error.")
      .def("assess", &py::AssessSamples, "audio"_a, "text"_a, nb::kw_only(), "sample_rate_hz"_a = 16000,
           "pronunciations"_a = no_pronunciations, "strictness"_a = 0.0, "max_duration_s"_a = 60.0)
      .def("assess", &py::AssessPath, "audio"_a, "text"_a, nb::kw_only(),
           "pronunciations"_a = no_pronunciations, "strictness"_a = 0.0, "max_duration_s"_a = 60.0)
      .def("phones", &py::Phones, "text"_a, nb::kw_only(), "pronunciations"_a = no_pronunciations,
           "How the engine expects `text` to be said: a dictionary for each spoken word.")
      .def_prop_ro("pack", &py::Pack);
}
