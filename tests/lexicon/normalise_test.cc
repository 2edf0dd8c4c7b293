// What is read for what is written.
#include "lexicon/normalise.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace higgins::lexicon {
namespace {

struct Case {
  const char* written;
  const char* spoken;
};

std::string Read(std::string_view written) {
  const auto words = Normalise(written);
  if (!words) return "error: " + words.error().message;
  std::string spoken;
  for (const SpokenWord& word : *words) spoken += (spoken.empty() ? "" : " ") + word.text;
  return spoken;
}

class NormaliseCases : public testing::TestWithParam<Case> {};

TEST_P(NormaliseCases, AreReadAsExpected) {
  EXPECT_EQ(Read(GetParam().written), GetParam().spoken) << GetParam().written;
}

INSTANTIATE_TEST_SUITE_P(Plain, NormaliseCases,
                         testing::ValuesIn(std::vector<Case>{
                             {"We call it bear", "we call it bear"},
                             {"WE CALL IT BEAR", "we call it bear"},
                             {"Hello, world!", "hello world"},
                             {"  spaced\tout\n lines ", "spaced out lines"},
                             {"(Wait...) what?!", "wait what"},
                             {"\"Quoted\" and 'quoted'", "quoted and quoted"},
                             {"“Curly” and ‘curly’", "curly and curly"},
                             {"one;two:three,four", "one two three four"},
                             {"word—word–word", "word word word"},
                             {"a well-known mother-in-law", "a well known mother in law"},
                             {"e-mail", "e mail"},
                             {"snake_case", "snake case"},
                             {"and/or", "and or"},
                             {"end.Start", "end start"},
                         }));

INSTANTIATE_TEST_SUITE_P(Unicode, NormaliseCases,
                         testing::ValuesIn(std::vector<Case>{
                             {"café naïve façade", "cafe naive facade"},
                             {"cafe\u0301", "cafe"},
                             {"Ｆｕｌｌ ｗｉｄｔｈ，１２", "full width twelve"},
                             {"straße Æsop œuvre Øre Łódź", "strasse aesop oeuvre ore lodz"},
                             {"ﬁne ﬂow", "fine flow"},
                             {"don’t", "don't"},
                             {"donʼt", "don't"},
                             {"soft\u00ADhyphen zero\u200Bwidth", "softhyphen zerowidth"},
                             {"\uFEFFfirst", "first"},
                             {"non\u00A0breaking", "non breaking"},
                             {"Windows® and Kleenex™", "windows and kleenex"},
                             {"I ❤️ pizza 🍕!", "i pizza"},
                             {"wait… what", "wait what"},
                             {"½ cup", "one half cup"},
                             {"5½ miles", "five and a half miles"},
                             {"𝐁𝐨𝐥𝐝 text", "bold text"},
                             {"• item", "item"},
                         }));

INSTANTIATE_TEST_SUITE_P(Contractions, NormaliseCases,
                         testing::ValuesIn(std::vector<Case>{
                             {"I'm, you're, he'd've", "i'm you're he'd've"},
                             {"It's o'clock", "it's o'clock"},
                             {"rock 'n' roll", "rock 'n roll"},
                             {"rock'n'roll", "rock'n'roll"},
                             {"get 'em, 'cause", "get 'em 'cause"},
                             {"'Tis the season", "'tis the season"},
                             {"the students' books", "the students books"},
                             {"I'm goin' home", "i'm goin' home"},
                             {"he said 'begin' twice", "he said begin twice"},
                             {"y'all", "y'all"},
                             {"Layla's", "layla's"},
                         }));

INSTANTIATE_TEST_SUITE_P(
    Numbers, NormaliseCases,
    testing::ValuesIn(std::vector<Case>{
        {"0", "zero"},
        {"7 cats", "seven cats"},
        {"13", "thirteen"},
        {"42", "forty two"},
        {"100", "one hundred"},
        {"365 days", "three hundred sixty five days"},
        {"1,000", "one thousand"},
        {"12,345", "twelve thousand three hundred forty five"},
        {"90210", "ninety thousand two hundred ten"},
        {"1000000", "one million"},
        {"1,000,000,000,000,000", "one quadrillion"},
        {"999,999,999,999,999",
         "nine hundred ninety nine trillion nine hundred ninety nine billion nine hundred ninety nine "
         "million nine hundred "
         "ninety nine thousand nine hundred ninety nine"},
        {"12345678901234567",
         "one two three four five six seven eight nine zero one two three four five six seven"},
        {"007", "zero zero seven"},
        {"3.14", "three point one four"},
        {".5", "point five"},
        {"0.05", "zero point zero five"},
        {"-5 degrees", "minus five degrees"},
        {"−5 °C", "minus five degrees celsius"},
        {"1°F", "one degree fahrenheit"},
        {"version 1.2.3", "version one point two point three"},
        {"5-10", "five to ten"},
        {"pages 5–10", "pages five to ten"},
        {"a 10-year-old", "a ten year old"},
        {"1/2", "one half"},
        {"3/4 cup", "three quarters cup"},
        {"2/3", "two thirds"},
        {"7/8", "seven eighths"},
        {"2 1/2 cups", "two and a half cups"},
        {"1 3/4", "one and three quarters"},
        {"24/7", "twenty four seven"},
        {"9/11", "nine eleven"},
        {"1st 2nd 3rd 4th", "first second third fourth"},
        {"the 21st century", "the twenty first century"},
        {"100th", "one hundredth"},
        {"12TH", "twelfth"},
        {"50%", "fifty percent"},
        {"0.5 %", "zero point five percent"},
        {"5-10%", "five to ten percent"},
        {"3 x 4", "three by four"},
        {"1920x1080", "nineteen twenty by one thousand eighty"},
        {"2 + 2 = 4", "two plus two equals four"},
        {"6 ÷ 2 × 3", "six divided by two times three"},
        {"3, 2, 1", "three two one"},
        {"No. 5", "number five"},
        {"#1", "number one"},
    }));

INSTANTIATE_TEST_SUITE_P(Years, NormaliseCases,
                         testing::ValuesIn(std::vector<Case>{
                             {"in 1995", "in nineteen ninety five"},
                             {"1900", "nineteen hundred"},
                             {"1905", "nineteen oh five"},
                             {"2000", "two thousand"},
                             {"2004", "two thousand four"},
                             {"2024", "twenty twenty four"},
                             {"1066", "one thousand sixty six"},
                             {"the 1990s", "the nineteen nineties"},
                             {"the 1990's", "the nineteen nineties"},
                             {"the '80s", "the eighties"},
                             {"1990-1995", "nineteen ninety to nineteen ninety five"},
                             {"1,995", "one thousand nine hundred ninety five"},
                             {"1995 km", "one thousand nine hundred ninety five kilometers"},
                         }));

INSTANTIATE_TEST_SUITE_P(Units, NormaliseCases,
                         testing::ValuesIn(std::vector<Case>{
                             {"5 km", "five kilometers"},
                             {"5km", "five kilometers"},
                             {"1 km", "one kilometer"},
                             {"a 5-km run", "a five kilometer run"},
                             {"100 km/h", "one hundred kilometers per hour"},
                             {"60 mph", "sixty miles per hour"},
                             {"2.5 kg", "two point five kilograms"},
                             {"6 ft 2", "six feet two"},
                             {"10 lbs", "ten pounds"},
                             {"16 GB", "sixteen gigabytes"},
                             {"20 m²", "twenty square meters"},
                             {"90°", "ninety degrees"},
                             {"5 min", "five minutes"},
                             {"10 μm", "ten micrometers"},
                         }));

INSTANTIATE_TEST_SUITE_P(Money, NormaliseCases,
                         testing::ValuesIn(std::vector<Case>{
                             {"$5", "five dollars"},
                             {"$1", "one dollar"},
                             {"$5.50", "five dollars and fifty cents"},
                             {"$1.01", "one dollar and one cent"},
                             {"$0.99", "ninety nine cents"},
                             {"$20.00", "twenty dollars"},
                             {"$1,234.56",
                              "one thousand two hundred thirty four dollars and fifty six cents"},
                             {"$1999", "one thousand nine hundred ninety nine dollars"},
                             {"$3.5 million", "three point five million dollars"},
                             {"$2bn", "two billion dollars"},
                             {"$10k", "ten thousand dollars"},
                             {"-$5", "minus five dollars"},
                             {"$5-10", "five to ten dollars"},
                             {"US$100", "one hundred dollars"},
                             {"£1", "one pound"},
                             {"£2.50", "two pounds and fifty pence"},
                             {"€20", "twenty euros"},
                             {"20 €", "twenty euros"},
                             {"€1.5 billion", "one point five billion euros"},
                             {"¥500", "five hundred yen"},
                             {"50¢", "fifty cents"},
                         }));

INSTANTIATE_TEST_SUITE_P(Dates, NormaliseCases,
                         testing::ValuesIn(std::vector<Case>{
                             {"12/25/2024", "december twenty fifth twenty twenty four"},
                             {"25/12/2024", "december twenty fifth twenty twenty four"},
                             {"1/2/99", "january second ninety nine"},
                             {"3/4/05", "march fourth oh five"},
                             {"2024-12-25", "december twenty fifth twenty twenty four"},
                             {"25.12.2024", "december twenty fifth twenty twenty four"},
                             {"25 Dec 2024", "the twenty fifth of december twenty twenty four"},
                             {"the 25th December", "the twenty fifth of december"},
                             {"Dec. 25, 2024", "december twenty fifth twenty twenty four"},
                             {"December 25th, 2024", "december twenty fifth twenty twenty four"},
                             {"On May 5 we", "on may fifth we"},
                             {"March 2024", "march twenty twenty four"},
                             {"I may 2 times", "i may second times"},
                             {"Sept 3", "september third"},
                             {"12/25", "december twenty fifth"},
                             {"July 4, 1776", "july fourth seventeen seventy six"},
                             {"At 5 may I go", "at five may i go"},
                         }));

INSTANTIATE_TEST_SUITE_P(Times, NormaliseCases,
                         testing::ValuesIn(std::vector<Case>{
                             {"3:30 pm", "three thirty pm"},
                             {"3:30pm", "three thirty pm"},
                             {"at 5 p.m. today", "at five pm today"},
                             {"5 AM", "five am"},
                             {"3:00", "three o'clock"},
                             {"3:00 p.m.", "three pm"},
                             {"15:00", "fifteen hundred"},
                             {"15:45", "fifteen forty five"},
                             {"7:05", "seven oh five"},
                             {"10:30:15", "ten thirty fifteen"},
                             {"16:9", "sixteen to nine"},
                             {"9-5", "nine to five"},
                             {"I am 5", "i am five"},
                         }));

INSTANTIATE_TEST_SUITE_P(DigitStrings, NormaliseCases,
                         testing::ValuesIn(std::vector<Case>{
                             {"555-1234", "five five five one two three four"},
                             {"(555) 123-4567", "five five five one two three four five six seven"},
                             {"1-800-555-0199", "one eight zero zero five five five zero one nine nine"},
                             {"+1 555 123 4567", "plus one five five five one two three four five six seven"},
                             {"123-45-6789", "one two three four five six seven eight nine"},
                             {"Call 911!", "call nine one one"},
                         }));

INSTANTIATE_TEST_SUITE_P(Abbreviations, NormaliseCases,
                         testing::ValuesIn(std::vector<Case>{
                             {"Mr. Smith and Mrs. Jones", "mister smith and missus jones"},
                             {"Dr. Lee lives on Oak Dr.", "doctor lee lives on oak drive"},
                             {"St. John lives on Main St.", "saint john lives on main street"},
                             {"In St. Louis", "in saint louis"},
                             {"Prof. Higgins vs. Col. Pickering",
                              "professor higgins versus colonel pickering"},
                             {"cats, dogs, etc.", "cats dogs etcetera"},
                             {"e.g. this, i.e. that", "for example this that is that"},
                             {"Fig. 3", "figure three"},
                             {"a fig.", "a fig"},
                             {"No.", "no"},
                             {"The cat sat.", "the cat sat"},
                             {"pp. 5-7", "pages five to seven"},
                             {"Acme Inc. and Sons Ltd.", "acme incorporated and sons limited"},
                             {"w/ milk, w/o sugar", "with milk without sugar"},
                             {"King Jr.", "king junior"},
                             {"Mt. Everest", "mount everest"},
                         }));

INSTANTIATE_TEST_SUITE_P(Acronyms, NormaliseCases,
                         testing::ValuesIn(std::vector<Case>{
                             {"NASA and the FBI", "nasa and the fbi"},
                             {"the U.S.A. is", "the usa is"},
                             {"the U.S. is", "the us is"},
                             {"Ph.D.", "phd"},
                             {"J. K. Rowling", "j k rowling"},
                             {"J.K. Rowling", "jk rowling"},
                             {"A B C", "a b c"},
                             {"two CDs", "two cds"},
                             {"R&D at AT&T", "r and d at at and t"},
                             {"salt & pepper", "salt and pepper"},
                             {"MP3", "mp three"},
                             {"B2B", "b two b"},
                             {"H2O", "h two o"},
                             {"4K TV", "four k tv"},
                             {"COVID-19", "covid nineteen"},
                             {"an F-16", "an f sixteen"},
                             {"C++ or C#", "c plus plus or c sharp"},
                             {"Henry VIII", "henry the eighth"},
                             {"World War II", "world war two"},
                             {"Chapter IV", "chapter four"},
                             {"I read it", "i read it"},
                         }));

INSTANTIATE_TEST_SUITE_P(Addresses, NormaliseCases,
                         testing::ValuesIn(std::vector<Case>{
                             {"john.doe@example.com", "john dot doe at example dot com"},
                             {"https://www.example.com/about", "www dot example dot com slash about"},
                             {"Visit example.org.", "visit example dot org"},
                             {"me@x-y.co.uk", "me at x dash y dot co dot uk"},
                             {"@higgins says #hello", "at higgins says hashtag hello"},
                             {"meet @ noon", "meet at noon"},
                         }));

// Which words may be said in more than one way is part of the contract too.
TEST(Normalise, SaysWhatIsSpelled) {
  using Kind = SpokenWord::Kind;
  const auto kinds = [](std::string_view text) {
    std::vector<Kind> result;
    const auto words = Normalise(text);
    EXPECT_TRUE(words.has_value()) << text;
    if (words) {
      for (const SpokenWord& word : *words) result.push_back(word.kind);
    }
    return result;
  };
  EXPECT_THAT(kinds("the FBI"), testing::ElementsAre(Kind::kWord, Kind::kAcronym));
  EXPECT_THAT(kinds("THE FBI"), testing::ElementsAre(Kind::kWord, Kind::kWord));
  EXPECT_THAT(kinds("u.s.a. B"), testing::ElementsAre(Kind::kSpelled, Kind::kSpelled));
  EXPECT_THAT(kinds("I have a CD"),
              testing::ElementsAre(Kind::kWord, Kind::kWord, Kind::kWord, Kind::kAcronym));
  EXPECT_THAT(kinds("my CDs"), testing::ElementsAre(Kind::kWord, Kind::kSpelledPlural));
  EXPECT_THAT(kinds("555-1234"), testing::Each(Kind::kDigit));
  EXPECT_THAT(kinds("mp3 file"), testing::ElementsAre(Kind::kSpelled, Kind::kWord, Kind::kWord));
}

std::string Spans(std::string_view text) {
  const auto words = Normalise(text);
  if (!words) return words.error().message;
  std::string spans;
  for (const SpokenWord& word : *words) {
    const auto begin = static_cast<std::size_t>(word.char_begin);
    spans += word.text + "<" +
             std::string(text.substr(begin, static_cast<std::size_t>(word.char_end) - begin)) + "> ";
  }
  return spans;
}

TEST(Normalise, KeepsTheBytesOfEveryWord) {
  EXPECT_EQ(Spans("Hello, “café”!"), "hello<Hello> cafe<café> ");
  EXPECT_EQ(Spans("cafe\u0301s"), "cafes<cafe\u0301s> ");
  EXPECT_EQ(Spans("in 1995."), "in<in> nineteen<1995> ninety<1995> five<1995> ");
  EXPECT_EQ(Spans("Dec. 25, 2024"),
            "december<Dec.> twenty<25> fifth<25> twenty<2024> twenty<2024> four<2024> ");
  EXPECT_EQ(Spans("25 Dec"), "the<25> twenty<25> fifth<25> of<Dec> december<Dec> ");
  EXPECT_EQ(Spans("(5 km)"), "five<5> kilometers<km> ");
  EXPECT_EQ(Spans("$5 million!"), "five<$5 million> million<$5 million> dollars<$5 million> ");
  EXPECT_EQ(Spans("5–10"), "five<5> to<–> ten<10> ");
  EXPECT_EQ(Spans("mother-in-law"), "mother<mother> in<in> law<law> ");
  EXPECT_EQ(Spans("5½"), "five<5> and<½> a<½> half<½> ");
  EXPECT_EQ(Spans("a.b@c.com"), "a<a> dot<.> b<b> at<@> c<c> dot<.> com<com> ");
}

std::string ErrorOf(std::string_view text) {
  const auto words = Normalise(text);
  if (words) return "no error";
  EXPECT_EQ(words.error().code, ErrorCode::kInvalidArgument);
  return words.error().message;
}

TEST(Normalise, RefusesWhatCannotBeRead) {
  using testing::HasSubstr;
  EXPECT_THAT(ErrorOf(""), HasSubstr("no words"));
  EXPECT_THAT(ErrorOf(" ... !? 🍕"), HasSubstr("no words"));
  EXPECT_THAT(ErrorOf("abc\xFF"), HasSubstr("not valid UTF-8 at byte 3"));
  EXPECT_THAT(ErrorOf("caf\xC3"), HasSubstr("at byte 3"));
  EXPECT_THAT(ErrorOf("\xED\xA0\x80"), HasSubstr("at byte 0"));  // a surrogate
  EXPECT_THAT(ErrorOf("a\xC0\x80"), HasSubstr("at byte 1"));     // an overlong form
  EXPECT_THAT(ErrorOf("say привет now"), HasSubstr("\"привет\" (bytes 4-16)"));
  EXPECT_THAT(ErrorOf("你好"), HasSubstr("Latin script"));
  EXPECT_THAT(ErrorOf("٣ cats"), HasSubstr("٣"));
  EXPECT_THAT(ErrorOf(std::string(10001, 'a')), HasSubstr("10001 bytes"));
  EXPECT_THAT(ErrorOf(std::string(101, 'a')), HasSubstr("101 letters"));
  EXPECT_EQ(Read(std::string(100, 'a')), std::string(100, 'a'));
  std::string longest;
  while (longest.size() + 2 <= kMaxTextBytes) longest += "a ";
  EXPECT_TRUE(Normalise(longest).has_value());
}

}  // namespace
}  // namespace higgins::lexicon
