// What is wrong with a command line, in the words that were typed.
#pragma once

#include <string>

#include "CLI/CLI.hpp"

namespace holdfast::client {

// `error` is what parsing `app` threw. A value that somebody typed after "secret put" is never repeated.
std::string ExplainUsage(const CLI::App& app, const CLI::ParseError& error);

}  // namespace holdfast::client
