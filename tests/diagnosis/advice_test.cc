#include "diagnosis/advice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "pack_files.h"

namespace higgins {
namespace {

using ::testing::AnyOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

class AdviceTest : public ::testing::Test {
 protected:
  int Label(const std::string& name) const { return *phones_.label(name); }
  std::string Substitution(const std::string& expected, const std::string& heard) const {
    return advice_.Suggest(PhoneErrorKind::kSubstitution, Label(expected), Label(heard));
  }

  // What every sentence that a learner reads must satisfy, whoever wrote or composed it.
  void ExpectReadable(const std::string& text, const std::string& of) const {
    SCOPED_TRACE(of + ": " + text);
    ASSERT_FALSE(text.empty());
    EXPECT_TRUE(text.front() >= 'A' && text.front() <= 'Z') << "no capital";
    EXPECT_THAT(text, AnyOf(EndsWith("."), EndsWith("”."), EndsWith(".”")));
    EXPECT_LT(text.size(), 300U);
    for (const char* bad : {"{", "}", "  ", "..", " .", " ,", ",,", ", ,", ", and .", "and .", "null"}) {
      EXPECT_THAT(text, Not(HasSubstr(bad)));
    }
    for (const char* jargon :
         {"alveolar", "fricative", "voiced", "voiceless", "velar", "dental", "bilabial", "palat", "labio",
          "nasal", "affricate", "approximant", "diphthong", "glott", "phoneme"}) {
      EXPECT_THAT(text, Not(HasSubstr(jargon)));
    }
  }

