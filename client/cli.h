// The command line as a whole.
#pragma once

namespace holdfast::client {

// Parses, runs, reports on standard error; returns the exit code. Nothing is thrown.
int RunCommandLine(int argc, const char* const* argv);

}  // namespace holdfast::client
