// The en-US phone set and the advice data that ship with the pack.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <string_view>

#include "diagnosis/advice.h"
#include "types/phone_set.h"

namespace higgins {

inline PhoneSet EnUsPhones() {
  return PhoneSet({"",  "AA", "AE", "AH", "AO", "AW", "AY", "B", "CH", "D", "DH", "EH", "ER", "EY",
                   "F", "G",  "HH", "IH", "IY", "JH", "K",  "L", "M",  "N", "NG", "OW", "OY", "P",
                   "R", "S",  "SH", "T",  "TH", "UH", "UW", "V", "W",  "Y", "Z",  "ZH"},
                  0);
}

inline std::string PackFile(const std::string& name) {
  std::ifstream file(std::string(HIGGINS_SOURCE_DIR) + "/packs/en-us/" + name, std::ios::binary);
  EXPECT_TRUE(file.is_open()) << name;
  return {std::istreambuf_iterator<char>(file), {}};
}

inline Result<Advice> LoadAdvice(std::string_view articulation, std::string_view suggestions,
                                 const PhoneSet& phones = EnUsPhones()) {
  return Advice::Load(std::as_bytes(std::span(articulation)), std::as_bytes(std::span(suggestions)), phones);
}

inline Advice EnUsAdvice() {
  Result<Advice> advice = LoadAdvice(PackFile("articulation.json"), PackFile("suggestions.json"));
  EXPECT_TRUE(advice) << advice.error().message;
  return *std::move(advice);
}

}  // namespace higgins