  PhoneSet phones_ = EnUsPhones();
  Advice advice_ = EnUsAdvice();
};

TEST_F(AdviceTest, EveryPairOfPhonesGetsAReadableSuggestion) {
  int num_pairs = 0;
  for (int expected = 1; expected < phones_.num_labels(); ++expected) {
    for (int heard = 1; heard < phones_.num_labels(); ++heard) {
      ExpectReadable(advice_.Suggest(PhoneErrorKind::kSubstitution, expected, heard),
                     phones_.name(expected) + "/" + phones_.name(heard));
      ++num_pairs;
    }
  }
  EXPECT_EQ(num_pairs, 39 * 39);
}

TEST_F(AdviceTest, EveryDeletionInsertionAndUnclearSoundGetsAReadableSuggestion) {
  for (int label = 1; label < phones_.num_labels(); ++label) {
    ExpectReadable(advice_.Suggest(PhoneErrorKind::kDeletion, label, {}),
                   "deletion of " + phones_.name(label));
    ExpectReadable(advice_.Suggest(PhoneErrorKind::kInsertion, {}, label),
                   "insertion of " + phones_.name(label));
    ExpectReadable(advice_.Suggest(PhoneErrorKind::kSubstitution, label, {}),
                   "unclear " + phones_.name(label));
  }
}

TEST_F(AdviceTest, NothingToSayWithoutTheLabelThatTheKindNeeds) {
  EXPECT_EQ(advice_.Suggest(PhoneErrorKind::kNone, 1, 2), "");
  EXPECT_EQ(advice_.Suggest(PhoneErrorKind::kSubstitution, {}, 2), "");
  EXPECT_EQ(advice_.Suggest(PhoneErrorKind::kDeletion, {}, 2), "");
}

TEST_F(AdviceTest, AnInsertionThatCannotBeNamedIsSpokenOfAllTheSame) {
  EXPECT_THAT(advice_.Suggest(PhoneErrorKind::kInsertion, 1, {}), HasSubstr("extra sound"));
}

TEST_F(AdviceTest, TheCommonestPairsOfLearnersAreWrittenNotComposed) {
  EXPECT_GE(advice_.num_written_pairs(), 80);
  const nlohmann::json written = nlohmann::json::parse(PackFile("suggestions.json")).at("substitution");
  for (const char* pair :
       {"TH/S",  "TH/F",  "TH/T",  "DH/D",  "DH/Z",  "DH/L",  "V/W",   "V/F",   "V/B",   "W/V",
        "R/L",   "L/R",   "L/N",   "N/L",   "N/NG",  "NG/N",  "S/TH",  "S/SH",  "SH/S",  "Z/S",
        "Z/JH",  "ZH/SH", "ZH/JH", "JH/CH", "JH/Y",  "Y/JH",  "CH/SH", "SH/CH", "HH/F",  "F/HH",
        "P/B",   "B/P",   "B/V",   "T/D",   "D/T",   "D/DH",  "K/G",   "G/K",   "IH/IY", "IY/IH",
        "EH/AE", "AE/EH", "EH/IH", "EH/EY", "UH/UW", "UW/UH", "AA/AH", "AH/AA", "AH/AE", "AE/AH",
        "AO/OW", "OW/AO", "ER/AH", "EY/EH", "AY/AE", "AW/AA", "M/N",   "F/P",   "R/W"}) {
    const std::string text(pair);
    const std::string expected = text.substr(0, text.find('/'));
    const std::string heard = text.substr(text.find('/') + 1);
    ASSERT_TRUE(written.contains(expected) && written[expected].contains(heard)) << pair;
    EXPECT_EQ(Substitution(expected, heard), written[expected][heard].get<std::string>());
  }
}

TEST_F(AdviceTest, WrittenInstructionsDifferFromEachOther) {
  std::set<std::string> seen;
  const nlohmann::json written = nlohmann::json::parse(PackFile("suggestions.json")).at("substitution");
  int num_repeats = 0;
  for (const auto& [expected, by_heard] : written.items()) {
    for (const auto& [heard, text] : by_heard.items())
      num_repeats += !seen.insert(text.get<std::string>()).second;
  }
  EXPECT_LE(num_repeats, 6);
}

// The composed ones name exactly the differences of the two articulations.
TEST_F(AdviceTest, ComposesFromTheDifference) {
  EXPECT_EQ(Substitution("G", "P"),
            "That came out like the “p” in “pen”. For the “g” in “go”, lift the back of your tongue to the "
            "roof of your "
            "mouth, switch your voice on until your throat buzzes, and keep your lips apart.");
  EXPECT_EQ(Substitution("P", "HH"),
            "That came out like the “h” in “hat”. For the “p” in “pen”, press your lips together and block "
            "the air for a "
            "moment before it pops out.");
  EXPECT_THAT(Substitution("M", "F"),
              HasSubstr("press your lips together, send the sound out through your nose"));
  EXPECT_THAT(Substitution("UW", "AE"), HasSubstr("close your mouth a little"));
  EXPECT_THAT(Substitution("UW", "AE"), HasSubstr("pull your tongue back"));
  EXPECT_THAT(Substitution("AA", "IY"), HasSubstr("open your mouth a little wider"));
  EXPECT_THAT(Substitution("AY", "UW"), HasSubstr("slide up to a small “ee”"));
  EXPECT_THAT(Substitution("UH", "ER"), HasSubstr("keep the “r” sound out of it"));
  EXPECT_THAT(Substitution("K", "AA"), HasSubstr("not the “k” in “key”"));
}

TEST_F(AdviceTest, IpaOfFullAndReducedForms) {
  EXPECT_EQ(advice_.Ipa(Label("TH")), "θ");
  EXPECT_EQ(advice_.Ipa(Label("R")), "ɹ");
  EXPECT_EQ(advice_.Ipa(Label("G")), "ɡ");
  EXPECT_EQ(advice_.Ipa(0), "");
  EXPECT_EQ(advice_.Ipa(Phone{Label("AH"), 0}), "ə");
  EXPECT_EQ(advice_.Ipa(Phone{Label("AH"), 1}), "ʌ");
  EXPECT_EQ(advice_.Ipa(Phone{Label("AH"), -1}), "ʌ");
  EXPECT_EQ(advice_.Ipa(Phone{Label("ER"), 0}), "ɚ");
  EXPECT_EQ(advice_.Ipa(Phone{Label("ER"), 2}), "ɝ");
  EXPECT_EQ(advice_.Ipa(Phone{Label("IY"), 0}), "i");
  std::set<std::string> all;
  for (int label = 1; label < phones_.num_labels(); ++label) all.insert(advice_.Ipa(label));
  EXPECT_EQ(all.size(), 39U);
}

TEST_F(AdviceTest, OffGlides) {
  EXPECT_EQ(advice_.OffGlide(Label("IY")), phones_.label("Y"));
  EXPECT_EQ(advice_.OffGlide(Label("OW")), phones_.label("W"));
  EXPECT_EQ(advice_.OffGlide(Label("ER")), phones_.label("R"));
  EXPECT_EQ(advice_.OffGlide(Label("AE")), std::nullopt);
  EXPECT_EQ(advice_.OffGlide(Label("T")), std::nullopt);
}

TEST(AdviceLoad, SaysWhatIsWrongWithTheFiles) {
  const std::string articulation = PackFile("articulation.json");
  const std::string suggestions = PackFile("suggestions.json");
  const auto error_of = [](const std::string& a, const std::string& s) {
    const Result<Advice> advice = LoadAdvice(a, s);
    EXPECT_FALSE(advice);
    EXPECT_EQ(advice ? ErrorCode::kInternal : advice.error().code, ErrorCode::kBadPack);
    return advice ? "" : advice.error().message;
  };
  EXPECT_THAT(error_of("", suggestions), HasSubstr("articulation.json"));
  EXPECT_THAT(error_of(articulation.substr(0, 900), suggestions), HasSubstr("articulation.json"));
  EXPECT_THAT(error_of(articulation, "[]"), HasSubstr("suggestions.json"));
  EXPECT_THAT(error_of(articulation, "nonsense"), HasSubstr("suggestions.json"));

  nlohmann::json broken = nlohmann::json::parse(articulation);
  broken["phones"].erase("ZH");
  EXPECT_THAT(error_of(broken.dump(), suggestions), HasSubstr("ZH"));
  broken = nlohmann::json::parse(articulation);
  broken["phones"]["IY"]["height"] = "very high";
  EXPECT_THAT(error_of(broken.dump(), suggestions), HasSubstr("very high"));
  broken = nlohmann::json::parse(suggestions);
  broken["substitution"]["TH"]["XX"] = "No such phone.";
  EXPECT_THAT(error_of(articulation, broken.dump()), HasSubstr("XX"));
  broken = nlohmann::json::parse(suggestions);
  broken["templates"].erase("unclear");
  EXPECT_THAT(error_of(articulation, broken.dump()), HasSubstr("unclear"));
}

}  // namespace
}  // namespace higgins
