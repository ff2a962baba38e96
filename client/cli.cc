#include "client/cli.h"

#include <charconv>
#include <exception>
#include <string_view>
#include <vector>

#include "client/approval_wait.h"
#include "client/command.h"
#include "client/errors.h"
#include "client/restored.h"
#include "client/usage_error.h"
#include "fmt/format.h"
#include "vault/base/limits.h"
#include "vault/base/text.h"
#include "vault/crypto/init.h"

namespace holdfast::client {
namespace {

void AddGlobals(CLI::App& app, Globals& globals) {
  app.add_option("-o,--output", globals.output, "How answers are printed: table, json or jsonl")
      ->check(CLI::IsMember({"table", "json", "jsonl"}));
  app.add_flag("-q,--quiet", globals.quiet, "No guidance and no progress on standard error");
  app.add_flag("-y,--yes", globals.yes, "Do not ask for confirmation");
  app.add_flag("--accept-restore", globals.accept_restore,
               "Go on with a vault that was restored from a backup, and with what it lost");
  app.add_option("--reason", globals.reason, "Why; kept in the audit log");
  app.add_option("--approval", globals.approval,
                 "The approval to use; without it, a fitting one of your own");
  app.add_flag("--wait{10m}", globals.wait,
               "When it needs an approval, wait for it and go on; --wait=2h for longer than 10m");
}

void AddCommands(CLI::App& app, Invocation& invocation) {
  AddEnrollCommand(app, invocation);
  AddStatusCommand(app, invocation);
  AddDeviceCommands(app, invocation);
  AddHolderCommands(app, invocation);
  AddAccountCommands(app, invocation);
  AddSecretCommands(app, invocation);
  AddAccessCommands(app, invocation);
  AddExposureCommands(app, invocation);
  AddFindingsCommands(app, invocation);
  AddApprovalCommands(app, invocation);
  AddImportCommand(app, invocation);
  AddBreakGlassCommands(app, invocation);
  AddHandoverCommands(app, invocation);
  AddAuditCommands(app, invocation);
  AddVaultCommands(app, invocation);
  AddPlaybookCommands(app, invocation);
  AddPolicyCommands(app, invocation);
}

// -o is not known when parsing fails, unless it came before the mistake.
bool WantsJson(int argc, const char* const* argv, const Globals& globals) {
  if (!globals.output.empty()) return globals.format() != OutputFormat::kTable;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    const std::string_view next = i + 1 < argc ? argv[i + 1] : "";
    if (word == "-ojson" || word == "-ojsonl" || word == "--output=json" || word == "--output=jsonl")
      return true;
    if ((word == "-o" || word == "--output") && (next == "json" || next == "jsonl")) return true;
  }
  return false;
}

int Report(const absl::Status& status, bool json) {
  fmt::print(stderr, "{}", json ? ErrorJson(status) : ErrorLine(status));
  return static_cast<int>(ExitCodeOf(status));
}

absl::Status SetApprovals(const Globals& globals) {
  ApprovalUse use{.quiet = globals.quiet};
  if (!globals.approval.empty()) {
    HF_ASSIGN_OR_RETURN(use.name, ApprovalArg("--approval", globals.approval));
  }
  if (!globals.wait.empty()) {
    use.wait = ParseDuration(globals.wait);
    if (!use.wait.has_value()) return InvalidField("--wait", "must be a duration such as 30s, 10m or 2h");
  }
  SetApprovalUse(std::move(use));
  return absl::OkStatus();
}

absl::Status RunAction(const Invocation& invocation) {
  HF_RETURN_IF_ERROR(CheckLine("--reason", invocation.globals.reason, kMaxReason, /*required=*/false));
  HF_RETURN_IF_ERROR(crypto::Init());
  HF_RETURN_IF_ERROR(SetApprovals(invocation.globals));
  SetAcceptRestore(invocation.globals.accept_restore);
  return invocation.action();
}

int Parse(CLI::App& app, Invocation& invocation, int argc, const char* const* argv) {
  try {
    app.parse(argc, argv);
    return static_cast<int>(ExitCode::kOk);
  } catch (const CLI::Success& help_or_version) {
    app.exit(help_or_version);
  } catch (const CLI::ParseError& error) {
    const bool json = WantsJson(argc, argv, invocation.globals);
    const absl::Status usage =
        MakeError(absl::StatusCode::kInvalidArgument, "USAGE", ExplainUsage(app, error));
    const int code = Report(usage, json);
    // A value that an option does not take is told with those that it takes.
    const bool told = error.get_exit_code() == static_cast<int>(CLI::ExitCodes::ValidationError);
    if (!json && !told && !invocation.globals.quiet) fmt::print(stderr, "Run with --help for more.\n");
    invocation.action = nullptr;
    return code;
  }
  invocation.action = nullptr;
  return static_cast<int>(ExitCode::kOk);
}

}  // namespace

CLI::Validator WholeNumber(std::int64_t least, std::int64_t most) {
  const std::string bounds = most == std::numeric_limits<std::int64_t>::max()
                                 ? fmt::format("from {} on", least)
                                 : fmt::format("from {} to {}", least, most);
  return {[least, most, bounds](const std::string& text) {
            std::int64_t number = 0;
            const char* end = text.data() + text.size();
            const auto [stop, error] = std::from_chars(text.data(), end, number);
            const bool fits = error == std::errc() && stop == end && number >= least && number <= most;
            return fits ? std::string() : fmt::format("must be a whole number {}, not {}", bounds, text);
          },
          ""};
}

CLI::App* AddGroup(CLI::App& root, const std::string& name, const std::string& help) {
  CLI::App* group = root.add_subcommand(name, help);
  group->require_subcommand(1);
  return group;
}

int RunCommandLine(int argc, const char* const* argv) {
  CLI::App app("Holdfast keeps an organisation's accounts in the organisation's hands.", "holdfast");
  Invocation invocation;
  app.require_subcommand(1);
  app.fallthrough();  // global options may follow the command; subcommands inherit this
  app.set_version_flag("--version", "holdfast " HOLDFAST_VERSION);
  AddGlobals(app, invocation.globals);
  app.footer("Options of every command, such as --reason, --output and --wait: holdfast --help");
  AddCommands(app, invocation);
  app.footer(
      "Environment:\n"
      "  HOLDFAST_HOME    where this device's identity lies; ~/.config/holdfast when not set\n"
      "  HOLDFAST_SERVER  HOST:PORT of a vault that has moved; else the address it was enrolled at");
  if (argc < 2) {
    fmt::print("{}", app.help());
    return static_cast<int>(ExitCode::kOk);
  }
  // "holdfast help secret put" is "holdfast secret put --help".
  std::vector<const char*> words(argv, argv + argc);
  if (std::string_view(words[1]) == "help") {
    words.erase(words.begin() + 1);
    words.push_back("--help");
  }
  const int parsed = Parse(app, invocation, argc, words.data());
  if (!invocation.action) return parsed;
  const bool json = invocation.globals.format() != OutputFormat::kTable;
  absl::Status status;
  try {
    status = RunAction(invocation);
  } catch (const std::exception&) {  // of a library: its text is not for the user
    status = MakeError(absl::StatusCode::kInternal, "UNEXPECTED", "an unexpected error occurred");
  }
  return status.ok() ? parsed : Report(status, json);
}

}  // namespace holdfast::client
