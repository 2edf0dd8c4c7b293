#pragma once

#include "engine/pack.h"
#include "higgins/assessor.h"

namespace higgins {

struct Assessor::Impl {
  Pack pack;
};

}  // namespace higgins
