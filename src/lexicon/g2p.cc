#include "lexicon/g2p.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "base/log_math.h"
#include "lexicon/byte_reader.h"
#include "lexicon/phones.h"

namespace higgins::lexicon {
namespace {

constexpr std::string_view kMagic("HGG2P\0\0\1", 8);
constexpr std::uint8_t kBegin = 0;
constexpr std::uint8_t kEnd = 1;
constexpr std::size_t kFirstGraphone = 2;
constexpr std::size_t kMaxGraphones = 254;
constexpr std::uint32_t kNone = 0xFFFFFFFF;
constexpr std::size_t kBeam = 24;
constexpr double kBeamWidthNats = 9.0;
const double kWorstRatioNats = std::log(0.1);
// An 8-gram does not see both ends of a long word: what it stresses twice, or not at all, is less likely than
// it thinks.
constexpr double kBadStressNats = 2.0;

Error Bad(const std::string& what) { return Error{ErrorCode::kBadPack, "G2P model: " + what}; }

/// Whether a word with vowels has exactly one primary stress; true without vowels.
bool HasOnePrimaryStress(const std::vector<Phone>& phones) {
  const auto has_stress = [&phones](int stress) {
    return std::count_if(phones.begin(), phones.end(),
                         [stress](const Phone& phone) { return phone.stress == stress; });
  };
  return has_stress(1) == 1 || has_stress(0) + has_stress(1) + has_stress(2) == 0;
}

/// One primary stress a word: the first marked one stays, or the first vowel takes it.
void FixStress(std::vector<Phone>& phones) {
  bool has_primary = false;
  for (Phone& phone : phones) {
    if (phone.stress != 1) continue;
    if (has_primary) phone.stress = 2;
    has_primary = true;
  }
  if (has_primary) return;
  for (const int wanted : {2, 0}) {
    for (Phone& phone : phones) {
      if (phone.stress != wanted) continue;
      phone.stress = 1;
      return;
    }
  }
}

}  // namespace

Result<G2p> G2p::Load(std::span<const std::byte> file, const PhoneSet& phone_set) {
  // Body: u32 order, u32 graphones, u32 bytes of the graphone table; the table: "letter[ phone...]" a line,
  // by token; then the levels, see ReadLevel().
  const auto body = OpenBody(file, kMagic);
  if (!body) return Bad("not a model of this format, or damaged (" + std::to_string(file.size()) + " bytes)");
  ByteReader reader(*body);
  const std::uint32_t order = reader.U32();
  const std::uint32_t num_graphones = reader.U32();
  const std::string_view table = reader.Text(reader.U32());
  if (!reader.ok() || order < 2 || order > kMaxOrder) return Bad("the header makes no sense");
  G2p model;
  if (const Result<void> read = model.ReadGraphones(table, phone_set); !read) return read.error();
  if (model.graphones_.size() != num_graphones) return Bad("the graphone table has another size than stated");
  while (model.levels_.size() < order) {
    if (const Result<void> read = model.ReadLevel(order, reader); !read) return read.error();
  }
  if (!reader.at_end()) return Bad("bytes follow the last level");
  const std::vector<std::uint8_t>& tokens = model.levels_[0].token;
  for (std::size_t token = 0; token < tokens.size(); ++token) {
    if (tokens[token] != token) return Bad("the first level does not list every graphone");
  }
  return model;
}

Result<void> G2p::ReadGraphones(std::string_view table, const PhoneSet& phone_set) {
  while (!table.empty()) {
    const std::size_t end = table.find('\n');
    if (end == std::string_view::npos || end < 2 || table[0] <= 0 || table[1] != ' ') {
      return Bad("the graphone table is damaged");
    }
    const std::string_view names = table.substr(2, end - 2);
    std::optional<std::vector<Phone>> phones = ParsePhones(names, phone_set);
    if (!phones) return Bad("phones \"" + std::string(names) + "\" are not in the pack's phone set");
    if (graphones_.size() == kMaxGraphones) return Bad("too many graphones");
    const auto token = static_cast<std::uint8_t>(graphones_.size() + kFirstGraphone);
    tokens_of_letter_[static_cast<unsigned char>(table[0])].push_back(token);
    graphones_.push_back({*std::move(phones)});
    table.remove_prefix(end + 1);
  }
  for (char letter = 'a'; letter <= 'z'; ++letter) {
    if (tokens_of_letter_[static_cast<unsigned char>(letter)].empty()) {
      return Bad("it has no reading of the letter " + std::string(1, letter));
    }
  }
  return {};
}

/// u32 nodes, f32[256] log probabilities, u8 token a node, u8 probability code a node; and, but for the last
/// level, f32[256] log backoffs, u8 number of children a node, u8 backoff code a node that has children.
Result<void> G2p::ReadLevel(std::size_t order, ByteReader& reader) {
  Level level;
  const std::string name = "level " + std::to_string(levels_.size() + 1);
  const std::uint32_t num_nodes = reader.U32();
  for (float& value : level.log_probability) value = reader.F32();
  const std::span<const std::uint8_t> tokens = reader.Bytes(num_nodes);
  const std::span<const std::uint8_t> codes = reader.Bytes(num_nodes);
  level.token.assign(tokens.begin(), tokens.end());
  level.probability_code.assign(codes.begin(), codes.end());
  const std::size_t expected =
      levels_.empty() ? graphones_.size() + kFirstGraphone : levels_.back().first_child.back();
  if (!reader.ok() || num_nodes != expected) return Bad(name + " is damaged");
  if (levels_.size() + 1 < order) {
    std::array<float, 256> backoffs{};
    for (float& value : backoffs) value = reader.F32();
    const std::span<const std::uint8_t> children = reader.Bytes(num_nodes);
    level.first_child.reserve(num_nodes + 1);
    level.first_child.push_back(0);
    for (const std::uint8_t count : children) level.first_child.push_back(level.first_child.back() + count);
    const auto num_inner =
        children.size() - static_cast<std::size_t>(std::count(children.begin(), children.end(), 0));
    const std::span<const std::uint8_t> backoff_codes = reader.Bytes(num_inner);
    if (!reader.ok()) return Bad(name + " is cut off");
    level.log_backoff.reserve(num_nodes);
    std::size_t inner = 0;
    for (const std::uint8_t count : children) {
      level.log_backoff.push_back(count > 0 ? backoffs[backoff_codes[inner++]] : 0.0F);
    }
  }
  const auto is_log_probability = [](float value) {
    return std::isfinite(value) && std::abs(value) < 1000.0F;
  };
  const auto& logs = level.log_probability;
  if (!std::all_of(logs.begin(), logs.end(), is_log_probability) ||
      !std::all_of(level.log_backoff.begin(), level.log_backoff.end(), is_log_probability)) {
    return Bad(name + " has values that are no log probabilities");
  }
  levels_.push_back(std::move(level));
  return {};
}

std::uint32_t G2p::FindChild(int length, std::uint32_t node, std::uint8_t token) const {
  if (length == 0) return token;  // level 0 lists every token in order
  const Level& level = levels_[static_cast<std::size_t>(length - 1)];
  if (level.first_child.empty()) return kNone;
  const auto& tokens = levels_[static_cast<std::size_t>(length)].token;
  const auto begin = tokens.begin() + level.first_child[node];
  const auto end = tokens.begin() + level.first_child[node + 1];
  const auto found = std::lower_bound(begin, end, token);
  return found != end && *found == token ? static_cast<std::uint32_t>(found - tokens.begin()) : kNone;
}

G2p::Hypothesis G2p::Extend(const Hypothesis& from, std::uint8_t token) const {
  const int order = static_cast<int>(levels_.size());
  Hypothesis next;
  next.context.fill(kNone);
  next.context[0] = 0;
  double backed_off = 0.0;
  bool is_scored = false;
  for (int length = order - 1; length >= 0; --length) {
    const std::uint32_t node = from.context[static_cast<std::size_t>(length)];
    if (node == kNone) continue;
    const std::uint32_t child = FindChild(length, node, token);
    if (child == kNone) {
      if (!is_scored && length > 0)
        backed_off += levels_[static_cast<std::size_t>(length - 1)].log_backoff[node];
      continue;
    }
    if (!is_scored) {
      const Level& level = levels_[static_cast<std::size_t>(length)];
      next.log_probability =
          from.log_probability + backed_off + level.log_probability[level.probability_code[child]];
      is_scored = true;
    }
    if (length + 1 < order) next.context[static_cast<std::size_t>(length) + 1] = child;
  }
  return next;
}

Pronunciation G2p::Spell(const std::vector<Step>& steps, int history) const {
  std::vector<std::uint8_t> tokens;
  for (; history >= 0; history = steps[static_cast<std::size_t>(history)].history) {
    tokens.push_back(steps[static_cast<std::size_t>(history)].token);
  }
  Pronunciation pronunciation;
  pronunciation.source = PronunciationSource::kG2p;
  std::reverse(tokens.begin(), tokens.end());
  for (const std::uint8_t token : tokens) {
    const std::vector<Phone>& phones = graphones_[token - kFirstGraphone].phones;
    pronunciation.phones.insert(pronunciation.phones.end(), phones.begin(), phones.end());
  }
  return pronunciation;
}

std::vector<Pronunciation> G2p::Say(std::string_view word, int max_results) const {
  std::vector<Step> steps;
  std::vector<Hypothesis> beam(1);
  beam[0].context.fill(kNone);
  beam[0].context[0] = 0;
  beam[0].context[1] = kBegin;
  const auto better = [](const Hypothesis& a, const Hypothesis& b) {
    return a.log_probability > b.log_probability;
  };
  for (const char letter : word) {
    if (letter <= 0 || tokens_of_letter_[static_cast<unsigned char>(letter)].empty()) continue;
    std::vector<Hypothesis> next;
    for (const Hypothesis& from : beam) {
      for (const std::uint8_t token : tokens_of_letter_[static_cast<unsigned char>(letter)]) {
        next.push_back(Extend(from, token));
        next.back().history = static_cast<int>(steps.size());
        steps.push_back({from.history, token});
      }
    }
    const std::size_t kept = std::min(kBeam, next.size());
    std::partial_sort(next.begin(), next.begin() + static_cast<std::ptrdiff_t>(kept), next.end(), better);
    while (next.size() > kept ||
           next.back().log_probability < next.front().log_probability - kBeamWidthNats) {
      next.pop_back();
    }
    beam = std::move(next);
  }
  return Rank(beam, steps, max_results);
}

std::vector<Pronunciation> G2p::Rank(const std::vector<Hypothesis>& beam, const std::vector<Step>& steps,
                                     int max_results) const {
  // Alignments and stress patterns of the same phones count together; the likeliest of the patterns is kept.
  struct Candidate {
    double total = kLogZero;
    double best = kLogZero;
    Pronunciation said;
  };
  std::vector<Candidate> candidates;
  for (const Hypothesis& hypothesis : beam) {
    Pronunciation said = Spell(steps, hypothesis.history);
    if (said.phones.empty()) continue;
    double score = Extend(hypothesis, kEnd).log_probability;
    if (!HasOnePrimaryStress(said.phones)) {
      score -= kBadStressNats;
      FixStress(said.phones);
    }
    auto same = std::find_if(candidates.begin(), candidates.end(), [&](const Candidate& candidate) {
      return SameLabels(candidate.said.phones, said.phones);
    });
    if (same == candidates.end()) same = candidates.insert(candidates.end(), Candidate{});
    same->total = LogAdd(same->total, score);
    if (score > same->best) {
      same->best = score;
      same->said = std::move(said);
    }
  }
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const Candidate& a, const Candidate& b) { return a.total > b.total; });
  std::vector<Pronunciation> pronunciations;
  for (Candidate& candidate : candidates) {
    const bool is_enough = static_cast<int>(pronunciations.size()) >= max_results;
    if (is_enough || candidate.total < candidates.front().total + kWorstRatioNats) break;
    pronunciations.push_back(std::move(candidate.said));
  }
  return pronunciations;
}

}  // namespace higgins::lexicon
