// Results as numpy arrays that own their memory.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <utility>
#include <vector>

#include "base/matrix.h"

namespace higgins::python {

namespace nb = nanobind;

/// Moves `storage` to the heap; the array borrows `storage.data()` and the capsule frees it with the array.
template <typename T, typename Storage>
nb::object ToArray(Storage storage, std::initializer_list<std::size_t> shape) {
  auto owned = std::make_unique<Storage>(std::move(storage));
  T* data = nullptr;
  if constexpr (requires { owned->view(); }) {
    data = owned->view().data();
  } else {
    data = owned->data();
  }
  nb::capsule owner(owned.get(),
                    [](void* pointer) noexcept { std::unique_ptr<Storage>(static_cast<Storage*>(pointer)); });
  owned.release();  // the capsule's now
  return nb::cast(nb::ndarray<nb::numpy, T>(data, shape, owner));
}

inline nb::object ToArray(Matrix matrix) {
  const auto rows = static_cast<std::size_t>(matrix.rows());
  const auto columns = static_cast<std::size_t>(matrix.columns());
  return ToArray<float>(std::move(matrix), {rows, columns});
}

template <typename T>
nb::object ToArray(std::vector<T> values) {
  const std::size_t size = values.size();
  return ToArray<T>(std::move(values), {size});
}

}  // namespace higgins::python
