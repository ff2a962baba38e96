#include <algorithm>
#include <map>

#include "client/command.h"
#include "client/prompt.h"
#include "client/timestamp.h"
#include "fmt/format.h"
#include "holdfast/v1/holder_service.grpc.pb.h"
#include "vault/base/ids.h"
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
  std::vector<std::string> qualifications;
  std::string valid;
};

struct IdOptions {
  std::string id;
  std::string fingerprint;
};

struct EnrollOptions {
  std::string id;
  std::string valid;
};

struct UpdateOptions {
  std::string id;
  std::string display_name;
  std::string etag;
  std::vector<std::string> qualifications;
  std::vector<std::string> roles;
  std::string person;
  bool no_qualifications = false;
  const CLI::App* command = nullptr;  // knows which options were given
};

// An officer or auditor without a confirmed device.
bool IsLockedOut(const v1::Holder& holder) {
  const auto watches = [](int role) { return role == v1::ROLE_SECURITY || role == v1::ROLE_AUDITOR; };
  const auto confirmed = [](const v1::DeviceKey& key) { return key.state() == v1::KEY_STATE_CONFIRMED; };
  return std::ranges::any_of(holder.roles(), watches) && std::ranges::none_of(holder.keys(), confirmed);
}

bool HasNoDevice(const v1::Holder& holder) {
  return std::ranges::all_of(holder.keys(),
                             [](const v1::DeviceKey& key) { return key.state() == v1::KEY_STATE_REVOKED; });
}

absl::Status FillQualifications(const std::vector<std::string>& names, v1::Holder& holder) {
  for (const std::string& name : names) {
    HF_RETURN_IF_ERROR(CheckId("--qualification", name));
    holder.add_qualifications(name);
  }
  return absl::OkStatus();
}

// Sets the string's lifetime, if the user gave one.
template <typename Request>
absl::Status FillValid(const std::string& valid, Request& request) {
  if (valid.empty()) return absl::OkStatus();
  const auto duration = ParseDuration(valid);
  if (!duration.has_value()) return InvalidField("--valid", "must be a duration such as 8h or 3d");
  request.mutable_enrollment_ttl()->set_seconds(*duration / kSecond);
  return absl::OkStatus();
}

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
       fmt::format("One-time string for {}, valid until {}. Give it to them alone; on their device, which asks for it:",
                   holder.name(), FormatTime(TimestampMicros(holder.enrollment_expire_time()) / kSecond * kSecond)));
  Note(globals, "    holdfast enroll");
  const bool officer = std::ranges::count(holder.roles(), v1::ROLE_SECURITY) > 0;
  Note(globals, fmt::format("Then any member or officer other than you confirms the fingerprint that they read out{}:",
                            officer ? "; you can yourself while you are the only officer" : ""));
  Note(globals,
       fmt::format("    holdfast holder confirm {} --fingerprint FINGERPRINT", LastId(holder.name())));
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
  HF_RETURN_IF_ERROR(FillQualifications(options.qualifications, holder));
  HF_RETURN_IF_ERROR(FillValid(options.valid, request));
  request.set_request_id(NewRequestId());
  request.set_reason(globals.reason);
  HF_ASSIGN_OR_RETURN(const auto session, Session::Open());
  HF_ASSIGN_OR_RETURN(const v1::Holder created, session->Call<Holders>(&Methods::CreateHolder, request));
  return PrintEnrollment(globals, created);
}

absl::Status Update(const Globals& globals, const UpdateOptions& options) {
  v1::UpdateHolderRequest request;
  v1::Holder& holder = *request.mutable_holder();
  HF_ASSIGN_OR_RETURN(*holder.mutable_name(), HolderArg("ID", options.id));
  HF_RETURN_IF_ERROR(CheckLine("--etag", options.etag, kMaxEtag, /*required=*/false));
  holder.set_etag(options.etag);
  if (options.command->count("--display-name") > 0) {
    HF_RETURN_IF_ERROR(
        CheckLine("--display-name", options.display_name, kMaxDisplayName, /*required=*/false));
    holder.set_display_name(options.display_name);
    request.mutable_update_mask()->add_paths("display_name");
  }
  if (options.no_qualifications || !options.qualifications.empty()) {
    HF_RETURN_IF_ERROR(FillQualifications(options.qualifications, holder));
    request.mutable_update_mask()->add_paths("qualifications");
  }
  if (!options.roles.empty()) {
    for (const std::string& role : options.roles) holder.add_roles(kRoles.at(role));
    request.mutable_update_mask()->add_paths("roles");
  }
  if (options.command->count("--person") > 0) {
    HF_RETURN_IF_ERROR(CheckLine("--person", options.person, kMaxPerson, /*required=*/true));
    holder.set_person(options.person);
    request.mutable_update_mask()->add_paths("person");
  }
  if (request.update_mask().paths_size() == 0)
    return MakeError(absl::StatusCode::kInvalidArgument, "USAGE",
                     "name what to change, for example --role");
  request.set_request_id(NewRequestId());
  request.set_reason(globals.reason);
  HF_ASSIGN_OR_RETURN(const auto session, Session::Open());
  HF_ASSIGN_OR_RETURN(const v1::Holder updated, session->Call<Holders>(&Methods::UpdateHolder, request));
  HF_RETURN_IF_ERROR(Print(globals, updated));
  if (!options.person.empty() && HasNoDevice(updated))
    Note(globals, fmt::format("{} has no device any more, as whoever answered for it could have copied its key: "
                              "holdfast holder enroll {}",
                              LastId(updated.name()), LastId(updated.name())));
  return absl::OkStatus();
}

