// account link, account unlink: what else opens an account.
#include <algorithm>
#include <cctype>

#include "client/command.h"
#include "client/errors.h"
#include "fmt/format.h"
#include "holdfast/v1/account_service.grpc.pb.h"
#include "vault/base/ids.h"
#include "vault/base/links.h"
#include "vault/base/text.h"

namespace holdfast::client {
namespace {

using Accounts = v1::AccountService;
using Methods = Accounts::StubInterface;

struct LinkOptions {
  std::string id;
  std::string recovers_through;
  std::string signs_in_with;
  std::string administered_by;
  std::string connected_app;
  std::string recovery_phone;
  std::string etag;
  const CLI::App* command = nullptr;  // knows which options were given
};

// The reading of a bare word that could be an id.
enum class Bare : int { kAccount, kHolder, kOutside };

struct LinkOption {
  v1::LinkKind kind;
  const char* option;
  std::string LinkOptions::*value;
  Bare bare;
  const char* help;
};

const LinkOption kLinkOptions[] = {
    {v1::LINK_KIND_RECOVERS_THROUGH, "--recovers-through", &LinkOptions::recovers_through, Bare::kAccount,
     "Its mailbox: an account, holders/ID for a person's own, or an address outside the vault"},
    {v1::LINK_KIND_SIGNS_IN_WITH, "--signs-in-with", &LinkOptions::signs_in_with, Bare::kAccount,
     "The login that it takes: an account, holders/ID or an address"},
    {v1::LINK_KIND_ADMINISTERED_BY, "--administered-by", &LinkOptions::administered_by, Bare::kAccount,
     "Who can reset it: an account, holders/ID or an address"},
    {v1::LINK_KIND_CONNECTED_APP, "--connected-app", &LinkOptions::connected_app, Bare::kOutside,
     "An app that acts for it: its name, accounts/ID or holders/ID"},
    {v1::LINK_KIND_RECOVERY_PHONE, "--recovery-phone", &LinkOptions::recovery_phone, Bare::kHolder,
     "Whose phone gets its codes: a holder, or a number"},
};

bool HasLetter(std::string_view text) {
  return std::ranges::any_of(text, [](unsigned char c) { return std::isalpha(c) != 0; });
}

absl::Status FillOutside(const LinkOption& option, const std::string& text, v1::AccountLink& link) {
  HF_RETURN_IF_ERROR(CheckLine(option.option, text, kMaxOutside, /*required=*/true));
  // An id with a slip of the finger must not become an identity that nobody has.
  if (option.bare == Bare::kAccount && text.find('@') == text.npos)
    return InvalidField(
        option.option,
        "must be an account's id, holders/ID for a person's own, or an e-mail address outside");
  link.set_outside(text);
  return absl::OkStatus();
}

absl::Status FillEnd(const LinkOption& option, const std::string& text, v1::AccountLink& link) {
  const bool is_id = IsValidId(text);
  if (text.starts_with("holders/") || (option.bare == Bare::kHolder && is_id && HasLetter(text))) {
    HF_ASSIGN_OR_RETURN(*link.mutable_holder(), HolderArg(option.option, text));
  } else if (text.starts_with("accounts/") || (option.bare == Bare::kAccount && is_id)) {
    HF_ASSIGN_OR_RETURN(*link.mutable_account(), AccountArg(option.option, text));
  } else {
    return FillOutside(option, text, link);
  }
  return absl::OkStatus();
}

absl::StatusOr<const LinkOption*> GivenOption(const LinkOptions& options) {
  const LinkOption* given = nullptr;
  for (const LinkOption& option : kLinkOptions) {
    if (options.command->count(option.option) == 0) continue;
    if (given != nullptr)
      return MakeError(absl::StatusCode::kInvalidArgument, "USAGE",
                       fmt::format("{} and {}: name one link at a time", given->option, option.option));
    given = &option;
  }
  if (given != nullptr) return given;
  return MakeError(absl::StatusCode::kInvalidArgument, "USAGE",
                   "name the link, for example --recovers-through mail-social");
}

// The vault names the field of the API, which several options fill.
absl::Status NamingOption(const Globals& globals, const LinkOption& option, const absl::Status& status) {
  const std::string field = FieldOf(status);
  if (globals.format() != OutputFormat::kTable || !field.starts_with("link")) return status;
  std::string message(MessageOf(status));
  if (message.starts_with(field + ": ")) message.erase(0, field.size() + 2);
  return InvalidField(option.option, message);
}

template <auto kMethod, class Request>
absl::Status Change(const Globals& globals, const LinkOptions& options) {
  Request request;
  HF_ASSIGN_OR_RETURN(*request.mutable_name(), AccountArg("ID", options.id));
  HF_ASSIGN_OR_RETURN(const LinkOption* option, GivenOption(options));
  request.mutable_link()->set_kind(option->kind);
  HF_RETURN_IF_ERROR(FillEnd(*option, options.*option->value, *request.mutable_link()));
  HF_RETURN_IF_ERROR(CheckLine("--etag", options.etag, kMaxEtag, /*required=*/false));
  request.set_etag(options.etag);
  request.set_request_id(NewRequestId());
  request.set_reason(globals.reason);
  return NamingOption(globals, *option, CallAndPrint<Accounts>(globals, kMethod, request));
}

void Declare(CLI::App& command, LinkOptions& options) {
  options.command = &command;
  command.add_option("ID", options.id, "The account")->required();
  for (const LinkOption& option : kLinkOptions)
    command.add_option(option.option, options.*option.value, option.help);
  command.add_option("--etag", options.etag, "Refuse when the account has changed since it had this etag");
}

}  // namespace

void AddAccountLinkCommands(CLI::App& group, Invocation& invocation) {
  AddCommand<LinkOptions>(group, invocation, "link", "Put on record what else opens an account", Declare,
                          Change<&Methods::LinkAccount, v1::LinkAccountRequest>);
  AddCommand<LinkOptions>(group, invocation, "unlink", "Take such a link away; --reason says why", Declare,
                          Change<&Methods::UnlinkAccount, v1::UnlinkAccountRequest>);
}

}  // namespace holdfast::client
