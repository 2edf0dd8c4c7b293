// The report as a table for people.
#pragma once

#include <string>

#include "higgins/assessor.h"
#include "transports/cli/terminal.h"

namespace higgins::cli {

/// Scores are shown from 0 to 100. `detail` leaves out the phones, or the words too.
std::string AssessTable(const Report& report, Detail detail, const Painter& paint);

}  // namespace higgins::cli
