#include <map>

#include "client/command.h"
#include "client/prompt.h"
#include "client/successor_map.h"
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
  std::string to;
  std::string map;
};

struct ChangeOptions {
  std::string id;
  StartOptions start;  // but for the leaver
};

struct ListOptions {
  std::string leaver;
  std::string state;
};

const std::map<std::string, v1::HandoverState> kStates = {{"frozen", v1::HANDOVER_STATE_FROZEN},
                                                          {"cut", v1::HANDOVER_STATE_CUT},
                                                          {"closed", v1::HANDOVER_STATE_CLOSED},
                                                          {"cancelled", v1::HANDOVER_STATE_CANCELLED}};

struct CaseOptions {
  std::string id;
  bool open = false;
  bool mine = false;
  std::string as;
  std::string evidence;
};

absl::StatusOr<SuccessorMap> MapOf(const StartOptions& options) {
  return options.map.empty() ? SuccessorMap() : ReadSuccessorMap(options.map);
}

absl::StatusOr<v1::StartHandoverRequest> StartRequest(const Globals& globals, const StartOptions& options,
                                                      const SuccessorMap& map, bool plan_only) {
  v1::StartHandoverRequest request;
  HF_ASSIGN_OR_RETURN(*request.mutable_leaver(), HolderArg("LEAVER", options.leaver));
  HF_ASSIGN_OR_RETURN(*request.mutable_to(), OptionalHolderArg("--to", options.to));
  for (const v1::AccountSuccessor& row : map.rows) *request.add_successors() = row;
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
      Note(globals, handover.approvers().empty()
                        ? fmt::format("{} is frozen. The cut is still to be done: holdfast handover cut {}",
                                      LastId(handover.leaver()), id)
                        : fmt::format("{} is frozen. The cut waits for a yes by {}: holdfast approval approve {}",
                                      LastId(handover.leaver()), handover.approvers(), LastId(handover.approval())));
      break;
    case v1::HANDOVER_STATE_CUT:
      Note(globals, fmt::format("What is left to do: holdfast handover tasks {} --open", id));
      break;
    case v1::HANDOVER_STATE_CANCELLED:
      Note(globals, fmt::format("{} is as before the handover, devices and access included",
                                LastId(handover.leaver())));
      break;
    default:
      break;
  }
  return absl::OkStatus();
}

absl::Status Plan(const Globals& globals, const StartOptions& options) {
  HF_ASSIGN_OR_RETURN(const SuccessorMap map, MapOf(options));
  HF_ASSIGN_OR_RETURN(const auto request, StartRequest(globals, options, map, /*plan_only=*/true));
  return ByLine(map, CallAndPrint<Handovers>(globals, &Methods::StartHandover, request));
}

absl::Status Start(const Globals& globals, const StartOptions& options) {
  HF_ASSIGN_OR_RETURN(const SuccessorMap map, MapOf(options));
  HF_ASSIGN_OR_RETURN(const auto request, StartRequest(globals, options, map, /*plan_only=*/false));
  HF_RETURN_IF_ERROR(Confirm(
      globals.yes,
      fmt::format("Start the handover of {}? They are shut out at once; then what they own moves on and their "
                  "devices are revoked, at once or when somebody approves. It cannot be undone once that is done.",
                  LastId(request.leaver())),
      "a handover shuts the leaver out at once, and cannot be undone once it is cut"));
  HF_ASSIGN_OR_RETURN(const auto session, Session::Open());
  const auto started = session->Call<Handovers>(&Methods::StartHandover, request);
  return started.ok() ? PrintCase(globals, *started) : ByLine(map, started.status());
}

absl::Status Change(const Globals& globals, const ChangeOptions& options) {
  v1::ChangeHandoverRequest request;
  HF_ASSIGN_OR_RETURN(*request.mutable_name(), HandoverArg("CASE", options.id));
  HF_ASSIGN_OR_RETURN(*request.mutable_to(), OptionalHolderArg("--to", options.start.to));
  HF_ASSIGN_OR_RETURN(const SuccessorMap map, MapOf(options.start));
  for (const v1::AccountSuccessor& row : map.rows) *request.add_successors() = row;
  request.set_request_id(NewRequestId());
  request.set_reason(globals.reason);
  HF_ASSIGN_OR_RETURN(const auto session, Session::Open());
  const auto changed = session->Call<Handovers>(&Methods::ChangeHandover, request);
  return changed.ok() ? PrintCase(globals, *changed) : ByLine(map, changed.status());
}

