// Dense row-major matrices. Functions take MatrixView; Matrix owns. A comment at each use states [rows x
// columns].
#pragma once

#include <cassert>
#include <cstddef>
#include <span>
#include <type_traits>
#include <vector>

namespace higgins {

/// A borrowed row-major matrix. T is const-qualified for read-only views.
template <typename T>
class MatrixView {
 public:
  MatrixView() = default;
  MatrixView(T* data, int num_rows, int num_columns) : data_(data), rows_(num_rows), columns_(num_columns) {}
  // A view of mutable elements is also a view of const ones.
  template <typename U>
    requires(std::is_const_v<T> && std::is_same_v<std::remove_const_t<T>, U>)
  MatrixView(MatrixView<U> other) : MatrixView(other.data(), other.rows(), other.columns()) {}  // NOLINT

  int rows() const { return rows_; }
  int columns() const { return columns_; }
  bool empty() const { return rows_ == 0 || columns_ == 0; }
  T* data() const { return data_; }
  T& operator()(int row, int column) const {
    assert(row >= 0 && row < rows_ && column >= 0 && column < columns_);
    return data_[static_cast<std::size_t>(row) * columns_ + column];
  }
  std::span<T> row(int index) const {
    assert(index >= 0 && index < rows_);
    return {data_ + static_cast<std::size_t>(index) * columns_, static_cast<std::size_t>(columns_)};
  }
  /// Rows [begin, end).
  MatrixView rows_between(int begin, int end) const {
    assert(0 <= begin && begin <= end && end <= rows_);
    return {data_ + static_cast<std::size_t>(begin) * columns_, end - begin, columns_};
  }

 private:
  T* data_ = nullptr;
  int rows_ = 0;
  int columns_ = 0;
};

/// An owned row-major matrix of floats.
class Matrix {
 public:
  Matrix() = default;
  Matrix(int num_rows, int num_columns, float fill = 0.0F)
      : values_(static_cast<std::size_t>(num_rows) * num_columns, fill),
        rows_(num_rows),
        columns_(num_columns) {}
  /// A copy.
  explicit Matrix(MatrixView<const float> view)
      : values_(view.data(), view.data() + static_cast<std::size_t>(view.rows()) * view.columns()),
        rows_(view.rows()),
        columns_(view.columns()) {}

  int rows() const { return rows_; }
  int columns() const { return columns_; }
  float& operator()(int row, int column) { return view()(row, column); }
  float operator()(int row, int column) const { return view()(row, column); }
  std::span<float> row(int index) { return view().row(index); }
  std::span<const float> row(int index) const { return view().row(index); }
  MatrixView<float> view() { return {values_.data(), rows_, columns_}; }
  MatrixView<const float> view() const { return {values_.data(), rows_, columns_}; }
  std::span<const float> values() const { return values_; }
  std::span<float> values() { return values_; }

 private:
  std::vector<float> values_;
  int rows_ = 0;
  int columns_ = 0;
};

}  // namespace higgins
