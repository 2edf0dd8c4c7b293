#include "diagnosis/diagnose.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include "diagnosis/alternatives.h"
#include "pack_files.h"

namespace higgins {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

// A reading of words given as phones ("B EH D | T AY M"), said perfectly until a test says otherwise: every
// alternative is 12 nats worse than the canonical phones.
class SaidText {
 public:
  explicit SaidText(const std::string& words) {
    std::istringstream names(words);
    canonical_.num_words = 1;
    for (std::string name; names >> name;) {
      if (name == "|") {
        ++canonical_.num_words;
        continue;
      }
      canonical_.phones.push_back({*phones_.label(name), -1});
      canonical_.word_of_phone.push_back(canonical_.num_words - 1);
    }
    const int n = canonical_.num_phones();
    gop_.substitution_ratio = Matrix(n, phones_.num_labels(), 12.0F);
    gop_.insertion_ratio = Matrix(n + 1, phones_.num_labels(), 12.0F);
    for (int i = 0; i < n; ++i)
      gop_.substitution_ratio(i, canonical_.phones[static_cast<std::size_t>(i)].label) = 0;
    scores_.error_probability.assign(static_cast<std::size_t>(n), 0.01F);
    reading_.omission_probability.assign(static_cast<std::size_t>(canonical_.num_words), 0.0);
    calibration_.insertion_threshold_nats = 3.0;
  }

  SaidText& Flag(int phone, float probability = 0.9F) {
    scores_.error_probability[static_cast<std::size_t>(phone)] = probability;
    return *this;
  }
  SaidText& Substitute(int phone, const std::string& heard, float ratio) {
    gop_.substitution_ratio(phone, *phones_.label(heard)) = ratio;
    return *this;
  }
  SaidText& Delete(int phone, float ratio) {
    gop_.substitution_ratio(phone, phones_.blank()) = ratio;
    return *this;
  }
  SaidText& Insert(int slot, const std::string& heard, float ratio) {
    gop_.insertion_ratio(slot, *phones_.label(heard)) = ratio;
    return *this;
  }

  Findings Run(double strictness = 0.0) const {
    return Diagnose({canonical_, gop_, scores_, reading_, calibration_, phones_, advice_, strictness});
  }
  Place At(int phone) const {
    return PlaceInLattice(phone, canonical_.phones[static_cast<std::size_t>(phone)].label, gop_, phones_);
  }
  Alternatives Of(int phone) const { return AlternativesOf(At(phone), phones_); }
  std::string Name(int label) const { return phones_.name(label); }

