#include "transports/server/observe/metrics.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>

namespace higgins::server::observe {
namespace {

enum class Kind { kCounter, kGauge, kHistogram };

struct Family {
  const char* name;
  Kind kind;
  const char* help;
};

constexpr std::array<Family, 15> kFamilies{{
    {"higgins_requests_total", Kind::kCounter, "Requests answered, by method, route and status."},
    {"higgins_rejections_total", Kind::kCounter, "Requests refused, by reason (the name of the problem)."},
    {"higgins_request_seconds", Kind::kHistogram,
     "From the first byte of a request to its response, by route."},
    {"higgins_stage_seconds", Kind::kHistogram,
     "Time within an assessment: queue, decode, quality, lexicon, acoustic, lattice, prosody, scorer, "
     "diagnosis, report."},
    {"higgins_audio_seconds_total", Kind::kCounter, "Seconds of recordings assessed."},
    {"higgins_queue_length", Kind::kGauge, "Tasks that wait, by priority."},
    {"higgins_queue_wait_seconds", Kind::kGauge, "How long a request that came now would wait."},
    {"higgins_workers_busy", Kind::kGauge, "Workers that run a task now."},
    {"higgins_workers", Kind::kGauge, "Workers there are."},
    {"higgins_connections", Kind::kGauge, "Open connections."},
    {"higgins_connections_total", Kind::kCounter, "Connections, by result: accepted or refused (too many)."},
    {"higgins_websocket_sessions", Kind::kGauge, "Open WebSockets, by route."},
    {"higgins_job_items_total", Kind::kCounter, "Items of batch jobs, by result: done or failed."},
    {"higgins_reloads_total", Kind::kCounter, "Reloads of keys and packs, by result: done or failed."},
    {"higgins_info", Kind::kGauge, "Always 1; version of the engine and of the packs as labels."},
}};

constexpr std::array<double, 16> kBuckets{.001, .0025, .005, .01, .025, .05, .075, .1,
                                          .15,  .25,   .5,   .75, 1,    2.5, 5,    10};

const Family* FindFamily(std::string_view name) {
  const auto found = std::find_if(kFamilies.begin(), kFamilies.end(),
                                  [&](const Family& family) { return family.name == name; });
  return found == kFamilies.end() ? nullptr : found;
}

std::string Escape(const std::string& value) {
  std::string out;
  for (const char c : value) {
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (c == '\\' || c == '"') out += '\\';
    out += c;
  }
  return out;
}

/// `route="/v1/assess",status="200"`
std::string LabelText(const Labels& labels) {
  std::string out;
  for (const auto& [name, value] : labels)
    out += (out.empty() ? "" : ",") + name + "=\"" + Escape(value) + "\"";
  return out;
}

std::string Number(double value) {
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return {buffer.data(), end};
}

void Line(std::string* out, std::string_view name, const std::string& labels, const std::string& value) {
  out->append(name);
  if (!labels.empty()) out->append("{" + labels + "}");
  out->append(" " + value + "\n");
}

}  // namespace

Metrics::Metrics() {
  for (const Family& family : kFamilies) families_[family.name];
}

void Metrics::Add(std::string_view family, const Labels& labels, double amount) {
  const std::lock_guard lock(mutex_);
  const auto found = families_.find(family);
  if (found != families_.end()) found->second[LabelText(labels)].value += amount;
}

void Metrics::Observe(std::string_view family, const Labels& labels, double value) {
  const std::lock_guard lock(mutex_);
  const auto found = families_.find(family);
  if (found == families_.end()) return;
  Series& series = found->second[LabelText(labels)];
  series.bucket_counts.resize(kBuckets.size() + 1);
  const auto bucket = std::lower_bound(kBuckets.begin(), kBuckets.end(), value) - kBuckets.begin();
  ++series.bucket_counts[static_cast<std::size_t>(bucket)];
  series.value += value;
}

void Metrics::SetGauge(std::string_view family, const Labels& labels, std::function<double()> read) {
  const std::lock_guard lock(mutex_);
  const auto found = families_.find(family);
  if (found != families_.end()) found->second[LabelText(labels)].read = std::move(read);
}

double Metrics::Value(std::string_view family, const Labels& labels) const {
  const std::lock_guard lock(mutex_);
  const auto found = families_.find(family);
  if (found == families_.end()) return 0;
  const auto series = found->second.find(LabelText(labels));
  if (series == found->second.end()) return 0;
  return series->second.read ? series->second.read() : series->second.value;
}

std::string Metrics::Render() const {
  const std::lock_guard lock(mutex_);
  std::string out;
  for (const auto& [name, all_series] : families_) {
    const Family* family = FindFamily(name);
    if (family == nullptr || all_series.empty()) continue;
    constexpr std::array<const char*, 3> kTypes{"counter", "gauge", "histogram"};
    out.append("# HELP ").append(name).append(" ").append(family->help).append("\n# TYPE ").append(name);
    out.append(" ").append(kTypes[static_cast<std::size_t>(family->kind)]).append("\n");
    for (const auto& [labels, series] : all_series) {
      if (family->kind != Kind::kHistogram) {
        Line(&out, name, labels, Number(series.read ? series.read() : series.value));
        continue;
      }
      std::int64_t count = 0;
      const std::string before_edge = labels.empty() ? "le=\"" : labels + ",le=\"";
      for (std::size_t i = 0; i < series.bucket_counts.size(); ++i) {
        count += series.bucket_counts[i];
        std::string with_edge = before_edge;
        with_edge.append(i < kBuckets.size() ? Number(kBuckets[i]) : "+Inf").append("\"");
        Line(&out, name + "_bucket", with_edge, std::to_string(count));
      }
      Line(&out, name + "_sum", labels, Number(series.value));
      Line(&out, name + "_count", labels, std::to_string(count));
    }
  }
  return out;
}

}  // namespace higgins::server::observe
