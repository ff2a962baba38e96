#include "client/command.h"
#include "client/prompt.h"
#include "fmt/format.h"
#include "holdfast/v1/handover_service.grpc.pb.h"
#include "vault/base/limits.h"
#include "vault/base/text.h"

namespace holdfast::client {
namespace {

using Handovers = v1::HandoverService;
using Methods = Handovers::StubInterface;

constexpr std::size_t kMaxTaskName = 128;

struct StartOptions {
  std::string leaver;
  std::string successor;
};

struct CaseOptions {
  std::string id;
  bool open = false;
  std::string as;
  std::string evidence;
};

absl::StatusOr<v1::StartHandoverRequest> StartRequest(const Globals& globals, const StartOptions& options,
                                                      bool plan_only) {
  v1::StartHandoverRequest request;
  HF_ASSIGN_OR_RETURN(*request.mutable_leaver(), HolderArg("--leaver", options.leaver));
  HF_ASSIGN_OR_RETURN(*request.mutable_successor(), OptionalHolderArg("--successor", options.successor));
  request.set_reason(globals.reason);
  request.set_request_id(NewRequestId());
  request.set_validate_only(plan_only);
  return request;
}

// What comes next, for people; programs read the state.
absl::Status PrintCase(const Globals& globals, const v1::Handover& handover) {
  HF_RETURN_IF_ERROR(Print(globals, handover));
  if (globals.format() != OutputFormat::kTable || handover.name().empty()) return absl::OkStatus();
  const std::string id = LastId(handover.name());
  switch (handover.state()) {
    case v1::HANDOVER_STATE_FROZEN:
      Note(globals, fmt::format("{} is frozen. The cut waits for an approval: holdfast handover approve {}",
                                handover.leaver(), id));
      break;
    case v1::HANDOVER_STATE_CUT:
      Note(globals, fmt::format("What is left to do: holdfast handover tasks {} --open", id));
      break;
    default:
      break;
  }
  return absl::OkStatus();
}

absl::Status Plan(const Globals& globals, const StartOptions& options) {
  HF_ASSIGN_OR_RETURN(const auto request, StartRequest(globals, options, /*plan_only=*/true));
  return CallAndPrint<Handovers>(globals, &Methods::StartHandover, request);
}

absl::Status Start(const Globals& globals, const StartOptions& options) {
  HF_ASSIGN_OR_RETURN(const auto request, StartRequest(globals, options, /*plan_only=*/false));
  HF_RETURN_IF_ERROR(Confirm(
      globals.yes,
      fmt::format("Start the handover of {}? It cannot be undone. They are shut out at once; then what they "
                  "own moves on and their devices are revoked, at once or when somebody approves.",
                  request.leaver()),
      "a handover cannot be undone and shuts the leaver out at once"));
  HF_ASSIGN_OR_RETURN(const auto session, Session::Open());
  HF_ASSIGN_OR_RETURN(const v1::Handover started, session->Call<Handovers>(&Methods::StartHandover, request));
  return PrintCase(globals, started);
}

absl::Status Approve(const Globals& globals, const CaseOptions& options) {
  v1::ApproveHandoverRequest request;
  HF_ASSIGN_OR_RETURN(*request.mutable_name(), HandoverArg("CASE", options.id));
  request.set_request_id(NewRequestId());
  request.set_reason(globals.reason);
  HF_ASSIGN_OR_RETURN(const auto session, Session::Open());
  HF_ASSIGN_OR_RETURN(const v1::Handover approved,
                      session->Call<Handovers>(&Methods::ApproveHandover, request));
  return PrintCase(globals, approved);
}

absl::Status Show(const Globals& globals, const CaseOptions& options) {
  v1::GetHandoverRequest request;
  HF_ASSIGN_OR_RETURN(*request.mutable_name(), HandoverArg("CASE", options.id));
  return CallAndPrint<Handovers>(globals, &Methods::GetHandover, request);
}

absl::Status List(const Globals& globals, const NoOptions&) {
  return ListAndPrint<Handovers>(globals, &Methods::ListHandovers, {});
}

absl::Status Tasks(const Globals& globals, const CaseOptions& options) {
  v1::ListHandoverTasksRequest request;
  HF_ASSIGN_OR_RETURN(*request.mutable_parent(), HandoverArg("CASE", options.id));
  request.set_open_only(options.open);
  HF_ASSIGN_OR_RETURN(const auto session, Session::Open());
  HF_ASSIGN_OR_RETURN(const auto tasks,
                      session->CallAllPages<Handovers>(&Methods::ListHandoverTasks, request));
  if (options.open && tasks.tasks().empty() && globals.format() == OutputFormat::kTable)
    return WriteOut("no open tasks\n");
  return Print(globals, tasks);
}

// "7/12" or "handovers/7/tasks/12".
absl::StatusOr<std::string> TaskArg(const std::string& text) {
  if (text.starts_with("handovers/")) return text;
  const std::size_t slash = text.find('/');
  if (slash == text.npos)
    return InvalidField("TASK", "must be a case and a number, as in 7/12: see 'holdfast handover tasks'");
  HF_ASSIGN_OR_RETURN(const std::string handover, HandoverArg("TASK", text.substr(0, slash)));
  return handover + "/tasks" + text.substr(slash);
}

absl::Status Done(const Globals& globals, const CaseOptions& options) {
  v1::SettleHandoverTaskRequest request;
  HF_ASSIGN_OR_RETURN(*request.mutable_name(), TaskArg(options.id));
  HF_RETURN_IF_ERROR(CheckLine("TASK", request.name(), kMaxTaskName, /*required=*/true));
  HF_RETURN_IF_ERROR(CheckLine("--evidence", options.evidence, kMaxEvidence, /*required=*/true));
  request.set_outcome(options.as == "closed" ? v1::TASK_OUTCOME_CLOSED : v1::TASK_OUTCOME_NO_SECRET);
  request.set_evidence(options.evidence);
  request.set_request_id(NewRequestId());
  return CallAndPrint<Handovers>(globals, &Methods::SettleHandoverTask, request);
}

absl::Status Close(const Globals& globals, const CaseOptions& options) {
  v1::CloseHandoverRequest request;
  HF_ASSIGN_OR_RETURN(*request.mutable_name(), HandoverArg("CASE", options.id));
  request.set_request_id(NewRequestId());
  const absl::Status closed = CallAndPrint<Handovers>(globals, &Methods::CloseHandover, request);
  if (ReasonOf(closed) != "TASKS_OPEN" || globals.format() != OutputFormat::kTable) return closed;
  return WithHint(closed,
                  fmt::format("what to do: holdfast handover tasks {} --open", LastId(request.name())));
}

void DeclareStart(CLI::App& command, StartOptions& options) {
  command.add_option("--leaver", options.leaver, "Who goes")->required();
  command.add_option("--successor", options.successor,
                     "Who takes over; else each account's backup owner, else the custodian");
}

void DeclareCase(CLI::App& command, CaseOptions& options) {
  command.add_option("CASE", options.id, "The case, as in 7 or handovers/7")->required();
}

}  // namespace

void AddHandoverCommands(CLI::App& root, Invocation& invocation) {
  CLI::App& group = *AddGroup(root, "handover", "Moving what somebody holds to somebody else");
  AddCommand<StartOptions>(group, invocation, "plan", "Show what a handover would do; changes nothing",
                           DeclareStart, Plan);
  AddCommand<StartOptions>(group, invocation, "start",
                           "Freeze the leaver and open a case; there is no way back", DeclareStart, Start);
  AddCommand<CaseOptions>(group, invocation, "approve", "Approve a case that waits, which cuts it",
                          DeclareCase, Approve);
  AddCommand<CaseOptions>(group, invocation, "show", "One case with accounts and tasks", DeclareCase, Show);
  AddCommand<NoOptions>(
      group, invocation, "list", "All cases", [](CLI::App&, NoOptions&) {}, List);
  AddCommand<CaseOptions>(
      group, invocation, "tasks", "The tasks of a case",
      [](CLI::App& command, CaseOptions& options) {
        DeclareCase(command, options);
        command.add_flag("--open", options.open, "Only those not done");
      },
      Tasks);
  AddCommand<CaseOptions>(
      group, invocation, "done", "End a task that needs no new value, with evidence",
      [](CLI::App& command, CaseOptions& options) {
        command.add_option("TASK", options.id, "The task, as in 7/12")->required();
        command
            .add_option("--as", options.as,
                        "closed: the account is closed at the platform; no-secret: it opens nothing")
            ->required()
            ->check(CLI::IsMember({"closed", "no-secret"}));
        command.add_option("--evidence", options.evidence, "What shows it")->required();
      },
      Done);
  AddCommand<CaseOptions>(group, invocation, "close", "Close a case when nothing is left to do", DeclareCase,
                          Close);
}

}  // namespace holdfast::client