absl::Status List(const Globals& globals, const NoOptions&) {
  return ListAndPrint<Holders>(globals, &Methods::ListHolders, {});
}

absl::Status Show(const Globals& globals, const IdOptions& options) {
  v1::GetHolderRequest request;
  HF_ASSIGN_OR_RETURN(*request.mutable_name(), HolderArg("ID", options.id));
  return CallAndPrint<Holders>(globals, &Methods::GetHolder, request);
}

template <typename Request>
absl::StatusOr<Request> NameAndFingerprint(const Globals& globals, const IdOptions& options) {
  Request request;
  HF_ASSIGN_OR_RETURN(*request.mutable_name(), HolderArg("ID", options.id));
  request.set_fingerprint(crypto::NormalizeFingerprint(options.fingerprint));
  if (request.fingerprint().empty())
    return InvalidField("--fingerprint",
                        "must be 32 hexadecimal digits, as \"holdfast enroll\" printed them");
  request.set_request_id(NewRequestId());
  request.set_reason(globals.reason);
  return request;
}

absl::Status Confirm(const Globals& globals, const IdOptions& options) {
  HF_ASSIGN_OR_RETURN(const auto request, NameAndFingerprint<v1::ConfirmKeyRequest>(globals, options));
  return CallAndPrint<Holders>(globals, &Methods::ConfirmKey, request);
}

absl::Status RevokeKey(const Globals& globals, const IdOptions& options) {
  HF_ASSIGN_OR_RETURN(const auto request, NameAndFingerprint<v1::RevokeKeyRequest>(globals, options));
  HF_RETURN_IF_ERROR(client::Confirm(
      globals.yes, fmt::format("End this device of {} for good? It must enroll anew then.", request.name()),
      "the device would be ended for good"));
  HF_ASSIGN_OR_RETURN(const auto session, Session::Open());
  HF_ASSIGN_OR_RETURN(const v1::Holder holder, session->Call<Holders>(&Methods::RevokeKey, request));
  HF_RETURN_IF_ERROR(Print(globals, holder));
  if (IsLockedOut(holder))
    Note(globals, fmt::format("{0} has no confirmed device now, which is a critical finding until there is one. To let "
                              "them in again: holdfast holder enroll {0}",
                              LastId(holder.name())));
  return absl::OkStatus();
}

// For the calls that take a name, an idempotency key and a reason.
template <typename Request, typename Options>
absl::StatusOr<Request> NameAndReason(const Globals& globals, const Options& options) {
  Request request;
  HF_ASSIGN_OR_RETURN(*request.mutable_name(), HolderArg("ID", options.id));
  request.set_request_id(NewRequestId());
  request.set_reason(globals.reason);
  return request;
}

absl::Status Suspend(const Globals& globals, const IdOptions& options) {
  HF_ASSIGN_OR_RETURN(const auto request, NameAndReason<v1::SuspendHolderRequest>(globals, options));
  HF_ASSIGN_OR_RETURN(const Identity self, LoadIdentity(HomeDirectory()));
  if (LastId(request.name()) == self.holder)
    HF_RETURN_IF_ERROR(
        client::Confirm(globals.yes, "Suspend yourself? Only somebody else can resume you.",
                        "you would suspend yourself, and only somebody else could resume you"));
  HF_ASSIGN_OR_RETURN(const auto session, Session::Open());
  HF_ASSIGN_OR_RETURN(const v1::Holder holder, session->Call<Holders>(&Methods::SuspendHolder, request));
  HF_RETURN_IF_ERROR(Print(globals, holder));
  if (holder.has_suspension_end_time())
    Note(globals, fmt::format("An officer: this ends by itself at {}, unless somebody other than you confirms "
                              "it: holdfast holder confirm-suspension {}",
                              FormatTime(TimestampMicros(holder.suspension_end_time())), LastId(holder.name())));
  return absl::OkStatus();
}