  PhoneSet phones_ = EnUsPhones();
  Advice advice_ = EnUsAdvice();
  CanonicalPhones canonical_;
  GopScores gop_;
  Scores scores_;
  Reading reading_;
  Calibration calibration_;
};

TEST(Diagnose, AGoodReadingHasNoFindings) {
  const Findings findings = SaidText("B EH D").Run();
  EXPECT_THAT(findings.items, IsEmpty());
  ASSERT_THAT(findings.canonical_probability, SizeIs(3));
  for (const double p : findings.canonical_probability) EXPECT_GT(p, 0.99);
}

TEST(Diagnose, SaysHowProbablyTheTextWasRead) {
  SaidText reading("B EH D | T AY M");
  reading.gop_.gop_sd.assign(6, -0.5F);
  EXPECT_GT(reading.Run().text_match, 0.99);
  reading.gop_.gop_sd.assign(6, -12.0F);
  EXPECT_LT(reading.Run().text_match, kTextMismatchBelow);
}

TEST(Diagnose, OfATextThatWasReadInPartThatPartIsJudged) {
  SaidText reading("B EH D K AE T | T AY M Z");
  reading.gop_.gop_sd.assign(10, -4.0F);
  std::fill(reading.gop_.gop_sd.begin() + 6, reading.gop_.gop_sd.end(), -12.0F);
  EXPECT_LT(reading.Run().text_match, kTextMismatchBelow);
  reading.reading_.omission_probability = {0.1, 0.9};
  EXPECT_GT(reading.Run().text_match, 0.95);
  // Of less than half of it, nothing follows for the rest.
  SaidText less("B EH D | T AY M Z");
  less.gop_.gop_sd.assign(7, -4.0F);
  std::fill(less.gop_.gop_sd.begin() + 3, less.gop_.gop_sd.end(), -12.0F);
  less.reading_.omission_probability = {0.1, 0.9};
  EXPECT_LT(less.Run().text_match, kTextMismatchBelow);
}

TEST(Diagnose, SpeechBesideTheTextCountsAgainstItUnlessItSaysTheTextAgain) {
  SaidText reading("B EH D | T AY M");
  reading.gop_.gop_sd.assign(6, -3.5F);
  const double alone = reading.Run().text_match;
  Addition addition{
      .before_word = 1, .frames = {20, 40}, .probability = 0.99, .heard = {3, 4, 5, 6, 7, 8, 9, 10}};
  reading.reading_.additions = {addition};
  EXPECT_LT(reading.Run().text_match, 0.5 * alone);
  addition.repeats_end = 1;
  reading.reading_.additions = {addition};
  EXPECT_DOUBLE_EQ(reading.Run().text_match, alone);
}

TEST(Diagnose, NamesTheSubstitution) {
  const Findings findings = SaidText("TH IH NG K").Flag(0).Substitute(0, "S", -4.0F).Run();
  ASSERT_THAT(findings.items, SizeIs(1));
  const Finding& finding = findings.items[0];
  EXPECT_EQ(finding.phone_index, 0);
  EXPECT_EQ(finding.word_index, 0);
  EXPECT_EQ(finding.kind, PhoneErrorKind::kSubstitution);
  EXPECT_EQ(EnUsPhones().name(finding.heard), "S");
  EXPECT_NEAR(finding.probability, 1.0 / (1.0 + std::exp(-4.0)), 1e-3);
  EXPECT_FLOAT_EQ(static_cast<float>(finding.error_probability), 0.9F);
  EXPECT_THAT(finding.suggestion, HasSubstr("between your teeth"));
  EXPECT_NEAR(findings.canonical_probability[0], std::exp(-4.0) / (1.0 + std::exp(-4.0)), 1e-3);
}

TEST(Diagnose, NamesTheDeletion) {
  const Findings findings = SaidText("B EH D").Flag(2).Delete(2, -2.0F).Substitute(2, "T", -1.0F).Run();
  ASSERT_THAT(findings.items, SizeIs(1));
  EXPECT_EQ(findings.items[0].kind, PhoneErrorKind::kDeletion);
  EXPECT_EQ(findings.items[0].heard, 0);
  EXPECT_THAT(findings.items[0].suggestion, HasSubstr("Do not drop the “d”"));
}

TEST(Diagnose, ALikelyCompetitorAloneIsNotAnError) {
  EXPECT_THAT(SaidText("B EH D").Substitute(1, "AE", -6.0F).Run().items, IsEmpty());
}

TEST(Diagnose, WithoutACertainCompetitorTheSuggestionDoesNotClaimWhatWasHeard) {
  const Findings findings = SaidText("R EH D").Flag(0).Substitute(0, "L", 3.0F).Delete(0, 2.0F).Run();
  ASSERT_THAT(findings.items, SizeIs(1));
  const Finding& finding = findings.items[0];
  // The deletion is likelier, but far from certain: the best competitor is named with its low probability.
  EXPECT_EQ(finding.kind, PhoneErrorKind::kSubstitution);
  EXPECT_EQ(EnUsPhones().name(finding.heard), "L");
  EXPECT_LT(finding.probability, 0.1);
  EXPECT_THAT(finding.suggestion, HasSubstr("was not clear"));
}

TEST(Diagnose, StrictnessMovesTheOddsOfTheThreshold) {
  // 1/3 has odds of 1/2, and a threshold of 0.5 asks for odds of 1.
  const SaidText reading = SaidText("B EH D").Flag(1, 0.34F);
  EXPECT_THAT(reading.Run(0.0).items, IsEmpty());
  EXPECT_THAT(reading.Run(1.0).items, SizeIs(1));
  const SaidText likely = SaidText("B EH D").Flag(1, 0.66F);
  EXPECT_THAT(likely.Run(0.0).items, SizeIs(1));
  EXPECT_THAT(likely.Run(-1.0).items, IsEmpty());
  EXPECT_DOUBLE_EQ(MoveOdds(0.5, 1.0), 2.0 / 3.0);
  EXPECT_DOUBLE_EQ(MoveOdds(0.0, 5.0), 0.0);
  EXPECT_DOUBLE_EQ(MoveOdds(1.0, -5.0), 1.0);
}

TEST(Diagnose, AStricterSettingNeverFindsFewerErrors) {
  SaidText reading("B EH D | AE T");
  reading.Flag(0, 0.1F).Flag(1, 0.3F).Flag(3, 0.6F).Flag(4, 0.9F).Insert(3, "AH", -4.0F);
  std::size_t before = 0;
  for (double strictness = -5; strictness <= 5; strictness += 0.5) {
    const std::size_t now = reading.Run(strictness).items.size();
    EXPECT_GE(now, before) << strictness;
    before = now;
  }
  EXPECT_EQ(before, 5U);
}

TEST(Diagnose, TheThresholdIsThePacks) {
  SaidText reading = SaidText("B EH D").Flag(1, 0.3F);
  reading.calibration_.detection_threshold = 0.25;
  EXPECT_THAT(reading.Run().items, SizeIs(1));
  reading.calibration_.detection_threshold = 0.35;
  EXPECT_THAT(reading.Run().items, IsEmpty());
}

TEST(Insertions, AnExtraVowelAfterTheWord) {
  const Findings findings = SaidText("B EH D | T AY M").Insert(3, "AH", -5.0F).Run();
  ASSERT_THAT(findings.items, SizeIs(1));
  EXPECT_EQ(findings.items[0].kind, PhoneErrorKind::kInsertion);
  EXPECT_EQ(findings.items[0].phone_index, 3);
  EXPECT_EQ(findings.items[0].word_index, 0) << "bed-uh, not uh-time";
  EXPECT_GT(findings.items[0].probability, 0.9);
  EXPECT_THAT(findings.items[0].suggestion, HasSubstr("No extra “uh”"));
}

TEST(Insertions, AVowelBeforeSAndAConsonantBelongsToTheWordAfter) {
  const Findings findings = SaidText("G UH D | S K UW L").Insert(3, "EH", -5.0F).Run();
  ASSERT_THAT(findings.items, SizeIs(1));
  EXPECT_EQ(findings.items[0].word_index, 1);
}

TEST(Insertions, AtTheEndsOfTheText) {
  const Findings findings = SaidText("S K UW L | B EH D").Insert(0, "EH", -5.0F).Insert(7, "AH", -5.0F).Run();
  ASSERT_THAT(findings.items, SizeIs(2));
  EXPECT_EQ(findings.items[0].phone_index, 0);
  EXPECT_EQ(findings.items[0].word_index, 0);
  EXPECT_EQ(findings.items[1].phone_index, 7);
  EXPECT_EQ(findings.items[1].word_index, 1);
}

TEST(Insertions, BelowTheThresholdNothingIsReported) {
  EXPECT_THAT(SaidText("B EH D").Insert(3, "AH", -2.9F).Run().items, IsEmpty());
  EXPECT_THAT(SaidText("B EH D").Insert(3, "AH", -2.9F).Run(1.0).items, SizeIs(1));
  // However strict: an insertion that explains less than the canonical phones is none.
  EXPECT_THAT(SaidText("B EH D").Insert(3, "AH", 0.1F).Run(5.0).items, IsEmpty());
}

TEST(Insertions, OneSoundIsReportedOnce) {
  // The same frames explained by the vowel on either side of a weak L, and by two vowels.
  const Findings findings =
      SaidText("B L UW").Insert(1, "AH", -6.0F).Insert(1, "IH", -5.0F).Insert(2, "AH", -5.5F).Run();
  ASSERT_THAT(findings.items, SizeIs(1));
  EXPECT_EQ(findings.items[0].phone_index, 1);
}

TEST(Insertions, EqualOnBothSidesIsReportedOnce) {
  EXPECT_THAT(SaidText("B L UW").Insert(1, "AH", -6.0F).Insert(2, "AH", -6.0F).Run().items, SizeIs(1));
}

TEST(Insertions, ALongSoundIsNoInsertion) {
  EXPECT_THAT(SaidText("S IY").Insert(0, "S", -6.0F).Insert(1, "S", -6.0F).Run().items, IsEmpty());
}

TEST(Insertions, TheOffGlideOfAVowelIsNoInsertion) {
  EXPECT_THAT(SaidText("S IY | IH T").Insert(2, "Y", -6.0F).Run().items, IsEmpty());
  EXPECT_THAT(SaidText("S IY | IH T").Insert(2, "N", -6.0F).Run().items, SizeIs(1));
}

TEST(Insertions, ASubstitutionThatExplainsMoreWins) {
  const Findings findings = SaidText("B EH D")
                                .Flag(1)
                                .Substitute(1, "AE", -8.0F)
                                .Insert(1, "AE", -6.0F)
                                .Insert(2, "AE", -6.0F)
                                .Run();
  ASSERT_THAT(findings.items, SizeIs(1));
  EXPECT_EQ(findings.items[0].kind, PhoneErrorKind::kSubstitution);
}

TEST(Insertions, AFlaggedPhoneThatIsFineItselfIsExplainedByTheInsertionBesideIt) {
  const Findings findings = SaidText("B EH D").Flag(2).Substitute(2, "T", 1.0F).Insert(3, "AH", -6.0F).Run();
  ASSERT_THAT(findings.items, SizeIs(1));
  EXPECT_EQ(findings.items[0].kind, PhoneErrorKind::kInsertion);
}

TEST(Insertions, ComeBeforeTheFindingOfTheirPhone) {
  const Findings findings = SaidText("B EH D").Flag(2).Substitute(2, "T", -5.0F).Insert(2, "N", -6.0F).Run();
  ASSERT_THAT(findings.items, SizeIs(2));
  EXPECT_EQ(findings.items[0].kind, PhoneErrorKind::kInsertion);
  EXPECT_EQ(findings.items[1].kind, PhoneErrorKind::kSubstitution);
  EXPECT_EQ(findings.items[0].phone_index, findings.items[1].phone_index);
}

// What a scorer that judges insertions says; everywhere else it is certain that there is none.
class JudgedText : public SaidText {
 public:
  explicit JudgedText(const std::string& words) : SaidText(words) {
    scores_.insertion_logit.assign(scores_.error_probability.size(), -9.0F);
  }
  JudgedText& Judge(int phone, float logit) {
    scores_.insertion_logit[static_cast<std::size_t>(phone)] = logit;
    return *this;
  }
};

TEST(JudgedInsertions, TheScorerDecidesAndTheLatticeNames) {
  JudgedText reading("B EH D | T AY M");
  reading.Judge(2, 4.0F).Insert(3, "AH", 1.0F).Insert(1, "IH", -8.0F);
  const Findings findings = reading.Run();
  ASSERT_THAT(findings.items, SizeIs(1));
  EXPECT_EQ(findings.items[0].kind, PhoneErrorKind::kInsertion);
  EXPECT_EQ(findings.items[0].phone_index, 3);
  EXPECT_EQ(findings.items[0].word_index, 0);
  EXPECT_EQ(reading.Name(findings.items[0].heard), "AH");
  EXPECT_NEAR(findings.items[0].error_probability, 1.0 / (1.0 + std::exp(-4.0)), 1e-6);
}

TEST(JudgedInsertions, WithoutACertainSoundTheSuggestionDoesNotClaimOne) {
  JudgedText reading("B EH D");
  reading.Judge(2, 4.0F);  // every sound is as likely as the others
  ASSERT_THAT(reading.Run().items, SizeIs(1));
  EXPECT_LT(reading.Run().items[0].probability, 0.1);
  EXPECT_THAT(reading.Run().items[0].suggestion, HasSubstr("A short extra sound"));
  reading.Insert(3, "AH", 8.0F);
  EXPECT_GT(reading.Run().items[0].probability, 0.5) << "among the sounds that it may be";
  EXPECT_THAT(reading.Run().items[0].suggestion, HasSubstr("No extra “uh”"));
}

TEST(JudgedInsertions, BeforeTheFirstPhoneTheLatticeDecides) {
  JudgedText reading("S K UW L");
  reading.Judge(0, -9.0F).Insert(0, "EH", -5.0F);
  ASSERT_THAT(reading.Run().items, SizeIs(1));
  EXPECT_EQ(reading.Run().items[0].phone_index, 0);
  EXPECT_THAT(reading.Insert(0, "EH", -3.0F).Run().items, IsEmpty());
  EXPECT_THAT(reading.Run(1.0).items, SizeIs(1));
}

TEST(JudgedInsertions, StrictnessMovesTheThreshold) {
  JudgedText reading("B EH D");
  reading.Judge(2, 2.9F).Insert(3, "AH", -1.0F);
  EXPECT_THAT(reading.Run().items, IsEmpty());
  EXPECT_THAT(reading.Run(1.0).items, SizeIs(1));
}

TEST(JudgedInsertions, OneSoundIsReportedOnce) {
  JudgedText reading("B L UW");
  reading.Judge(0, 5.0F).Judge(1, 4.0F).Insert(1, "AH", -6.0F).Insert(2, "AH", -5.5F);
  ASSERT_THAT(reading.Run().items, SizeIs(1));
  EXPECT_EQ(reading.Run().items[0].phone_index, 1);
  EXPECT_THAT(reading.Judge(1, 5.0F).Run().items, SizeIs(1)) << "equal on both sides";
}

TEST(JudgedInsertions, AFlaggedPhoneThatIsFineItselfIsExplainedByIt) {
  JudgedText reading("B EH D");
  reading.Judge(2, 5.0F).Insert(3, "AH", -6.0F).Flag(2).Substitute(2, "T", 1.0F);
  ASSERT_THAT(reading.Run().items, SizeIs(1));
  EXPECT_EQ(reading.Run().items[0].kind, PhoneErrorKind::kInsertion);
}

// Doubling a phone is one sequence, so with every alternative at the same ratio r there are V-1 substitutions
// and deletion (39) and 2 * 39 - 1 insertions.
TEST(AlternativesOfAPhone, ProbabilitiesAreTheSoftmaxOfTheRatios) {
  SaidText reading("B");
  const double others = 39.0 + 2 * 39.0 - 1.0;
  EXPECT_NEAR(reading.Of(0).canonical_probability, 1.0 / (1.0 + others * std::exp(-12.0)), 1e-9);
  reading.Substitute(0, "P", 0.0F);
  EXPECT_NEAR(reading.Of(0).substitution.probability, 1.0 / (2.0 + (others - 1.0) * std::exp(-12.0)), 1e-9);
}

TEST(AlternativesOfAPhone, ExtremeRatiosStayFinite) {
  for (const float ratio : {kInfinity, -kInfinity, kNaN, 1e30F, -1e30F}) {
    SaidText reading = SaidText("B EH").Flag(0).Flag(1);
    for (int label = 0; label < 40; ++label) {
      reading.gop_.substitution_ratio(0, label) = ratio;
      reading.gop_.insertion_ratio(0, label) = ratio;
      reading.gop_.insertion_ratio(1, label) = ratio;
    }
    const Findings findings = reading.Run();
    ASSERT_FALSE(findings.items.empty());
    for (const Finding& finding : findings.items) {
      EXPECT_TRUE(finding.probability >= 0.0 && finding.probability <= 1.0)
          << ratio << " " << finding.probability;
      EXPECT_FALSE(finding.suggestion.empty());
      EXPECT_TRUE(finding.heard >= 0 && finding.heard < 40);
    }
    for (const double p : findings.canonical_probability) EXPECT_TRUE(p >= 0.0 && p <= 1.0) << ratio;
  }
}

TEST(Diagnose, AnErrorProbabilityThatIsNotANumberFlagsNothing) {
  EXPECT_THAT(SaidText("B EH D").Flag(1, kNaN).Run().items, IsEmpty());
}

TEST(RankPhones, PutsTheLikeliestFirstAndAgreesWithTheAlternatives) {
  const SaidText reading = SaidText("TH IH NG K").Substitute(0, "S", -4.0F).Substitute(0, "T", -2.0F);
  const std::vector<RankedPhone> ranked = RankPhones(reading.At(0), reading.phones_, 3);
  ASSERT_THAT(ranked, SizeIs(3));
  EXPECT_EQ(reading.Name(ranked[0].label), "S");
  EXPECT_EQ(reading.Name(ranked[1].label), "T");
  EXPECT_EQ(reading.Name(ranked[2].label), "TH");
  EXPECT_DOUBLE_EQ(ranked[0].probability, reading.Of(0).substitution.probability);
  EXPECT_DOUBLE_EQ(ranked[2].probability, reading.Of(0).canonical_probability);
  EXPECT_THAT(RankPhones(reading.At(1), reading.phones_, 1000), SizeIs(39));
  EXPECT_THAT(RankPhones(reading.At(1), reading.phones_, 0), IsEmpty());
}

// A reading of which the scorer says what was heard: the canonical phones, 12 nats before all else.
class HeardText : public SaidText {
 public:
  explicit HeardText(const std::string& words) : SaidText(words) {
    scores_.heard_logit = Matrix(canonical_.num_phones(), phones_.num_labels());
    for (int i = 0; i < canonical_.num_phones(); ++i) {
      scores_.heard_logit(i, canonical_.phones[static_cast<std::size_t>(i)].label) = 12.0F;
    }
  }
  HeardText& Hear(int phone, const std::string& heard, float logit) {
    scores_.heard_logit(phone, heard.empty() ? phones_.blank() : *phones_.label(heard)) = logit;
    return *this;
  }
};

TEST(HeardPhones, TheScorerNamesThePhoneAgainstTheLattice) {
  HeardText reading("TH IH NG K");
  reading.Hear(0, "S", 15.0F).Substitute(0, "F", -9.0F).Flag(0);
  const Findings findings = reading.Run();
  ASSERT_THAT(findings.items, SizeIs(1));
  EXPECT_EQ(findings.items[0].kind, PhoneErrorKind::kSubstitution);
  EXPECT_EQ(reading.Name(findings.items[0].heard), "S");
  // Flagged at 0.9; of the errors S has all but what 38 labels at 0 have beside its 15.
  EXPECT_NEAR(findings.items[0].probability, 0.9 / (1.0 + 38.0 * std::exp(-15.0)), 1e-5);
  EXPECT_NEAR(findings.canonical_probability[0], 0.1, 1e-6);
  EXPECT_NEAR(findings.canonical_probability[1], 0.99, 1e-6);
}

TEST(HeardPhones, NothingHeardIsADeletion) {
  HeardText reading("B EH D");
  reading.Hear(2, "", 14.0F).Substitute(2, "T", -9.0F).Flag(2);
  ASSERT_THAT(reading.Run().items, SizeIs(1));
  EXPECT_EQ(reading.Run().items[0].kind, PhoneErrorKind::kDeletion);
}

// That it was wrong is known from elsewhere: what counts is how the errors divide among themselves.
TEST(HeardPhones, AnErrorIsNamedThoughTheCanonicalPhoneIsLikelier) {
  HeardText reading("B EH D");
  reading.Hear(1, "AE", 9.0F).Flag(1, 0.3F).calibration_.detection_threshold = 0.25;
  const Findings findings = reading.Run();
  ASSERT_THAT(findings.items, SizeIs(1));
  EXPECT_NEAR(findings.items[0].probability, 0.3, 0.01);
  EXPECT_EQ(findings.items[0].suggestion,
            reading.advice_.Suggest(PhoneErrorKind::kSubstitution, *reading.phones_.label("EH"),
                                    *reading.phones_.label("AE")));
}

TEST(HeardPhones, NothingIsClaimedWhereTheErrorsDivideEvenly) {
  HeardText reading("B EH D");
  for (const char* heard : {"AE", "AH", "IH", "ER", "EY"}) reading.Hear(1, heard, 9.0F);
  reading.Flag(1);
  ASSERT_THAT(reading.Run().items, SizeIs(1));
  EXPECT_EQ(reading.Run().items[0].suggestion,
            reading.advice_.Suggest(PhoneErrorKind::kSubstitution, *reading.phones_.label("EH"), {}));
}

// The lattice, which alone knows insertions, says whether the phone beside one is fine itself.
TEST(HeardPhones, AnInsertionExplainsAFlagOnlyWhereNothingBeatsThePhoneInTheLattice) {
  HeardText reading("B EH D");
  reading.scores_.insertion_logit.assign(3, -9.0F);
  reading.scores_.insertion_logit[2] = 5.0F;
  reading.Hear(2, "T", 14.0F).Insert(3, "AH", -6.0F).Flag(2);
  ASSERT_THAT(reading.Run().items, SizeIs(1));
  EXPECT_EQ(reading.Run().items[0].kind, PhoneErrorKind::kInsertion);
  reading.Substitute(2, "T", -1.0F);
  ASSERT_THAT(reading.Run().items, SizeIs(2));
  EXPECT_EQ(reading.Run().items[0].kind, PhoneErrorKind::kSubstitution);
}

TEST(HeardPhones, NumbersThatAreNoneStayFinite) {
  for (const float probability : {kNaN, 0.0F, 1.0F}) {
    HeardText reading("B EH D");
    reading.Hear(1, "AE", 1e30F).Flag(1, probability);
    const Findings findings = reading.Run();
    for (const double p : findings.canonical_probability) EXPECT_TRUE(p >= 0.0 && p <= 1.0) << probability;
    for (const Finding& finding : findings.items) EXPECT_TRUE(finding.probability <= 1.0) << probability;
  }
}

TEST(HeardPhones, AreRankedAsTheScorerSays) {
  HeardText reading("TH IH NG K");
  reading.Hear(0, "S", 15.0F).Hear(0, "T", 14.0F).Substitute(0, "F", -9.0F).Flag(0);
  const Findings findings = Diagnose({reading.canonical_, reading.gop_, reading.scores_, reading.reading_,
                                      reading.calibration_, reading.phones_, reading.advice_, 0.0, 3});
  ASSERT_THAT(findings.ranked, SizeIs(4));
  EXPECT_EQ(reading.Name(findings.ranked[0][0].label), "S");
  EXPECT_EQ(reading.Name(findings.ranked[0][1].label), "T");
  EXPECT_EQ(reading.Name(findings.ranked[0][2].label), "TH");
}

}  // namespace
}  // namespace higgins
