#include "client/command.h"
#include "client/prompt.h"
#include "fmt/format.h"
#include "holdfast/v1/account_service.grpc.pb.h"
#include "vault/base/limits.h"
#include "vault/base/text.h"

namespace holdfast::client {
namespace {

using Accounts = v1::AccountService;
using Methods = Accounts::StubInterface;

struct FieldOptions {
  std::string id;
  std::string platform;
  std::string platform_id;
  std::string handle;
  std::string url;
  std::string purpose;
  std::string unit;
  std::string owner;
  std::string etag;
  int tier = 0;
  std::vector<std::string> backups;
  std::vector<std::string> details;
  const CLI::App* command = nullptr;  // knows which options were given
};

struct ListOptions {
  bool archived = false;
};

struct IdOptions {
  std::string id;
};

struct RenameOptions {
  std::string id;
  std::string new_id;
  std::string etag;
};

struct TextField {
  const char* name;    // in the API
  const char* option;  // on the command line
  std::string FieldOptions::*value;
  std::size_t max_bytes;
  const char* help;
};

// The fields that may be changed later.
const TextField kTextFields[] = {
    {"platform", "--platform", &FieldOptions::platform, kMaxUrl,
     "A playbook's id, such as x or google-play, or a URL of the platform; holdfast playbook list"},
    {"handle", "--handle", &FieldOptions::handle, kMaxHandle, "Public or login name"},
    {"url", "--url", &FieldOptions::url, kMaxUrl, "Where to log in"},
    {"purpose", "--purpose", &FieldOptions::purpose, kMaxPurpose, "What it is for"},
    {"unit", "--unit", &FieldOptions::unit, kMaxUnit, "Organisational unit"}};

// "Remember me=true".
absl::Status AddDetail(const std::string& text, v1::Account& account) {
  const std::size_t equals = text.find('=');
  if (equals == text.npos) return InvalidField("--detail", "must be NAME=VALUE");
  v1::AccountDetail& detail = *account.add_details();
  detail.set_name(text.substr(0, equals));
  detail.set_value(text.substr(equals + 1));
  HF_RETURN_IF_ERROR(CheckLine("--detail", detail.name(), kMaxDetailName, /*required=*/true));
  return CheckLine("--detail", detail.value(), kMaxDetailValue, /*required=*/false);
}

absl::Status FillFields(const FieldOptions& options, v1::Account& account) {
  for (const TextField& field : kTextFields) {
    const std::string& text = options.*field.value;
    HF_RETURN_IF_ERROR(CheckLine(field.option, text, field.max_bytes, /*required=*/false));
    account.GetReflection()->SetString(&account, account.GetDescriptor()->FindFieldByName(field.name), text);
  }
  account.set_tier(options.tier);
  if (options.command->count("--owner") > 0) {
    HF_ASSIGN_OR_RETURN(*account.mutable_owner(), HolderArg("--owner", options.owner));
  }
  for (const std::string& backup : options.backups) {
    if (backup.empty()) continue;  // --backup "" takes all away
    HF_ASSIGN_OR_RETURN(*account.add_backups(), HolderArg("--backup", backup));
  }
  for (const std::string& detail : options.details)
    if (!detail.empty()) HF_RETURN_IF_ERROR(AddDetail(detail, account));  // --detail "" takes all away
  return absl::OkStatus();
}

absl::Status Add(const Globals& globals, const FieldOptions& options) {
  v1::CreateAccountRequest request;
  HF_ASSIGN_OR_RETURN(*request.mutable_account_id(), NewIdArg("accounts", "ID", options.id));
  v1::Account& account = *request.mutable_account();
  HF_RETURN_IF_ERROR(FillFields(options, account));
  HF_RETURN_IF_ERROR(CheckLine("--platform-id", options.platform_id, kMaxPlatformId, /*required=*/false));
  HF_RETURN_IF_ERROR(CheckLine("--platform", options.platform, kMaxUrl, /*required=*/true));
  account.set_platform_id(options.platform_id);
  request.set_request_id(NewRequestId());
  request.set_reason(globals.reason);
  return CallAndPrint<Accounts>(globals, &Methods::CreateAccount, request);
}

absl::Status Update(const Globals& globals, const FieldOptions& options) {
  v1::UpdateAccountRequest request;
  v1::Account& account = *request.mutable_account();
  HF_ASSIGN_OR_RETURN(*account.mutable_name(), AccountArg("ID", options.id));
  HF_RETURN_IF_ERROR(FillFields(options, account));
  HF_RETURN_IF_ERROR(CheckLine("--etag", options.etag, kMaxEtag, /*required=*/false));
  account.set_etag(options.etag);
  for (const TextField& field : kTextFields)
    if (options.command->count(field.option) > 0) request.mutable_update_mask()->add_paths(field.name);
  if (options.command->count("--tier") > 0) request.mutable_update_mask()->add_paths("tier");
  if (options.command->count("--owner") > 0) request.mutable_update_mask()->add_paths("owner");
  if (options.command->count("--backup") > 0) request.mutable_update_mask()->add_paths("backups");
  if (options.command->count("--detail") > 0) request.mutable_update_mask()->add_paths("details");
  if (request.update_mask().paths_size() == 0)
    return MakeError(absl::StatusCode::kInvalidArgument, "USAGE",
                     "name what to change, for example --handle");
  request.set_request_id(NewRequestId());
  request.set_reason(globals.reason);
  return CallAndPrint<Accounts>(globals, &Methods::UpdateAccount, request);
}

absl::Status Rename(const Globals& globals, const RenameOptions& options) {
  v1::RenameAccountRequest request;
  HF_ASSIGN_OR_RETURN(*request.mutable_name(), AccountArg("ID", options.id));
  HF_ASSIGN_OR_RETURN(*request.mutable_account_id(), NewIdArg("accounts", "NEW", options.new_id));
  HF_RETURN_IF_ERROR(CheckLine("--etag", options.etag, kMaxEtag, /*required=*/false));
  request.set_etag(options.etag);
  request.set_request_id(NewRequestId());
  request.set_reason(globals.reason);
  return CallAndPrint<Accounts>(globals, &Methods::RenameAccount, request);
}

absl::Status List(const Globals& globals, const ListOptions& options) {
  v1::ListAccountsRequest request;
  const bool table = globals.format() == OutputFormat::kTable;
  request.set_show_archived(options.archived || table);
  HF_ASSIGN_OR_RETURN(const auto session, Session::Open());
  HF_ASSIGN_OR_RETURN(v1::ListAccountsResponse all,
                      session->CallAllPages<Accounts>(&Methods::ListAccounts, request));
  if (!table || options.archived) return Print(globals, all);
  v1::ListAccountsResponse shown;
  for (v1::Account& account : *all.mutable_accounts())
    if (account.state() != v1::ACCOUNT_STATE_ARCHIVED) shown.add_accounts()->Swap(&account);
  HF_RETURN_IF_ERROR(Print(globals, shown));
  if (const int archived = all.accounts_size() - shown.accounts_size(); archived > 0)
    Note(globals, fmt::format("{} archived, not shown: add --archived", archived));
  return absl::OkStatus();
}

absl::Status Show(const Globals& globals, const IdOptions& options) {
  v1::GetAccountRequest request;
  HF_ASSIGN_OR_RETURN(*request.mutable_name(), AccountArg("ID", options.id));
  return CallAndPrint<Accounts>(globals, &Methods::GetAccount, request);
}

absl::Status Review(const Globals& globals, const FieldOptions& options) {
  v1::ReviewAccountRequest request;
  HF_ASSIGN_OR_RETURN(*request.mutable_name(), AccountArg("ID", options.id));
  HF_RETURN_IF_ERROR(CheckLine("--etag", options.etag, kMaxEtag, /*required=*/false));
  request.set_etag(options.etag);
  request.set_request_id(NewRequestId());
  request.set_reason(globals.reason);
  return CallAndPrint<Accounts>(globals, &Methods::ReviewAccount, request);
}

absl::Status Archive(const Globals& globals, const FieldOptions& options) {
  v1::ArchiveAccountRequest request;
  HF_ASSIGN_OR_RETURN(*request.mutable_name(), AccountArg("ID", options.id));
  HF_RETURN_IF_ERROR(CheckLine("--etag", options.etag, kMaxEtag, /*required=*/false));
  request.set_etag(options.etag);
  request.set_request_id(NewRequestId());
  request.set_reason(globals.reason);
  HF_RETURN_IF_ERROR(Confirm(
      globals.yes,
      fmt::format("Archive {}? Nothing can be added to it then, until it is taken back: holdfast account "
                  "unarchive {}",
                  request.name(), LastId(request.name())),
      "the account would be out of use until 'account unarchive'"));
  return CallAndPrint<Accounts>(globals, &Methods::ArchiveAccount, request);
}

absl::Status Unarchive(const Globals& globals, const FieldOptions& options) {
  v1::UnarchiveAccountRequest request;
  HF_ASSIGN_OR_RETURN(*request.mutable_name(), AccountArg("ID", options.id));
  HF_RETURN_IF_ERROR(CheckLine("--etag", options.etag, kMaxEtag, /*required=*/false));
  request.set_etag(options.etag);
  request.set_request_id(NewRequestId());
  request.set_reason(globals.reason);
  return CallAndPrint<Accounts>(globals, &Methods::UnarchiveAccount, request);
}

void DeclareFields(CLI::App& command, FieldOptions& options) {
  options.command = &command;
  for (const TextField& field : kTextFields)
    command.add_option(field.option, options.*field.value, field.help);
  command.add_option("--tier", options.tier, "1 (highest) to 3")->check(WholeNumber(1, 3));
  command.add_option("--backup", options.backups, "A backup owner; may be repeated")->allow_extra_args(false);
  command
      .add_option("--detail", options.details,
                  "Something to know about it that opens nothing, as NAME=VALUE; may be repeated")
      ->allow_extra_args(false);
}

void DeclareAdd(CLI::App& command, FieldOptions& options) {
  command.add_option("ID", options.id, "Id of the new account, for example x-acme-news")->required();
  command.add_option("--platform-id", options.platform_id,
                     "The platform's own id of the account; never changes");
  DeclareFields(command, options);
  command.get_option("--platform")->required();
  command.add_option("--owner", options.owner, "The holder who answers for it")->required();
}

void DeclareIdAndEtag(CLI::App& command, FieldOptions& options) {
  command.add_option("ID", options.id, "The account")->required();
  command.add_option("--etag", options.etag, "Refuse when the account has changed since it had this etag");
}

void DeclareUpdate(CLI::App& command, FieldOptions& options) {
  DeclareIdAndEtag(command, options);
  DeclareFields(command, options);
  command.add_option("--owner", options.owner, "The new owner");
}

}  // namespace

void AddAccountCommands(CLI::App& root, Invocation& invocation) {
  CLI::App& group = *AddGroup(root, "account", "The organisation's accounts");
  AddCommand<FieldOptions>(group, invocation, "add", "Register an account", DeclareAdd, Add);
  AddCommand<ListOptions>(
      group, invocation, "list", "The accounts that you may see",
      [](CLI::App& command, ListOptions& options) {
        command.add_flag("--archived", options.archived, "Archived ones too");
      },
      List);
  AddCommand<IdOptions>(
      group, invocation, "show", "One account",
      [](CLI::App& command, IdOptions& options) {
        command.add_option("ID", options.id, "The account")->required();
      },
      Show);
  AddCommand<FieldOptions>(group, invocation, "update",
                           "Change what is named; --owner, --backup and --detail replace", DeclareUpdate,
                           Update);
  AddCommand<RenameOptions>(
      group, invocation, "rename", "Give an account another id; the former one stays taken for good",
      [](CLI::App& command, RenameOptions& options) {
        command.add_option("ID", options.id, "The account")->required();
        command.add_option("NEW", options.new_id, "Its new id")->required();
        command.add_option("--etag", options.etag,
                           "Refuse when the account has changed since it had this etag");
      },
      Rename);
  AddCommand<FieldOptions>(group, invocation, "review",
                           "Record that you looked an account over; --reason says what you found",
                           DeclareIdAndEtag, Review);
  AddCommand<FieldOptions>(group, invocation, "archive",
                           "Take an account out of use; its history stays, and it can be taken back",
                           DeclareIdAndEtag, Archive);
  AddCommand<FieldOptions>(group, invocation, "unarchive", "Take an archived account into use again",
                           DeclareIdAndEtag, Unarchive);
  AddAccountLinkCommands(group, invocation);
}

}  // namespace holdfast::client
