#include "transports/server/packs.h"

#include <algorithm>
#include <utility>

#include "transports/server/http/message.h"

namespace higgins::server {
namespace {

bool Speaks(const PackInfo& pack, const std::string& language) {
  if (http::EqualsIgnoringCase(pack.language, language)) return true;
  const bool is_bare = language.find('-') == std::string::npos;
  return is_bare && http::EqualsIgnoringCase(pack.language.substr(0, pack.language.find('-')), language);
}

}  // namespace

Result<PackSet> PackSet::Load(const std::vector<std::filesystem::path>& folders, int concurrent_requests) {
  std::vector<std::shared_ptr<const Assessor>> packs;
  for (const std::filesystem::path& folder : folders) {
    AssessorOptions options;  // no cache: a server starts seldom, and has often no place that it may write to
    options.concurrent_requests = concurrent_requests;
    Result<Assessor> assessor = Assessor::Open(folder, options);
    if (!assessor) return assessor.error();
    const std::string& name = assessor->pack().name;
    const bool taken =
        std::any_of(packs.begin(), packs.end(), [&](const auto& pack) { return pack->pack().name == name; });
    if (taken)
      return Error{ErrorCode::kInvalidArgument,
                   folder.string() + ": a pack named " + name + " is loaded already"};
    packs.push_back(std::make_shared<const Assessor>(*std::move(assessor)));
  }
  return PackSet(std::move(packs));
}

Result<std::shared_ptr<const Assessor>> PackSet::Find(const std::string& language,
                                                      const std::string& name) const {
  std::string there;
  for (const auto& assessor : packs_) {
    const PackInfo& pack = assessor->pack();
    if (name.empty() ? Speaks(pack, language) : pack.name == name) return assessor;
    there += (there.empty() ? "" : ", ") + (name.empty() ? pack.language : pack.name);
  }
  const std::string what = name.empty() ? "language \"" + language + "\"" : "pack \"" + name + "\"";
  return Error{ErrorCode::kInvalidArgument, "no " + what + " here; there is: " + there};
}

}  // namespace higgins::server
