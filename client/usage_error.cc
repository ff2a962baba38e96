#include "client/usage_error.h"

#include <vector>

#include "client/options.h"
#include "fmt/format.h"
#include "fmt/ranges.h"
#include "vault/policy/names.h"

namespace holdfast::client {
namespace {

std::string Join(const std::string& path, const std::string& word) {
  return path.empty() ? word : path + " " + word;
}

// "there is no command account bogus: say account add, list, ..."
std::string ExplainCommand(const CLI::App& group, const std::string& path, const std::string& word) {
  std::vector<std::string> names;
  for (const CLI::App* command : group.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(command->get_name());
  const std::string known =
      fmt::format("{}{}{}", path, path.empty() ? "" : " ", fmt::join(names, path.empty() ? ", " : "|"));
  if (word.empty()) return fmt::format("name a command: {}", known);
  const std::vector<std::string_view> allowed(names.begin(), names.end());
  if (const auto nearest = policy::Nearest(word, allowed); nearest.has_value())
    return fmt::format("there is no command {}; did you mean {}?", Join(path, word),
                       Join(path, std::string(*nearest)));
  return fmt::format("there is no command {}: say {}", Join(path, word), known);
}

}  // namespace

std::string ExplainUsage(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App* command = &app;
  std::string path;
  while (!command->get_subcommands().empty()) {
    command = command->get_subcommands().front();
    path = Join(path, command->get_name());
  }
  const std::vector<std::string> extra = app.remaining(/*recurse=*/true);  // in the order they were typed
  const bool is_group = !command->get_subcommands([](const CLI::App*) { return true; }).empty();
  const bool unexpected = error.get_exit_code() == static_cast<int>(CLI::ExitCodes::ExtrasError);
  const bool missing = error.get_exit_code() == static_cast<int>(CLI::ExitCodes::RequiredError);
  if (!extra.empty() && path == "secret put")
    return "a value is never given on the command line: your shell's history may hold what you typed now; "
           "change it if it was a secret, and give the new one with --from-file or when asked";
  if (!extra.empty() && path == "enroll" && !extra.front().starts_with('-'))
    return "an enrollment string is never given on the command line: whoever reads your shell's history could use it; "
           "leave it out to be asked for it, or say --from-file";
  if (!extra.empty() && extra.front().starts_with('-') && (is_group || unexpected))
    return fmt::format("there is no option {} here", extra.front());
  if (is_group && (unexpected || missing))
    return ExplainCommand(*command, path, extra.empty() ? "" : extra.front());
  if (!unexpected || extra.empty()) return error.what();
  if (app.count("--wait") > 0 && ParseDuration(extra.front()).has_value())
    return fmt::format("{} is not expected here; for how long to wait, write --wait={}", extra.front(),
                       extra.front());
  return fmt::format("{} is not expected here", fmt::join(extra, " "));
}

}  // namespace holdfast::client
