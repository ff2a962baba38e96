#include "client/command.h"
#include "client/sealed.h"
#include "client/secret_output.h"
#include "client/timestamp.h"
#include "fmt/format.h"
#include "holdfast/v1/break_glass_service.grpc.pb.h"
#include "vault/base/limits.h"
#include "vault/base/text.h"

namespace holdfast::client {
namespace {

using Glass = v1::BreakGlassService;
using Methods = Glass::StubInterface;

struct GlassOptions {
  std::string account;
  std::string secret;
  std::string ticket;
  std::string id;
  bool open = false;
};

std::string At(const google::protobuf::Timestamp& time) {
  std::string text = FormatTime(TimestampMicros(time)).substr(0, sizeof("2026-11-22T02:49") - 1);
  text[10] = ' ';
  return text + " UTC";
}

// What comes next.
std::string Next(const v1::BreakGlass& glass) {
  const std::string id = LastId(glass.name());
  switch (glass.state()) {
    case v1::BREAK_GLASS_STATE_WAITING:
      return fmt::format(
          "It is ready at {}, as long as the vault runs until then, unless somebody says no.\n"
          "Then, by {}: holdfast break-glass reveal {}\n"
          "To say no: holdfast break-glass veto {} --reason ...",
          At(glass.ready_time()), glass.requester(), id, id);
    case v1::BREAK_GLASS_STATE_READY:
      return fmt::format(
          "It is ready until {}. By {}: holdfast break-glass reveal {}\n"
          "To say no: holdfast break-glass veto {} --reason ...",
          At(glass.expire_time()), glass.requester(), id, id);
    case v1::BREAK_GLASS_STATE_REVEALED:
      return fmt::format(
          "When the rotation is done, by somebody other than {}: holdfast break-glass review {} "
          "--reason ...",
          glass.requester(), id);
    case v1::BREAK_GLASS_STATE_VOID:
      return "The policy has changed since it was asked for: ask again.";
    default:
      return "";
  }
}

absl::Status PrintGlass(const Globals& globals, const v1::BreakGlass& glass) {
  HF_RETURN_IF_ERROR(Print(globals, glass));
  if (globals.format() != OutputFormat::kTable) return absl::OkStatus();
  std::string next = Next(glass);
  for (std::size_t start = 0; start < next.size();) {
    const std::size_t end = std::min(next.find('\n', start), next.size());
    Note(globals, std::string_view(next).substr(start, end - start));
    start = end + 1;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> GlassArg(const GlassOptions& options) {
  HF_ASSIGN_OR_RETURN(const std::string id, NewIdArg("break-glass", "ID", options.id));
  if (id.find_first_not_of("0123456789") != id.npos)
    return InvalidField("ID", "must be a number, as in 7 or break-glass/7");
  return "break-glass/" + id;
}

absl::Status NeedsReason(const Globals& globals) {
  return CheckLine("--reason", globals.reason, kMaxReason, /*required=*/true);
}

absl::Status Request(const Globals& globals, const GlassOptions& options) {
  v1::RequestBreakGlassRequest request;
  HF_ASSIGN_OR_RETURN(*request.mutable_secret(), SecretArg(options.account, options.secret));
  HF_RETURN_IF_ERROR(NeedsReason(globals));
  HF_RETURN_IF_ERROR(CheckLine("--ticket", options.ticket, kMaxTicket, /*required=*/false));
  request.set_reason(globals.reason);
  request.set_ticket(options.ticket);
  request.set_request_id(NewRequestId());
  HF_ASSIGN_OR_RETURN(const auto session, Session::Open());
  HF_ASSIGN_OR_RETURN(const v1::BreakGlass glass, session->Call<Glass>(&Methods::RequestBreakGlass, request));
  return PrintGlass(globals, glass);
}

absl::StatusOr<v1::BreakGlass> Get(Session& session, const std::string& name) {
  v1::GetBreakGlassRequest request;
  request.set_name(name);
  return session.Call<Glass>(&Methods::GetBreakGlass, request);
}

absl::Status Show(const Globals& globals, const GlassOptions& options) {
  HF_ASSIGN_OR_RETURN(const std::string name, GlassArg(options));
  HF_ASSIGN_OR_RETURN(const auto session, Session::Open());
  HF_ASSIGN_OR_RETURN(const v1::BreakGlass glass, Get(*session, name));
  return PrintGlass(globals, glass);
}

absl::Status List(const Globals& globals, const GlassOptions& options) {
  v1::ListBreakGlassRequest request;
  request.set_open_only(options.open);
  return ListAndPrint<Glass>(globals, &Methods::ListBreakGlass, request);
}

absl::Status Veto(const Globals& globals, const GlassOptions& options) {
  v1::VetoBreakGlassRequest request;
  HF_ASSIGN_OR_RETURN(*request.mutable_name(), GlassArg(options));
  HF_RETURN_IF_ERROR(NeedsReason(globals));
  request.set_reason(globals.reason);
  request.set_request_id(NewRequestId());
  return CallAndPrint<Glass>(globals, &Methods::VetoBreakGlass, request);
}

absl::Status Reveal(const Globals& globals, const GlassOptions& options) {
  v1::RevealBreakGlassRequest request;
  HF_ASSIGN_OR_RETURN(*request.mutable_name(), GlassArg(options));
  request.set_request_id(NewRequestId());
  HF_ASSIGN_OR_RETURN(const auto session, Session::Open());
  HF_ASSIGN_OR_RETURN(const v1::Vault vault, session->Vault());
  // Read first: the value that comes must be of the secret that was asked for.
  HF_ASSIGN_OR_RETURN(const v1::BreakGlass glass, Get(*session, request.name()));
  HF_ASSIGN_OR_RETURN(const v1::RevealSecretVersionResponse response,
                      session->Call<Glass>(&Methods::RevealBreakGlass, request));
  HF_ASSIGN_OR_RETURN(const Plaintext value,
                      OpenRevealed(session->identity(), glass.secret(), request.request_id(),
                                   TimestampMicros(vault.server_time()), response));
  HF_RETURN_IF_ERROR(WriteRevealed(globals, response, value));
  if (globals.format() == OutputFormat::kTable)
    Note(globals,
         fmt::format("Somebody else must now rotate it and review this: holdfast break-glass show {}",
                     LastId(request.name())));
  return absl::OkStatus();
}

absl::Status Review(const Globals& globals, const GlassOptions& options) {
  v1::ReviewBreakGlassRequest request;
  HF_ASSIGN_OR_RETURN(*request.mutable_name(), GlassArg(options));
  HF_RETURN_IF_ERROR(NeedsReason(globals));
  request.set_reason(globals.reason);
  request.set_request_id(NewRequestId());
  return CallAndPrint<Glass>(globals, &Methods::ReviewBreakGlass, request);
}

void DeclareId(CLI::App& command, GlassOptions& options) {
  command.add_option("ID", options.id, "The request, as in 7 or break-glass/7")->required();
}

void DeclareRequest(CLI::App& command, GlassOptions& options) {
  command.add_option("ACCOUNT", options.account, "The account")->required();
  command.add_option("SECRET", options.secret, "The secret, as in \"password\"")->required();
  command.add_option("--ticket", options.ticket, "Reference into a ticket system; kept in the audit log");
}

}  // namespace

void AddBreakGlassCommands(CLI::App& root, Invocation& invocation) {
  CLI::App& group = *AddGroup(root, "break-glass", "Seeing a secret in an emergency, without having access");
  AddCommand<GlassOptions>(group, invocation, "request",
                           "Ask, loudly; owners, security and auditors can say no", DeclareRequest, Request);
  AddCommand<GlassOptions>(
      group, invocation, "list", "The requests that you may see",
      [](CLI::App& command, GlassOptions& options) {
        command.add_flag("--open", options.open, "Only those where something is still to come or to do");
      },
      List);
  AddCommand<GlassOptions>(group, invocation, "show", "One request, and what is left to do", DeclareId, Show);
  AddCommand<GlassOptions>(group, invocation, "veto", "Say no, before the reveal", DeclareId, Veto);
  AddCommand<GlassOptions>(group, invocation, "reveal", "Show the secret, once, when the wait is over",
                           DeclareId, Reveal);
  AddCommand<GlassOptions>(group, invocation, "review", "Close it: what you found when you looked at it",
                           DeclareId, Review);
}

}  // namespace holdfast::client
