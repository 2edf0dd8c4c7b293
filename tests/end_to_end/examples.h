// The recordings of examples/ and what is known about them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "higgins/assessor.h"

namespace higgins::testing {

struct KnownError {
  int word_index = 0;
  std::string word, type, expected, actual;  // `expected` or `actual` is empty for an insertion or a deletion
};

struct Example {
  std::string name, text;
  bool correct = false;  // said right, as far as is known
  std::vector<std::byte> audio;
  std::vector<KnownError> errors;
};

inline std::filesystem::path SourceDir() { return HIGGINS_SOURCE_DIR; }

inline std::vector<std::byte> ReadBytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const auto* begin = reinterpret_cast<const std::byte*>(bytes.data());
  return {begin, begin + bytes.size()};
}

inline std::string StringOrEmpty(const nlohmann::json& value) {
  return value.is_null() ? std::string() : value.get<std::string>();
}

inline Example ReadExample(const std::filesystem::path& json_path) {
  std::ifstream file(json_path);
  const nlohmann::json about = nlohmann::json::parse(file);
  Example example;
  example.name = json_path.stem().string();
  example.text = about.at("text");
  example.correct = about.at("kind") == "correct";
  example.audio = ReadBytes(json_path.parent_path() / about.at("audio").get<std::string>());
  for (const nlohmann::json& error : about.at("errors")) {
    example.errors.push_back({error.at("word_index"), error.at("word"), error.at("type"),
                              StringOrEmpty(error.at("expected")), StringOrEmpty(error.at("actual"))});
  }
  return example;
}

/// All of examples/, by name.
inline std::vector<Example> ReadExamples() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(SourceDir() / "examples")) {
    if (entry.path().extension() == ".json") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<Example> examples;
  for (const std::filesystem::path& path : paths) examples.push_back(ReadExample(path));
  return examples;
}

inline int NumPhones(const Report& report) {
  int count = 0;
  for (const WordReport& word : report.words) count += static_cast<int>(word.phonemes.size());
  return count;
}

}  // namespace higgins::testing
