// The likelihood of every labelling one edit away from the canonical one, exactly, in one sweep per position.
//
// Left of label i everything is in alpha, right of it in beta, so the labellings that put some label q
// between the boundaries (blank states) 2i and 2j differ in the run of q alone (arXiv 2507.16838 asks for
// these likelihoods; it runs one CTC per substitution, O(T N^2 V) in all, this is O(T N V)). Frames t, labels
// and states counted from 0:
//   enter_t(i, q) = [t=0][i=0]   + [t>0]   ( alpha_{t-1}(2i) + [i>0, q != l_{i-1}] alpha_{t-1}(2i-1) )
//   leave_t(j, q) = [t=T-1][j=N] + [t<T-1] ( beta_{t+1}(2j)  + [j<N, q != l_j]     beta_{t+1}(2j+1) )
//   run_t(q) = y_t(q) ( run_{t-1}(q) + enter_t(i, q) )
//   p(label i replaced by q)       = sum_t run_t(q) leave_t(i+1, q)       equals p(canonical) for q = l_i
//   p(q inserted before label i)   = sum_t run_t(q) leave_t(i, q)
//   p(label i deleted)             = sum_t enter_t(i, l_{i+1}) beta_t(2i+3)            for i < N-1
//                                  = alpha_{T-1}(2N-2) + [N>1] alpha_{T-1}(2N-3)       for i = N-1
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "ctc/forward_backward.h"

namespace higgins::ctc {

/// Natural logarithms; -inf where the frames cannot hold the edited labelling. N labels, V columns.
struct EditLikelihoods {
  int num_columns = 0;
  std::vector<double> substitution;  ///< [N x V]; the blank's column: the deletion of the label
  std::vector<double> insertion;     ///< [N+1 x V]; row i: before label i, row N: after the last; blank: -inf

  std::span<double> substitution_row(int label_index) { return Row(substitution, label_index); }
  std::span<double> insertion_row(int position) { return Row(insertion, position); }

 private:
  std::span<double> Row(std::vector<double>& values, int row) const {
    return {values.data() + static_cast<std::size_t>(row) * num_columns,
            static_cast<std::size_t>(num_columns)};
  }
};

/// `lattice` is RunForwardBackward of the same posteriors and labels.
EditLikelihoods ComputeEditLikelihoods(const LinearPosteriors& posteriors, std::span<const int> labels,
                                       int blank, const ForwardBackward& lattice);

}  // namespace higgins::ctc
