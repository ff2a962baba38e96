#include <optional>

#include "client/command.h"
#include "client/prompt.h"
#include "client/sealed.h"
#include "client/secret_output.h"
#include "client/timestamp.h"
#include "fmt/format.h"
#include "holdfast/v1/secret_service.grpc.pb.h"
#include "vault/base/ids.h"
#include "vault/base/limits.h"
#include "vault/base/text.h"
#include "vault/crypto/value.h"

namespace holdfast::client {
namespace {

using Secrets = v1::SecretService;
using Methods = Secrets::StubInterface;

struct SecretOptions {
  std::string account;
  std::string secret;
  std::int64_t version = 0;
  std::optional<std::int64_t> only{};
  std::optional<std::int64_t> through{};
  bool current = false;
  std::string kind;
  std::string from_file;
  std::string etag;
  std::string ticket;
  std::string evidence;
};

// Of the secret that is there; "" when there is none, or none that the caller may list.
std::string StoredKind(Session& session, const std::string& account, const std::string& secret) {
  v1::ListSecretsRequest request;
  request.set_parent(AccountName(account));
  const auto all = session.CallAllPages<Secrets>(&Methods::ListSecrets, request);
  if (!all.ok()) return "";
  for (const v1::Secret& stored : all->secrets())
    if (stored.name() == SecretResource(account, secret)) return stored.kind();
  return "";
}

// Without one final line break, of either kind.
std::string_view WithoutLineBreak(std::string_view text) {
  if (!text.ends_with('\n')) return text;
  text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

// A password's file usually ends in a line break that is not part of it; a note's bytes are all its own.
absl::StatusOr<Plaintext> ReadValue(const SecretOptions& options, bool note) {
  if (options.from_file.empty()) return AskNewSecret(note ? "Note" : "Secret");
  HF_ASSIGN_OR_RETURN(Plaintext value,
                      ReadFileArg("--from-file", options.from_file, crypto::kMaxValueSize + 2));
  if (!note) value.Resize(WithoutLineBreak(AsChars(value.ExposeSecret())).size());
  return value;
}

absl::StatusOr<Plaintext> ReadCheckedValue(const SecretOptions& options, bool note) {
  HF_ASSIGN_OR_RETURN(Plaintext value, ReadValue(options, note));
  if (value.empty())
    return MakeError(absl::StatusCode::kInvalidArgument, "EMPTY_SECRET", "an empty secret is not stored");
  if (value.size() > crypto::kMaxValueSize)
    return InvalidField("--from-file", fmt::format("holds more than {} KiB", crypto::kMaxValueSize / 1024));
  return value;
}

absl::Status Put(const Globals& globals, const SecretOptions& options) {
  v1::AddSecretVersionRequest request;
  HF_ASSIGN_OR_RETURN(*request.mutable_parent(), SecretArg(options.account, options.secret));
  HF_RETURN_IF_ERROR(CheckLine("--etag", options.etag, kMaxEtag, /*required=*/false));
  HF_ASSIGN_OR_RETURN(const SecretName name, ParseSecretName(request.parent(), "SECRET"));
  HF_ASSIGN_OR_RETURN(const auto session, Session::Open());
  HF_ASSIGN_OR_RETURN(const v1::Vault vault, session->Vault());
  HF_ASSIGN_OR_RETURN(const Sealer sealer, Sealer::Make(session->identity(), vault));
  const std::string kind =
      options.kind.empty() ? StoredKind(*session, name.account, name.secret) : options.kind;
  HF_ASSIGN_OR_RETURN(const Plaintext value, ReadCheckedValue(options, /*note=*/kind == "note"));
  request.set_request_id(NewRequestId());
  request.set_kind(options.kind);
  request.set_etag(options.etag);
  request.set_reason(globals.reason);
  HF_ASSIGN_OR_RETURN(*request.mutable_value(), sealer.Seal({.purpose = "put",
                                                             .request_id = request.request_id(),
                                                             .account = name.account,
                                                             .secret = name.secret,
                                                             .version = 0},
                                                            value));
  HF_ASSIGN_OR_RETURN(const v1::SecretVersion added,
                      session->Call<Secrets>(&Methods::AddSecretVersion, request));
  HF_RETURN_IF_ERROR(Print(globals, added));
  if (added.version() == 1 && globals.format() == OutputFormat::kTable)
    Note(globals, fmt::format("New secret '{}' on {}.", name.secret, name.account));
  return absl::OkStatus();
}

absl::Status Reveal(const Globals& globals, const SecretOptions& options) {
  v1::RevealSecretVersionRequest request;
  if (options.version != 0) {
    HF_ASSIGN_OR_RETURN(*request.mutable_name(),
                        VersionArg(options.account, options.secret, options.version));
  } else {
    HF_ASSIGN_OR_RETURN(*request.mutable_name(), SecretArg(options.account, options.secret));
  }
  HF_RETURN_IF_ERROR(CheckLine("--ticket", options.ticket, kMaxTicket, /*required=*/false));
  request.set_ticket(options.ticket);
  request.set_reason(globals.reason);
  request.set_request_id(NewRequestId());
  HF_ASSIGN_OR_RETURN(const auto session, Session::Open());
  HF_ASSIGN_OR_RETURN(const v1::Vault vault, session->Vault());
  HF_ASSIGN_OR_RETURN(const v1::RevealSecretVersionResponse response,
                      session->Call<Secrets>(&Methods::RevealSecretVersion, request));
  HF_ASSIGN_OR_RETURN(const Plaintext value,
                      OpenRevealed(session->identity(), request.name(), request.request_id(),
                                   TimestampMicros(vault.server_time()), response));
  return WriteRevealed(globals, response, value);
}

absl::Status Code(const Globals& globals, const SecretOptions& options) {
  v1::GenerateSecretCodeRequest request;
  HF_ASSIGN_OR_RETURN(*request.mutable_name(), SecretArg(options.account, options.secret));
  HF_RETURN_IF_ERROR(CheckLine("--ticket", options.ticket, kMaxTicket, /*required=*/false));
  request.set_ticket(options.ticket);
  request.set_reason(globals.reason);
  request.set_request_id(NewRequestId());
  HF_ASSIGN_OR_RETURN(const auto session, Session::Open());
  HF_ASSIGN_OR_RETURN(const v1::Vault vault, session->Vault());
  HF_ASSIGN_OR_RETURN(const v1::GenerateSecretCodeResponse response,
                      session->Call<Secrets>(&Methods::GenerateSecretCode, request));
  HF_ASSIGN_OR_RETURN(
      const Plaintext code,
      OpenReleased(session->identity(),
                   {.purpose = "code", .name = request.name(), .request_id = request.request_id()},
                   TimestampMicros(vault.server_time()), response.version(), response.value()));
  HF_RETURN_IF_ERROR(WriteCode(globals, response, code));
  if (globals.format() == OutputFormat::kTable)
    Note(globals, fmt::format("Good until {} UTC.",
                              FormatTime(TimestampMicros(response.expire_time())).substr(11, 8)));
  return absl::OkStatus();
}

absl::Status List(const Globals& globals, const SecretOptions& options) {
  v1::ListSecretsRequest request;
  HF_ASSIGN_OR_RETURN(*request.mutable_parent(), AccountArg("ACCOUNT", options.account));
  return ListAndPrint<Secrets>(globals, &Methods::ListSecrets, request);
}

absl::Status Versions(const Globals& globals, const SecretOptions& options) {
  v1::ListSecretVersionsRequest request;
  HF_ASSIGN_OR_RETURN(*request.mutable_parent(), SecretArg(options.account, options.secret));
  return ListAndPrint<Secrets>(globals, &Methods::ListSecretVersions, request);
}

absl::Status Attest(const Globals& globals, const SecretOptions& options) {
  v1::AttestSecretRequest request;
  if (options.only.has_value()) {
    HF_ASSIGN_OR_RETURN(*request.mutable_name(),
                        VersionArg(options.account, options.secret, *options.only));
  } else {
    HF_ASSIGN_OR_RETURN(*request.mutable_name(), SecretArg(options.account, options.secret));
  }
  if (options.through.has_value() && *options.through < 1)
    return InvalidField("--through", "must be the number of a version, from 1");
  HF_RETURN_IF_ERROR(CheckLine("--evidence", options.evidence, kMaxEvidence, /*required=*/true));
  request.set_through(options.through.value_or(0));
  request.set_current(options.current);
  request.set_evidence(options.evidence);
  request.set_request_id(NewRequestId());
  HF_ASSIGN_OR_RETURN(const auto session, Session::Open());
  HF_ASSIGN_OR_RETURN(const v1::AttestSecretResponse attested,
                      session->Call<Secrets>(&Methods::AttestSecret, request));
  HF_RETURN_IF_ERROR(Print(globals, attested));
  if (options.current && globals.format() == OutputFormat::kTable)
    Note(globals, fmt::format("Nothing works now: holdfast secret put {} {}", options.account, options.secret));
  return absl::OkStatus();
}

absl::Status Remove(const Globals& globals, const SecretOptions& options) {
  v1::RemoveSecretRequest request;
  HF_ASSIGN_OR_RETURN(*request.mutable_name(), SecretArg(options.account, options.secret));
  HF_RETURN_IF_ERROR(CheckLine("--etag", options.etag, kMaxEtag, /*required=*/false));
  request.set_etag(options.etag);
  request.set_request_id(NewRequestId());
  request.set_reason(globals.reason);
  HF_RETURN_IF_ERROR(Confirm(
      globals.yes, fmt::format("Take {} off the lists? Who knows its values stays on record.", request.name()),
      "a secret that is in use would no longer be found"));
  HF_RETURN_IF_ERROR(CallAndPrint<Secrets>(globals, &Methods::RemoveSecret, request));
  if (globals.format() == OutputFormat::kTable)
    Note(globals, fmt::format("Removed. A new value brings it back: holdfast secret put {} {}", options.account,
                              options.secret));
  return absl::OkStatus();
}

absl::Status Destroy(const Globals& globals, const SecretOptions& options) {
  v1::DestroySecretVersionRequest request;
  HF_ASSIGN_OR_RETURN(*request.mutable_name(), VersionArg(options.account, options.secret, options.version));
  request.set_request_id(NewRequestId());
  request.set_reason(globals.reason);
  HF_RETURN_IF_ERROR(Confirm(globals.yes, fmt::format("Destroy {}? It cannot be undone.", request.name()),
                             "destroying a value cannot be undone"));
  return CallAndPrint<Secrets>(globals, &Methods::DestroySecretVersion, request);
}

void DeclareAccount(CLI::App& command, SecretOptions& options) {
  command.add_option("ACCOUNT", options.account, "The account")->required();
}

void DeclareSecret(CLI::App& command, SecretOptions& options) {
  DeclareAccount(command, options);
  command.add_option("SECRET", options.secret, "The secret, as in \"password\"")->required();
}

void DeclareVersion(CLI::App& command, SecretOptions& options) {
  DeclareSecret(command, options);
  command.add_option("VERSION", options.version, "Number of the version, from 1")
      ->required()
      ->check(WholeNumber(1));
}

void DeclarePut(CLI::App& command, SecretOptions& options) {
  DeclareSecret(command, options);
  command
      .add_option("--kind", options.kind,
                  "password, note or totp (a base32 seed, or an otpauth or steam URI); the secret's own when "
                  "not given")
      ->check(CLI::IsMember({"password", "note", "totp"}));
  command.add_option(
      "--from-file", options.from_file,
      "Read the value from a file, or from standard input for -. One final line break is cut off, but "
      "of a note every byte is kept. Without this option the value is asked for, twice");
  command.add_option("--etag", options.etag, "Refuse when the secret has changed since it had this etag");
}

void DeclareReveal(CLI::App& command, SecretOptions& options) {
  DeclareSecret(command, options);
  command.add_option("--version", options.version, "Number of the version; the newest when not given")
      ->check(WholeNumber(1));
  command.add_option("--ticket", options.ticket, "Reference into a ticket system; kept in the audit log");
}

void DeclareCode(CLI::App& command, SecretOptions& options) {
  DeclareSecret(command, options);
  command.add_option("--ticket", options.ticket, "Reference into a ticket system; kept in the audit log");
}

void DeclareAttest(CLI::App& command, SecretOptions& options) {
  DeclareSecret(command, options);
  CLI::Option* one =
      command.add_option("VERSION", options.only,
                         "Number of one version; all before the newest when neither this nor --through is given")
          ->check(WholeNumber(1));
  command.add_option("--through", options.through, "All versions from 1 to this number")
      ->excludes(one)
      ->check(WholeNumber(1));
  command.add_flag("--current", options.current,
                   "The newest too: nothing works until a new value is in, and a finding says so");
  command.add_option("--evidence", options.evidence, "What shows that the platform no longer accepts them")
      ->required();
}

void DeclareRemove(CLI::App& command, SecretOptions& options) {
  DeclareSecret(command, options);
  command.add_option("--etag", options.etag, "Refuse when the secret has changed since it had this etag");
}

}  // namespace

void AddSecretCommands(CLI::App& root, Invocation& invocation) {
  CLI::App& group = *AddGroup(root, "secret", "What opens an account");
  AddCommand<SecretOptions>(group, invocation, "put", "Add a version; the value is never an argument",
                            DeclarePut, Put);
  AddCommand<SecretOptions>(group, invocation, "reveal", "Show a value, on the record", DeclareReveal,
                            Reveal);
  AddCommand<SecretOptions>(group, invocation, "code",
                            "Make a one-time code from a seed, which stays in the vault", DeclareCode, Code);
  AddCommand<SecretOptions>(group, invocation, "list", "The secrets of an account, without values",
                            DeclareAccount, List);
  AddCommand<SecretOptions>(group, invocation, "versions", "The versions of a secret, without values",
                            DeclareSecret, Versions);
  AddCommand<SecretOptions>(group, invocation, "attest",
                            "Attest that the platform no longer accepts old versions", DeclareAttest, Attest);
  AddCommand<SecretOptions>(group, invocation, "destroy", "Destroy the stored value of a version",
                            DeclareVersion, Destroy);
  AddCommand<SecretOptions>(group, invocation, "remove",
                            "Take a mistyped secret off the lists; who knows its values stays on record",
                            DeclareRemove, Remove);
}

}  // namespace holdfast::client
