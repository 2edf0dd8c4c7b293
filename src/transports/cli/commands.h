// The commands. Each adds itself to the app; what it decides to exit with is left in *exit_code.
#pragma once

#include <CLI/CLI.hpp>

namespace higgins::cli {

void AddAssessCommand(CLI::App* app, int* exit_code);
void AddPhonesCommand(CLI::App* app, int* exit_code);
void AddBatchCommand(CLI::App* app, int* exit_code);
void AddEvalCommand(CLI::App* app, int* exit_code);
void AddBenchCommand(CLI::App* app, int* exit_code);
void AddInfoCommand(CLI::App* app, int* exit_code);
void AddServeCommand(CLI::App* app, int* exit_code);

}  // namespace higgins::cli
