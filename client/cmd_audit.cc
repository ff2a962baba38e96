#include "client/audit_commands.h"
#include "client/command.h"
#include "client/timestamp.h"
#include "holdfast/v1/audit_service.grpc.pb.h"
#include "vault/base/ids.h"
#include "vault/base/limits.h"
#include "vault/base/text.h"

namespace holdfast::client {
namespace {

using Audit = v1::AuditService;

struct LogOptions {
  std::string actor;
  std::string account;
  std::string secret;
  std::string subject;
  std::string handover;
  std::string type;
  std::string outcome;
  std::string since;
  std::string until;
  std::int64_t limit = 0;
};

absl::Status SetTime(std::string_view option, const std::string& text,
                     google::protobuf::Timestamp* (*field)(v1::ListEventsRequest&),
                     v1::ListEventsRequest& request) {
  if (text.empty()) return absl::OkStatus();
  HF_ASSIGN_OR_RETURN(const Micros time, TimeArg(option, text, WallNow(), Direction::kPast));
  SetTimestamp(time, *field(request));
  return absl::OkStatus();
}

// A bare secret id needs --account beside it.
absl::StatusOr<std::string> SecretFilter(const LogOptions& options) {
  if (options.secret.empty()) return std::string();
  if (!options.account.empty()) return SecretArg(options.account, options.secret);
  const auto name = ParseSecretName(options.secret, "--secret");
  if (!name.ok())
    return InvalidField("--secret", "needs --account beside it, or must be accounts/<id>/secrets/<id>");
  return options.secret;
}

absl::StatusOr<v1::ListEventsRequest> Filter(const LogOptions& options) {
  v1::ListEventsRequest request;
  HF_ASSIGN_OR_RETURN(*request.mutable_actor(), OptionalHolderArg("--actor", options.actor));
  HF_ASSIGN_OR_RETURN(*request.mutable_account(), OptionalAccountArg("--account", options.account));
  HF_ASSIGN_OR_RETURN(*request.mutable_secret(), SecretFilter(options));
  HF_ASSIGN_OR_RETURN(*request.mutable_subject(), OptionalHolderArg("--subject", options.subject));
  if (!options.handover.empty()) {
    HF_ASSIGN_OR_RETURN(*request.mutable_handover(), HandoverArg("--handover", options.handover));
  }
  HF_RETURN_IF_ERROR(CheckLine("--type", options.type, kMaxEventType, /*required=*/false));
  request.set_type(options.type);
  if (options.outcome == "allowed") request.set_outcome(v1::OUTCOME_ALLOWED);
  if (options.outcome == "denied") request.set_outcome(v1::OUTCOME_DENIED);
  HF_RETURN_IF_ERROR(SetTime(
      "--since", options.since, [](v1::ListEventsRequest& r) { return r.mutable_start_time(); }, request));
  HF_RETURN_IF_ERROR(SetTime(
      "--until", options.until, [](v1::ListEventsRequest& r) { return r.mutable_end_time(); }, request));
  return request;
}

absl::Status Log(const Globals& globals, const LogOptions& options) {
  constexpr std::int64_t kPage = 200;
  HF_ASSIGN_OR_RETURN(v1::ListEventsRequest request, Filter(options));
  if (options.limit < 0) return InvalidField("--limit", "must be 1 or more");
  HF_ASSIGN_OR_RETURN(const auto session, Session::Open());
  v1::ListEventsResponse all;
  do {
    const std::int64_t wanted = options.limit == 0 ? kPage : options.limit - all.events_size();
    request.set_page_size(static_cast<std::int32_t>(std::min(wanted, kPage)));
    HF_ASSIGN_OR_RETURN(const v1::ListEventsResponse page,
                        session->Call<Audit>(&Audit::StubInterface::ListEvents, request));
    request.set_page_token(page.next_page_token());
    all.MergeFrom(page);
  } while (!request.page_token().empty() && (options.limit == 0 || all.events_size() < options.limit));
  all.clear_next_page_token();
  return Print(globals, all);
}

void DeclareLog(CLI::App& command, LogOptions& options) {
  command.add_option("--actor", options.actor, "Done by this holder");
  command.add_option("--account", options.account, "On this account");
  command.add_option("--secret", options.secret, "On this secret");
  command.add_option("--subject", options.subject, "About this holder");
  command.add_option("--handover", options.handover, "Of this case");
  command.add_option("--type", options.type,
                     "Of this type, as in secret.reveal, or of a group, as in 'secret.*'");
  command.add_option("--outcome", options.outcome, "allowed or denied")
      ->check(CLI::IsMember({"allowed", "denied"}));
  command.add_option("--since", options.since, "From this time on: 8h, 2d, a date or a time");
  command.add_option("--until", options.until, "Before this time");
  command.add_option("--limit", options.limit, "At most so many; all when not given")
      ->check(WholeNumber(1));
}

void DeclareVerify(CLI::App& command, VerifyOptions& options) {
  auto* file =
      command.add_option("--file", options.file, "Verify an export offline instead of the vault's log");
  command
      .add_option("--verifier", options.verifier,
                  "Verifier key of the vault; this device's own when not given")
      ->needs(file);
  command
      .add_option(
          "--checkpoint", options.checkpoint,
          "A file with an older signed checkpoint to be extended; what this device remembers when not given")
      ->needs(file);
}

void DeclareExport(CLI::App& command, ExportOptions& options) {
  command.add_option("--out", options.out, "A file; standard output when not given");
  command.add_option("--from", options.from, "First entry, from 0: resumes a broken export")
      ->check(WholeNumber(0));
}

}  // namespace

void AddAuditCommands(CLI::App& root, Invocation& invocation) {
  CLI::App& group = *AddGroup(root, "audit", "The record, and the proof that it is whole");
  AddCommand<LogOptions>(group, invocation, "log", "Entries by filter, newest first", DeclareLog, Log);
  AddCommand<VerifyOptions>(group, invocation, "verify",
                            "Recompute the whole log and hold it against its checkpoint", DeclareVerify,
                            VerifyLog);
  AddCommand<ExportOptions>(group, invocation, "export", "The log as JSON Lines, its signed checkpoint last",
                            DeclareExport, ExportLog);
}

}  // namespace holdfast::client
