#include "engine/pack.h"

#include <cstddef>
#include <filesystem>
#include <future>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "acoustic/openvino/openvino_acoustic_model.h"
#include "engine/graph_cache.h"
#include "engine/sha256.h"
#include "inference/graph_store.h"
#include "scorer/features.h"
#include "scorer/openvino/openvino_scorer.h"

namespace higgins {
namespace {

using Bytes = std::vector<std::byte>;

Result<void> CheckOptions(const AssessorOptions& options) {
  const auto check = [](const char* name, int value) -> Result<void> {
    if (value >= 1 && value <= 64) return {};
    return Error{ErrorCode::kInvalidArgument,
                 std::string(name) + ": expected 1 to 64, got " + std::to_string(value)};
  };
  const Result<void> threads = check("threads_per_request", options.threads_per_request);
  return threads ? check("concurrent_requests", options.concurrent_requests) : threads;
}

Result<Manifest> ReadManifest(const ModelSource& source) {
  const Result<Bytes> bytes = source.Read(kManifestPath);
  if (!bytes) {
    return Error{ErrorCode::kNotFound, source.name() + " is not a model pack: " + bytes.error().message};
  }
  return ParseManifest({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
}

PackInfo Describe(const ModelSource& source, const Manifest& manifest) {
  PackInfo info;
  info.name = manifest.name;
  info.language = manifest.language;
  info.version = manifest.version;
  info.directory = source.name();
  info.calibration_version = manifest.calibration_version;
  info.num_phones = manifest.phone_set.num_phones();
  info.detection_threshold = manifest.calibration.detection_threshold;
  for (const auto& [role, file] : manifest.files) info.size_bytes += static_cast<std::size_t>(file.num_bytes);
  return info;
}

// Where the graph of this SHA-256, compiled, is found and kept; nowhere without a cache.
inference::GraphStore StoreOf(const GraphCache& cache, const std::string& digest) {
  if (!cache.is_on()) return {};
  return {.find = [=](const std::string& key) { return cache.Read(digest + "\n" + key); },
          .keep = [=](const std::string& key,
                      const std::string& bytes) { cache.Write(digest + "\n" + key, bytes); }};
}

Result<std::unique_ptr<AcousticModel>> LoadAcoustic(const ModelSource& source, const Manifest& manifest,
                                                    const AssessorOptions& options) {
  const std::filesystem::path& replacement = options.acoustic_graph;
  const Result<Bytes> graph =
      replacement.empty() ? ReadPackFile(source, manifest, "acoustic")
                          : FolderSource(replacement.parent_path()).Read(replacement.filename().string());
  if (!graph) return graph.error();
  acoustic::OpenVinoOptions graph_options;
  graph_options.name = replacement.empty() ? manifest.files.at("acoustic").path : replacement.string();
  graph_options.num_labels = manifest.phone_set.num_labels();
  graph_options.state_dim = manifest.state_dim;
  graph_options.frame_shift_ms = manifest.frame_shift_ms;
  graph_options.threads_per_request = options.threads_per_request;
  graph_options.concurrent_requests = options.concurrent_requests;
  // A graph that is only tried out is not kept.
  const inference::GraphStore store =
      replacement.empty() ? StoreOf(GraphCache(options.cache_directory), manifest.files.at("acoustic").sha256)
                          : inference::GraphStore();
  return acoustic::LoadOpenVinoAcousticModel(*graph, graph_options, store);
}

Result<std::unique_ptr<Scorer>> LoadScorer(const ModelSource& source, const Manifest& manifest,
                                           const AssessorOptions& options) {
  const Result<Bytes> graph = ReadPackFile(source, manifest, "scorer");
  if (!graph) return graph.error();
  scorer::OpenVinoOptions graph_options;
  graph_options.name = manifest.files.at("scorer").path;
  graph_options.calibration = manifest.calibration;
  graph_options.state_dim = manifest.state_dim;
  graph_options.num_labels = manifest.phone_set.num_labels();
  graph_options.num_phone_features = PhoneColumns(manifest.phone_set.num_labels()).size();
  graph_options.num_utterance_features = utterance_column::kSize;
  return scorer::LoadOpenVinoScorer(
      *graph, graph_options,
      StoreOf(GraphCache(options.cache_directory), manifest.files.at("scorer").sha256));
}

Result<lexicon::Lexicon> LoadLexicon(const ModelSource& source, const Manifest& manifest) {
  const Result<Bytes> dictionary = ReadPackFile(source, manifest, "dictionary");
  if (!dictionary) return dictionary.error();
  const Result<Bytes> g2p = ReadPackFile(source, manifest, "g2p");
  if (!g2p) return g2p.error();
  return lexicon::Lexicon::Load(*dictionary, *g2p, manifest.phone_set);
}

Result<Advice> LoadAdvice(const ModelSource& source, const Manifest& manifest) {
  const Result<Bytes> articulation = ReadPackFile(source, manifest, "articulation");
  if (!articulation) return articulation.error();
  const Result<Bytes> suggestions = ReadPackFile(source, manifest, "suggestions");
  if (!suggestions) return suggestions.error();
  return Advice::Load(*articulation, *suggestions, manifest.phone_set);
}

/// What is loaded beside the acoustic graph.
struct Rest {
  Result<std::unique_ptr<Scorer>> scorer;
  Result<lexicon::Lexicon> lexicon;
  Result<Advice> advice;
};

}  // namespace

Result<Bytes> ReadPackFile(const ModelSource& source, const Manifest& manifest, const std::string& role) {
  const auto found = manifest.files.find(role);
  if (found == manifest.files.end()) {
    return Error{ErrorCode::kBadPack, source.name() + ": manifest.json names no file for \"" + role + "\""};
  }
  const PackFile& file = found->second;
  const auto bad = [&](const std::string& what) {
    return Error{ErrorCode::kBadPack, source.name() + ": " + file.path + ": " + what};
  };
  Result<Bytes> bytes = source.Read(file.path);
  if (!bytes) return bad(bytes.error().message);
  if (bytes->size() != file.num_bytes) {
    return bad("expected " + std::to_string(file.num_bytes) + " bytes, it has " +
               std::to_string(bytes->size()));
  }
  const std::string sha256 = Sha256Hex(*bytes);
  if (sha256 != file.sha256) return bad("expected sha256 " + file.sha256 + ", it has " + sha256);
  return bytes;
}

Result<Pack> LoadPack(const ModelSource& source, const AssessorOptions& options) {
  const Result<void> options_checked = CheckOptions(options);
  if (!options_checked) return options_checked.error();
  const Result<Manifest> manifest = ReadManifest(source);
  if (!manifest) return manifest.error();

  // Compiling the acoustic graph takes longer than everything else together. It stays in the calling thread:
  // the heap that glibc gives to another grows a page at a time, and 13 MB of it were lost.
  auto rest_loading = std::async(std::launch::async, [&] {
    return Rest{LoadScorer(source, *manifest, options), LoadLexicon(source, *manifest),
                LoadAdvice(source, *manifest)};
  });
  Result<std::unique_ptr<AcousticModel>> acoustic = LoadAcoustic(source, *manifest, options);
  Rest rest = rest_loading.get();
  if (!acoustic) return acoustic.error();
  if (!rest.scorer) return rest.scorer.error();
  if (!rest.lexicon) return rest.lexicon.error();
  if (!rest.advice) return rest.advice.error();
  return Pack{Describe(source, *manifest), manifest->phone_set,      manifest->calibration,
              manifest->frame_shift_ms,    *std::move(rest.lexicon), *std::move(rest.advice),
              *std::move(acoustic),        *std::move(rest.scorer)};
}

}  // namespace higgins
