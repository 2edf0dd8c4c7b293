// The second witness: PyTorch's ctc_loss for every edit of a few cases (tools/make_ctc_golden.py).
#include <cmath>
#include <fstream>
#include <span>
#include <sstream>
#include <string>

#include "ctc/edit_likelihoods.h"
#include "ctc/forward_backward.h"
#include "ctc/gop.h"
#include "gtest/gtest.h"

namespace higgins::ctc {
namespace {

// Through text, because a stream does not read "-inf".
double ReadNumber(std::istream& in) {
  std::string word;
  in >> word;
  return std::stod(word);
}

void ExpectRow(std::istream& in, std::span<const double> actual, const std::string& what) {
  for (std::size_t q = 0; q < actual.size(); ++q) {
    const double expected = ReadNumber(in);
    if (std::isinf(expected)) {
      EXPECT_EQ(actual[q], expected) << what << ", column " << q;
    } else {
      EXPECT_NEAR(actual[q], expected, 1e-9) << what << ", column " << q;
    }
  }
}

void CheckCase(std::istream& in) {
  int num_frames = 0;
  int num_columns = 0;
  int num_labels = 0;
  int blank = 0;
  in >> num_frames >> num_columns >> num_labels >> blank;
  std::vector<int> labels(static_cast<std::size_t>(num_labels));
  for (int& label : labels) in >> label;
  Matrix y(num_frames, num_columns);
  for (float& value : y.values()) value = static_cast<float>(ReadNumber(in));

  const LinearPosteriors posteriors(y.view());
  const ForwardBackward lattice = RunForwardBackward(posteriors, labels, blank);
  EditLikelihoods edits = ComputeEditLikelihoods(posteriors, labels, blank, lattice);
  const double canonical = ReadNumber(in);
  EXPECT_NEAR(lattice.likelihood.Log(), canonical, 1e-9);
  EXPECT_NEAR(*LogLikelihood(y.view(), labels, blank), canonical, 1e-9);
  for (int i = 0; i < num_labels; ++i) {
    ExpectRow(in, edits.substitution_row(i), "substitution of label " + std::to_string(i));
  }
  for (int i = 0; i <= num_labels; ++i) {
    // PyTorch has no insertion of a blank; the file says 0 there, the library -inf.
    EXPECT_TRUE(std::isinf(edits.insertion_row(i)[static_cast<std::size_t>(blank)]));
    edits.insertion_row(i)[static_cast<std::size_t>(blank)] = 0.0;
    ExpectRow(in, edits.insertion_row(i), "insertion before label " + std::to_string(i));
  }
}

TEST(Golden, EveryEditAgreesWithPyTorch) {
  std::ifstream file(HIGGINS_SOURCE_DIR "/tests/ctc/golden/ctc_loss.txt");
  ASSERT_TRUE(file) << "make it with tools/make_ctc_golden.py";
  std::stringstream numbers;
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with('#')) numbers << line << '\n';
  }
  int num_cases = 0;
  for (std::string word; numbers >> word; ++num_cases) {
    ASSERT_EQ(word, "case");
    SCOPED_TRACE("case " + std::to_string(num_cases));
    CheckCase(numbers);
  }
  EXPECT_EQ(num_cases, 6);
}

}  // namespace
}  // namespace higgins::ctc
