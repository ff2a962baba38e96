#include <map>

#include "client/command.h"
#include "client/prompt.h"
#include "fmt/format.h"
#include "holdfast/v1/holder_service.grpc.pb.h"
#include "vault/base/limits.h"
#include "vault/base/text.h"
#include "vault/crypto/fingerprint.h"

namespace holdfast::client {
namespace {

using Holders = v1::HolderService;
using Methods = Holders::StubInterface;

const std::map<std::string, v1::Role> kRoles = {{"member", v1::ROLE_MEMBER},
                                                {"security", v1::ROLE_SECURITY},
                                                {"auditor", v1::ROLE_AUDITOR},
                                                {"offboarding", v1::ROLE_OFFBOARDING}};

struct AddOptions {
  std::string id;
  std::vector<std::string> roles;
  std::string display_name;
  std::string person;
  std::string kind = "person";
};

struct IdOptions {
  std::string id;
  std::string fingerprint;
};

// The string alone on standard output, so that it can be piped; what to do with it on standard error.
absl::Status PrintEnrollment(const Globals& globals, const v1::Holder& holder) {
  // The vault shows a string once; when that answer was lost, its repeat has none.
  if (holder.enrollment().empty())
    return MakeError(
        absl::StatusCode::kAborted, "ENROLLMENT_LOST",
        fmt::format("the enrollment string was lost on its way: make a new one with \"holdfast holder "
                    "enroll {}\"",
                    LastId(holder.name())));
  if (globals.format() != OutputFormat::kTable) return Print(globals, holder);
  HF_RETURN_IF_ERROR(WriteOut(holder.enrollment() + "\n"));
  Note(globals,
       fmt::format("One-time string for {}, valid for an hour. Give it to them alone; on their device:",
                   holder.name()));
  Note(globals, "    holdfast enroll STRING");
  Note(globals,
       "Then somebody else than you confirms the fingerprint they read out: holdfast holder confirm.");
  return absl::OkStatus();
}

absl::Status Add(const Globals& globals, const AddOptions& options) {
  v1::CreateHolderRequest request;
  HF_ASSIGN_OR_RETURN(*request.mutable_holder_id(), NewIdArg("holders", "ID", options.id));
  HF_RETURN_IF_ERROR(CheckLine("--display-name", options.display_name, kMaxDisplayName, /*required=*/false));
  HF_RETURN_IF_ERROR(CheckLine("--person", options.person, kMaxPerson, /*required=*/false));
  v1::Holder& holder = *request.mutable_holder();
  holder.set_display_name(options.display_name);
  holder.set_person(options.person);
  holder.set_kind(options.kind == "workflow" ? v1::HOLDER_KIND_WORKFLOW : v1::HOLDER_KIND_PERSON);
  for (const std::string& role : options.roles) holder.add_roles(kRoles.at(role));
  request.set_request_id(NewRequestId());
  request.set_reason(globals.reason);
  HF_ASSIGN_OR_RETURN(const auto session, Session::Open());
  HF_ASSIGN_OR_RETURN(const v1::Holder created, session->Call<Holders>(&Methods::CreateHolder, request));
  return PrintEnrollment(globals, created);
}

absl::Status List(const Globals& globals, const NoOptions&) {
  return ListAndPrint<Holders>(globals, &Methods::ListHolders, {});
}

absl::Status Show(const Globals& globals, const IdOptions& options) {
  v1::GetHolderRequest request;
  HF_ASSIGN_OR_RETURN(*request.mutable_name(), HolderArg("ID", options.id));
  return CallAndPrint<Holders>(globals, &Methods::GetHolder, request);
}

absl::Status Confirm(const Globals& globals, const IdOptions& options) {
  v1::ConfirmKeyRequest request;
  HF_ASSIGN_OR_RETURN(*request.mutable_name(), HolderArg("ID", options.id));
  request.set_fingerprint(crypto::NormalizeFingerprint(options.fingerprint));
  if (request.fingerprint().empty())
    return InvalidField("--fingerprint",
                        "must be 32 hexadecimal digits, as \"holdfast enroll\" printed them");
  request.set_request_id(NewRequestId());
  request.set_reason(globals.reason);
  return CallAndPrint<Holders>(globals, &Methods::ConfirmKey, request);
}

// For the calls that take a name, an idempotency key and a reason.
template <typename Request>
absl::StatusOr<Request> NameAndReason(const Globals& globals, const IdOptions& options) {
  Request request;
  HF_ASSIGN_OR_RETURN(*request.mutable_name(), HolderArg("ID", options.id));
  request.set_request_id(NewRequestId());
  request.set_reason(globals.reason);
  return request;
}

absl::Status Suspend(const Globals& globals, const IdOptions& options) {
  HF_ASSIGN_OR_RETURN(const auto request, NameAndReason<v1::SuspendHolderRequest>(globals, options));
  return CallAndPrint<Holders>(globals, &Methods::SuspendHolder, request);
}

absl::Status Resume(const Globals& globals, const IdOptions& options) {
  HF_ASSIGN_OR_RETURN(const auto request, NameAndReason<v1::ResumeHolderRequest>(globals, options));
  return CallAndPrint<Holders>(globals, &Methods::ResumeHolder, request);
}

absl::Status Enroll(const Globals& globals, const IdOptions& options) {
  HF_ASSIGN_OR_RETURN(const auto request, NameAndReason<v1::IssueEnrollmentRequest>(globals, options));
  HF_ASSIGN_OR_RETURN(const auto session, Session::Open());
  HF_ASSIGN_OR_RETURN(const v1::Holder holder, session->Call<Holders>(&Methods::IssueEnrollment, request));
  return PrintEnrollment(globals, holder);
}

void DeclareId(CLI::App& command, IdOptions& options) {
  command.add_option("ID", options.id, "The holder, as in \"alice\"")->required();
}

void DeclareAdd(CLI::App& command, AddOptions& options) {
  command.add_option("ID", options.id, "Id of the new holder; it is never used again")->required();
  command.add_option("--role", options.roles, "member, security, auditor or offboarding; may be repeated")
      ->required()
      ->allow_extra_args(false)
      ->check(CLI::IsMember(kRoles));
  command.add_option("--display-name", options.display_name, "Name for people");
  command.add_option(
      "--person", options.person,
      "The organisation's id of the person; two holders of one person never count as two people");
  command.add_option("--kind", options.kind, "person or workflow")
      ->check(CLI::IsMember({"person", "workflow"}));
}

}  // namespace

void AddHolderCommands(CLI::App& root, Invocation& invocation) {
  CLI::App& group = *AddGroup(root, "holder", "The people and workflows that the vault knows");
  AddCommand<AddOptions>(group, invocation, "add", "Add a holder; prints a one-time enrollment string",
                         DeclareAdd, Add);
  AddCommand<NoOptions>(
      group, invocation, "list", "All holders", [](CLI::App&, NoOptions&) {}, List);
  AddCommand<IdOptions>(group, invocation, "show", "One holder with its devices", DeclareId, Show);
  AddCommand<IdOptions>(
      group, invocation, "confirm", "Confirm a device by the fingerprint that its owner read out to you",
      [](CLI::App& command, IdOptions& options) {
        DeclareId(command, options);
        command
            .add_option("--fingerprint", options.fingerprint, "As read out; hyphens and case do not matter")
            ->required();
      },
      Confirm);
  AddCommand<IdOptions>(group, invocation, "suspend", "Refuse every call of a holder from now on", DeclareId,
                        Suspend);
  AddCommand<IdOptions>(group, invocation, "resume", "End a suspension", DeclareId, Resume);
  AddCommand<IdOptions>(group, invocation, "enroll",
                        "A one-time enrollment string for a holder's new or lost device", DeclareId, Enroll);
}

}  // namespace holdfast::client