absl::Status Cut(const Globals& globals, const CaseOptions& options) {
  v1::CutHandoverRequest request;
  HF_ASSIGN_OR_RETURN(*request.mutable_name(), HandoverArg("CASE", options.id));
  request.set_request_id(NewRequestId());
  HF_ASSIGN_OR_RETURN(const auto session, Session::Open());
  HF_ASSIGN_OR_RETURN(const v1::Handover cut, session->Call<Handovers>(&Methods::CutHandover, request));
  return PrintCase(globals, cut);
}

absl::Status Cancel(const Globals& globals, const CaseOptions& options) {
  v1::CancelHandoverRequest request;
  HF_ASSIGN_OR_RETURN(*request.mutable_name(), HandoverArg("CASE", options.id));
  HF_RETURN_IF_ERROR(CheckLine("--reason", globals.reason, kMaxReason, /*required=*/true));
  request.set_request_id(NewRequestId());
  request.set_reason(globals.reason);
  HF_ASSIGN_OR_RETURN(const auto session, Session::Open());
  HF_ASSIGN_OR_RETURN(const v1::Handover cancelled,
                      session->Call<Handovers>(&Methods::CancelHandover, request));
  return PrintCase(globals, cancelled);
}

absl::Status Show(const Globals& globals, const CaseOptions& options) {
  v1::GetHandoverRequest request;
  HF_ASSIGN_OR_RETURN(*request.mutable_name(), HandoverArg("CASE", options.id));
  return CallAndPrint<Handovers>(globals, &Methods::GetHandover, request);
}

absl::Status List(const Globals& globals, const ListOptions& options) {
  v1::ListHandoversRequest request;
  HF_ASSIGN_OR_RETURN(*request.mutable_leaver(), OptionalHolderArg("--leaver", options.leaver));
  if (!options.state.empty()) request.set_state(kStates.at(options.state));
  return ListAndPrint<Handovers>(globals, &Methods::ListHandovers, request);
}

absl::Status Tasks(const Globals& globals, const CaseOptions& options) {
  v1::ListHandoverTasksRequest request;
  if (options.id.empty() && !options.mine)
    return InvalidField("CASE", "is needed, or --mine: your own tasks of all cases");
  request.set_parent("handovers/-");
  if (!options.id.empty()) {
    HF_ASSIGN_OR_RETURN(*request.mutable_parent(), HandoverArg("CASE", options.id));
  }
  request.set_open_only(options.open || options.mine);
  request.set_mine(options.mine);
  HF_ASSIGN_OR_RETURN(const auto session, Session::Open());
  HF_ASSIGN_OR_RETURN(const auto tasks,
                      session->CallAllPages<Handovers>(&Methods::ListHandoverTasks, request));
  if ((options.open || options.mine) && tasks.tasks().empty() && globals.format() == OutputFormat::kTable)
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

void DeclareSuccessors(CLI::App& command, StartOptions& options) {
  command.add_option("--to", options.to,
                     "Who takes over; else each account's backup owner, else the custodian");
  command.add_option("--map", options.map,
                     "CSV of account,successor: who takes over which; what it does not name goes as without it");
}

void DeclareStart(CLI::App& command, StartOptions& options) {
  command.add_option("LEAVER", options.leaver, "Who goes")->required();
  DeclareSuccessors(command, options);
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
                           "Freeze the leaver and open a case; no way back once it is cut", DeclareStart, Start);
  AddCommand<ChangeOptions>(
      group, invocation, "change", "Other successors for a case that waits for its cut",
      [](CLI::App& command, ChangeOptions& options) {
        command.add_option("CASE", options.id, "The case, as in 7 or handovers/7")->required();
        DeclareSuccessors(command, options.start);
      },
      Change);
  AddCommand<CaseOptions>(group, invocation, "cut", "Repeat a cut that could not be done when it was approved",
                          DeclareCase, Cut);
  AddCommand<CaseOptions>(group, invocation, "cancel",
                          "Call a case off before its cut, with a reason: everything is as before it",
                          DeclareCase, Cancel);
  AddCommand<CaseOptions>(group, invocation, "show", "One case with accounts and tasks", DeclareCase, Show);
  AddCommand<ListOptions>(
      group, invocation, "list", "All cases",
      [](CLI::App& command, ListOptions& options) {
        command.add_option("--leaver", options.leaver, "Only those of this person");
        command.add_option("--state", options.state, "Only in this state")->check(CLI::IsMember(kStates));
      },
      List);
  AddCommand<CaseOptions>(
      group, invocation, "tasks", "The tasks of a case, or your own of all",
      [](CLI::App& command, CaseOptions& options) {
        command.add_option("CASE", options.id, "The case, as in 7 or handovers/7");
        command.add_flag("--open", options.open, "Only those not done");
        command.add_flag("--mine", options.mine, "Only your own that are not done: of accounts that you own");
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