absl::Status ConfirmSuspension(const Globals& globals, const IdOptions& options) {
  HF_ASSIGN_OR_RETURN(const auto request, NameAndReason<v1::ConfirmSuspensionRequest>(globals, options));
  return CallAndPrint<Holders>(globals, &Methods::ConfirmSuspension, request);
}

absl::Status Resume(const Globals& globals, const IdOptions& options) {
  HF_ASSIGN_OR_RETURN(const auto request, NameAndReason<v1::ResumeHolderRequest>(globals, options));
  return CallAndPrint<Holders>(globals, &Methods::ResumeHolder, request);
}

absl::Status Enroll(const Globals& globals, const EnrollOptions& options) {
  HF_ASSIGN_OR_RETURN(auto request, NameAndReason<v1::IssueEnrollmentRequest>(globals, options));
  HF_RETURN_IF_ERROR(FillValid(options.valid, request));
  HF_ASSIGN_OR_RETURN(const auto session, Session::Open());
  HF_ASSIGN_OR_RETURN(const v1::Holder holder, session->Call<Holders>(&Methods::IssueEnrollment, request));
  return PrintEnrollment(globals, holder);
}

void DeclareId(CLI::App& command, IdOptions& options) {
  command.add_option("ID", options.id, "The holder, as in \"alice\"")->required();
}

void DeclareQualifications(CLI::App& command, std::vector<std::string>& qualifications) {
  command
      .add_option("--qualification", qualifications,
                  "What they are qualified for, as rules of the policy ask; may be repeated")
      ->allow_extra_args(false);
}

void DeclareValid(CLI::App& command, std::string& valid) {
  command.add_option("--valid", valid, "How long the string can be used: 1h unless given, 7d at most");
}

void DeclareEnroll(CLI::App& command, EnrollOptions& options) {
  command.add_option("ID", options.id, "The holder, as in \"alice\"")->required();
  DeclareValid(command, options.valid);
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
  DeclareQualifications(command, options.qualifications);
  DeclareValid(command, options.valid);
}

void DeclareUpdate(CLI::App& command, UpdateOptions& options) {
  options.command = &command;
  command.add_option("ID", options.id, "The holder")->required();
  command.add_option("--display-name", options.display_name, "Name for people");
  DeclareQualifications(command, options.qualifications);
  command
      .add_option("--role", options.roles,
                  "All their roles from now on; may be repeated. To and from security somebody else must say yes")
      ->allow_extra_args(false)
      ->check(CLI::IsMember(kRoles));
  command.add_option("--person", options.person, "Of a workflow: the person id of who answers for it from now on");
  command.add_flag("--no-qualifications", options.no_qualifications, "Takes all of them away")
      ->excludes("--qualification");
  command.add_option("--etag", options.etag, "Refuse when the holder has changed since it had this etag");
}

void DeclareFingerprint(CLI::App& command, IdOptions& options) {
  DeclareId(command, options);
  command
      .add_option("--fingerprint", options.fingerprint,
                  "As the device showed it; hyphens and case do not matter")
      ->required();
}

}  // namespace

void AddHolderCommands(CLI::App& root, Invocation& invocation) {
  CLI::App& group = *AddGroup(root, "holder", "The people and workflows that the vault knows");
  AddCommand<AddOptions>(group, invocation, "add", "Add a holder; prints a one-time enrollment string",
                         DeclareAdd, Add);
  AddCommand<NoOptions>(
      group, invocation, "list", "All holders", [](CLI::App&, NoOptions&) {}, List);
  AddCommand<IdOptions>(group, invocation, "show", "One holder with its devices", DeclareId, Show);
  AddCommand<UpdateOptions>(group, invocation, "update",
                            "Change what is named; --qualification and --role replace all that there were",
                            DeclareUpdate, Update);
  AddCommand<IdOptions>(group, invocation, "confirm",
                        "Confirm a device by the fingerprint that its owner read out to you",
                        DeclareFingerprint, Confirm);
  AddCommand<IdOptions>(group, invocation, "revoke-key", "End one device of a holder for good",
                        DeclareFingerprint, RevokeKey);
  AddCommand<IdOptions>(group, invocation, "suspend", "Refuse every call of a holder from now on", DeclareId,
                        Suspend);
  AddCommand<IdOptions>(group, invocation, "confirm-suspension",
                        "Let an officer's suspension by somebody else last: else it ends after a day", DeclareId,
                        ConfirmSuspension);
  AddCommand<IdOptions>(group, invocation, "resume", "End a suspension", DeclareId, Resume);
  AddCommand<EnrollOptions>(group, invocation, "enroll",
                            "A one-time enrollment string for a holder's new or lost device", DeclareEnroll,
                            Enroll);
}

}  // namespace holdfast::client
