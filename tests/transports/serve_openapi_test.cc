// The routes of the server and the paths of docs/openapi.json are the same.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "transports/server/api/batch.h"
#include "transports/server/api/pages.h"
#include "transports/server/app_state.h"
#include "transports/server/http/problem.h"
#include "transports/server/routes.h"

namespace higgins::server {
namespace {

using Json = nlohmann::json;

std::set<std::string> Described(const Json& document) {
  std::set<std::string> out;
  for (const auto& [path, operations] : document["paths"].items()) {
    for (const auto& [method, operation] : operations.items()) {
      std::string name = method;
      std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::toupper(c); });
      out.insert(name + " " + path);
    }
  }
  return out;
}

TEST(OpenApi, DescribesEveryRouteAndNoOther) {
  const auto app = std::make_unique<AppState>();
  api::JobRunner runner(app.get());
  http::Router router;
  AddAllRoutes(&router, app.get(), &runner);
  std::set<std::string> served;
  for (const auto& route : router.routes()) served.insert(route->method + " " + route->pattern);
  EXPECT_EQ(served, Described(Json::parse(api::kOpenApiJson)));
}

TEST(OpenApi, NamesEveryProblem) {
  const std::string text = api::kOpenApiJson;
  for (int i = 0; i < http::kNumProblemKinds; ++i) {
    const auto kind = static_cast<http::ProblemKind>(i);
    const Json responses = Json::parse(text)["components"]["responses"];
    const std::string status = "problem_" + std::to_string(http::ProblemStatus(kind));
    ASSERT_TRUE(responses.contains(status)) << status;
    EXPECT_THAT(responses[status]["description"].get<std::string>(),
                ::testing::HasSubstr(http::ProblemName(kind)));
  }
}

}  // namespace
}  // namespace higgins::server
