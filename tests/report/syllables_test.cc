// Words whose syllables a dictionary of English agrees on.
#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "higgins/report.h"

namespace higgins {
namespace {

/// "K AE1 T" as a word that was said right; "+AH" is an inserted phone.
WordReport Word(const std::string& phones) {
  WordReport word;
  std::istringstream names(phones);
  int at_ms = 0;
  for (std::string name; names >> name; at_ms += 100) {
    PhoneReport phone;
    const bool inserted = name.front() == '+';
    if (inserted) name.erase(0, 1);
    if (name.back() >= '0' && name.back() <= '2') {
      phone.stress = name.back() - '0';
      name.pop_back();
    }
    phone.phone = name;
    if (!inserted) phone.expected = name;
    phone.score = phone.stress >= 0 ? 1.0 : 0.5;
    phone.start_ms = at_ms;
    phone.end_ms = at_ms + 100;
    word.phonemes.push_back(phone);
  }
  return word;
}

std::string Split(const std::string& phones) {
  const WordReport word = Word(phones);
  std::string out;
  for (const Syllable& syllable : Syllables(word)) {
    if (!out.empty()) out += " .";
    for (int i = syllable.phone_begin; i < syllable.phone_end; ++i) {
      out += (out.empty() ? "" : " ") + word.phonemes[static_cast<std::size_t>(i)].phone;
    }
  }
  return out;
}

TEST(Syllables, SplitsBeforeTheLongestOnset) {
  EXPECT_EQ(Split("K AE1 T"), "K AE T");
  EXPECT_EQ(Split("HH AH0 L OW1"), "HH AH . L OW");                     // hello
  EXPECT_EQ(Split("EH1 K S T R AH0"), "EH K . S T R AH");               // extra
  EXPECT_EQ(Split("AE1 TH L IY2 T"), "AE TH . L IY T");                 // athlete
  EXPECT_EQ(Split("S IH1 NG ER0"), "S IH NG . ER");                     // singer: no word begins with NG
  EXPECT_EQ(Split("HH AE1 P IY0"), "HH AE . P IY");                     // happy
  EXPECT_EQ(Split("W EH1 DH ER0"), "W EH . DH ER");                     // weather
  EXPECT_EQ(Split("B Y UW1 T AH0 F AH0 L"), "B Y UW . T AH . F AH L");  // beautiful
  EXPECT_EQ(Split("IH2 N S T R AH1 K SH AH0 N"), "IH N . S T R AH K . SH AH N");  // instruction
  EXPECT_EQ(Split("K AA1 N S T AH0 N T"), "K AA N . S T AH N T");                 // constant
  EXPECT_EQ(Split("AE1 B S T R AE0 K T"), "AE B . S T R AE K T");                 // abstract
  EXPECT_EQ(Split("K IY0 AA1 S"), "K IY . AA S");                  // chaos, more or less: two vowels
  EXPECT_EQ(Split("S K UW1 L Y AA2 R D"), "S K UW . L Y AA R D");  // schoolyard: phones know no morphemes
  EXPECT_EQ(Split("M EH1 ZH ER0"), "M EH . ZH ER");                // measure
  EXPECT_EQ(Split("AE1 K T ER0"), "AE K . T ER");                  // actor
  EXPECT_EQ(Split("R IY1 TH M"), "R IY TH M");
}

TEST(Syllables, KeepsOddWordsWhole) {
  EXPECT_EQ(Split(""), "");
  EXPECT_EQ(Split("SH"), "SH");
  EXPECT_EQ(Split("P S T"), "P S T");
}

TEST(Syllables, AnInsertedPhoneStaysWithTheOneBefore) {
  EXPECT_EQ(Split("+EH S K UW1 L"), "EH S K UW L");
  EXPECT_EQ(Split("S +AH K UW1 L"), "S AH K UW L");  // an inserted vowel makes no syllable of the word
  EXPECT_EQ(Split("HH AH0 +N L OW1"), "HH AH N . L OW");
}

TEST(Syllables, SaysWhenAndHowWell) {
  const std::vector<Syllable> syllables = Syllables(Word("HH AH0 +N L OW1"));
  ASSERT_EQ(syllables.size(), 2U);
  EXPECT_DOUBLE_EQ(syllables[0].accuracy, 0.75);  // of the two expected phones
  EXPECT_EQ(syllables[0].start_ms, 0);
  EXPECT_EQ(syllables[0].end_ms, 300);
  EXPECT_EQ(syllables[1].start_ms, 300);
  EXPECT_EQ(syllables[1].end_ms, 500);
}

}  // namespace
}  // namespace higgins
