#include "transports/server/security/keys.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

namespace higgins::server::security {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kKeyBytes = 32;
constexpr const char* kHexDigits = "0123456789abcdef";

Digest Sha256(std::string_view text) {
  Digest digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return digest;
}

std::string ToHex(const Digest& digest) {
  std::string out;
  for (const unsigned char byte : digest) {
    out += kHexDigits[byte / 16];
    out += kHexDigits[byte % 16];
  }
  return out;
}

std::optional<Digest> FromHex(const std::string& text) {
  Digest digest{};
  if (text.size() != 2 * digest.size()) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t value = std::string_view(kHexDigits).find(text[i]);
    if (value == std::string_view::npos) return std::nullopt;
    digest[i / 2] = static_cast<unsigned char>(digest[i / 2] * 16 + value);
  }
  return digest;
}

std::vector<std::string> DefaultScopes() {
  std::vector<std::string> scopes = AllScopes();
  std::erase(scopes, "metrics");
  return scopes;
}

/// The readers below use nlohmann's throwing accessors; Parse() turns what they throw into an Error.
Result<Key> ReadKey(const Json& json) {
  const auto bad = [](const std::string& what) { return Error{ErrorCode::kInvalidArgument, what}; };
  Key key;
  key.name = json.at("name").get<std::string>();
  if (key.name.empty() || key.name.size() > 64) return bad("name: expected 1 to 64 bytes");
  const std::optional<Digest> digest = FromHex(json.at("sha256").get<std::string>());
  if (!digest) return bad("sha256: expected 64 hexadecimal digits in lower case");
  key.sha256 = *digest;
  key.scopes = json.contains("scopes") ? json["scopes"].get<std::vector<std::string>>() : DefaultScopes();
  for (const std::string& scope : key.scopes) {
    const auto& all = AllScopes();
    if (std::find(all.begin(), all.end(), scope) == all.end())
      return bad("scopes: \"" + scope + "\" is none of assess, phones, batch, stream, metrics");
  }
  key.rate_per_s = json.value("rate_per_s", 0.0);
  key.burst = json.value("burst", std::max(1.0, key.rate_per_s));
  if (key.rate_per_s < 0 || key.burst < 1) return bad("rate_per_s must be 0 or more, burst 1 or more");
  return key;
}

std::string Base64Url(const unsigned char* bytes, std::size_t size) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  unsigned int bits = 0;
  int num_bits = 0;
  for (std::size_t i = 0; i < size; ++i) {
    bits = (bits << 8U | bytes[i]) & 0xffffU;
    for (num_bits += 8; num_bits >= 6; num_bits -= 6)
      out += kDigits[bits >> static_cast<unsigned>(num_bits - 6) & 63U];
  }
  if (num_bits > 0) out += kDigits[bits << static_cast<unsigned>(6 - num_bits) & 63U];
  return out;
}

}  // namespace

const std::vector<std::string>& AllScopes() {
  static const std::vector<std::string> scopes{"assess", "phones", "batch", "stream", "metrics"};
  return scopes;
}

bool Key::Permits(std::string_view scope) const {
  return std::find(scopes.begin(), scopes.end(), scope) != scopes.end();
}

Result<KeyRing> KeyRing::Load(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return Error{ErrorCode::kNotFound, file.string() + ": cannot be read"};
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  return Parse(text, file.string());
}

Result<KeyRing> KeyRing::Parse(std::string_view text, const std::string& where) {
  const auto bad = [&](const std::string& what) {
    return Error{ErrorCode::kInvalidArgument, where + ": " + what};
  };
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains("keys") || !json["keys"].is_array())
    return bad(R"(expected {"keys": [...]}; higgins serve --new-key NAME makes an entry)");
  KeyRing ring;
  for (const Json& entry : json["keys"]) {
    const std::string which = "key " + std::to_string(ring.keys_.size() + 1) + ": ";
    try {
      Result<Key> key = ReadKey(entry);
      if (!key) return bad(which + key.error().message);
      const bool taken = std::any_of(ring.keys_.begin(), ring.keys_.end(), [&](const Key& other) {
        return other.name == key->name || other.sha256 == key->sha256;
      });
      if (taken) return bad(which + "its name or its sha256 is there already");
      ring.keys_.push_back(*std::move(key));
    } catch (const Json::exception& exception) {
      return bad(which + exception.what());
    }
  }
  return ring;
}

const Key* KeyRing::Find(std::string_view presented) const {
  const Digest digest = Sha256(presented);
  const Key* found = nullptr;
  for (const Key& key : keys_) {
    if (CRYPTO_memcmp(key.sha256.data(), digest.data(), digest.size()) == 0) found = &key;
  }
  return found;
}

Result<NewKey> MakeKey(const std::string& name) {
  std::array<unsigned char, kKeyBytes> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
    return Error{ErrorCode::kInternal, "the system gives no random bytes"};
  NewKey out;
  out.key = "hk_" + Base64Url(bytes.data(), bytes.size());
  const nlohmann::ordered_json entry = {{"name", name},
                                        {"sha256", ToHex(Sha256(out.key))},
                                        {"scopes", DefaultScopes()},
                                        {"rate_per_s", 20},
                                        {"burst", 40}};
  out.entry = entry.dump(-1, ' ', false, Json::error_handler_t::replace);
  return out;
}

std::optional<double> RateLimiter::Take(const Key& key, std::chrono::steady_clock::time_point now) {
  if (key.rate_per_s <= 0) return std::nullopt;
  const std::lock_guard lock(mutex_);
  const auto [entry, is_new] = buckets_.try_emplace(key.name, Bucket{key.burst, now});
  Bucket& bucket = entry->second;
  const double passed_s = std::chrono::duration<double>(now - bucket.filled).count();
  bucket.tokens = std::min(key.burst, bucket.tokens + passed_s * key.rate_per_s);
  bucket.filled = now;
  if (bucket.tokens >= 1) {
    bucket.tokens -= 1;
    return std::nullopt;
  }
  return (1 - bucket.tokens) / key.rate_per_s;
}

}  // namespace higgins::server::security
