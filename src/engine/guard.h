// The rooms report what can go wrong as a Result; what is left (memory running out) ends here and not in the
// caller.
#pragma once

#include <exception>
#include <string>

#include "higgins/result.h"

namespace higgins {

template <typename Function>
auto Guard(const Function& function) -> decltype(function()) {
  try {
    return function();
  } catch (const std::exception& exception) {
    return Error{ErrorCode::kInternal, std::string("unexpected: ") + exception.what()};
  }
}

}  // namespace higgins
