#include <unistd.h>

#include <cstdlib>

#include "client/command.h"
#include "client/files.h"
#include "client/pending_enrollment.h"
#include "client/prompt.h"
#include "client/renewal.h"
#include "client/text_table.h"
#include "fmt/format.h"
#include "holdfast/v1/enrollment_service.grpc.pb.h"
#include "vault/base/ids.h"
#include "vault/crypto/fingerprint.h"
#include "vault/evidence/note.h"
#include "vault/pki/csr.h"
#include "vault/pki/enrollment_string.h"
#include "vault/pki/inspect.h"
#include "vault/pki/key.h"

namespace holdfast::client {
namespace {

constexpr std::chrono::seconds kDeadline(30);
constexpr std::size_t kMaxInput = 1024;

struct EnrollOptions {
  std::string from_file;
  std::string server;
  bool replace = false;
};

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlanks);
  return first == text.npos ? "" : text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

absl::StatusOr<pki::EnrollmentString> ReadString(const EnrollOptions& options) {
  if (options.from_file.empty() && CanAsk()) {
    HF_ASSIGN_OR_RETURN(const Plaintext typed, AskHidden("Enrollment string"));
    return pki::ParseEnrollmentString(Trimmed(AsChars(typed.ExposeSecret())));
  }
  const std::string file = options.from_file.empty() ? "-" : options.from_file;
  HF_ASSIGN_OR_RETURN(const Plaintext read, ReadFileArg("--from-file", file, kMaxInput));
  return pki::ParseEnrollmentString(Trimmed(AsChars(read.ExposeSecret())));
}

// Where to enroll: as for every command, what the user says counts before what was written down.
absl::StatusOr<std::string> AddressOf(const EnrollOptions& options, const pki::EnrollmentString& string) {
  const char* variable = std::getenv("HOLDFAST_SERVER");
  std::string address = options.server;
  if (address.empty() && variable != nullptr) address = variable;
  if (address.empty()) address = string.address;
  if (address.empty())
    return InvalidField("--server", "is required: the string does not name the vault's address");
  if (!pki::IsHostPort(address)) return InvalidField("--server", "must be host:port");
  return address;
}

// The device must be able to keep what it is about to get: the string works once.
absl::Status CheckHome(const std::string& home, bool replace) {
  HF_RETURN_IF_ERROR(EnsurePrivateDirectory(home));
  if (!HasIdentity(home) || replace) return absl::OkStatus();
  const auto identity = LoadIdentity(home);
  return MakeError(absl::StatusCode::kFailedPrecondition, "ALREADY_ENROLLED",
                   fmt::format("this device is enrolled{} already; add --replace to give that up",
                               identity.ok() ? fmt::format(" as {}", identity->holder) : ""));
}

absl::StatusOr<v1::EnrollResponse> CallEnroll(const std::string& address, const pki::EnrollmentString& string,
                                              const DeviceKeys& keys) {
  v1::EnrollRequest request;
  HF_ASSIGN_OR_RETURN(*request.mutable_csr(), pki::MakeCsr(keys.tls));
  request.set_box_key(std::string(AsChars(keys.box.public_key())));
  const auto verdict = std::make_shared<Verdict>();
  HF_ASSIGN_OR_RETURN(const auto channel, EnrollmentChannel(address, string, verdict));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kDeadline);
  v1::EnrollResponse response;
  const grpc::Status status = v1::EnrollmentService::NewStub(channel)->Enroll(&context, request, &response);
  if (!verdict->status().ok())
    return NotTheVault(address, "of this enrollment string", verdict->status());
  if (TurnedAway(status, *verdict, *channel))
    return MakeError(absl::StatusCode::kUnauthenticated, "STRING_UNKNOWN",
                     fmt::format("the vault at {} closed the connection: it knows no such enrollment string, or it "
                                 "ended more than a week ago; ask for a new one",
                                 address));
  if (!status.ok()) return FromGrpc(status, address);
  return response;
}

// The pinned CA must have signed what was answered, for this holder.
absl::Status CheckResponse(const pki::EnrollmentString& string, const v1::EnrollResponse& response,
                           const DeviceKeys& keys) {
  const auto ca_hash = pki::CertificateSha256(response.ca_certificate());
  if (!ca_hash.ok() || *ca_hash != string.ca_sha256)
    return VerificationFailed("the vault answered with another CA than the enrollment string pins");
  if (response.holder() != HolderName(string.holder))
    return VerificationFailed("the vault enrolled another holder than the enrollment string names");
  const auto certificate = pki::CertificateSha256(response.certificate());
  if (!certificate.ok() ||
      crypto::KeyFingerprint(*certificate, keys.box.public_key()) != response.fingerprint())
    return VerificationFailed("the vault's fingerprint is not that of this device's keys");
  if (response.box_signing_key().size() != crypto::PublicKey().size() ||
      HexDecode(response.vault_id()).value_or(Bytes()).size() != 16 ||
      !evidence::NoteVerifier::Parse(response.checkpoint_verifier()).ok())
    return VerificationFailed("the vault's answer is incomplete");
  return absl::OkStatus();
}

absl::StatusOr<Identity> MakeIdentity(const pki::EnrollmentString& string, const v1::EnrollResponse& response,
                                      const std::string& address, const DeviceKeys& keys) {
  Identity identity;
  identity.holder = string.holder;
  identity.vault_id = response.vault_id();
  identity.api_address = response.api_address().empty() ? address : response.api_address();
  identity.ca_pem = response.ca_certificate();
  identity.certificate_pem = response.certificate();
  HF_ASSIGN_OR_RETURN(identity.private_key_pem, pki::PrivateKeyToPem(keys.tls));
  identity.box_secret = keys.box.secret().Clone();
  identity.checkpoint_verifier = response.checkpoint_verifier();
  std::copy(response.box_signing_key().begin(), response.box_signing_key().end(),
            identity.box_signing_key.begin());
  return identity;
}

// Another vault has another log: only then is what this device witnessed forgotten.
absl::Status Store(const std::string& home, Identity identity) {
  const auto before = LoadIdentity(home);
  // The same vault under another key was restored since: the next command checks that against what was witnessed.
  if (before.ok() && before->vault_id == identity.vault_id)
    identity.checkpoint_verifier = before->checkpoint_verifier;
  HF_RETURN_IF_ERROR(SaveIdentity(home, identity));
  ForgetKeysToEnroll(home);
  unlink(RenewalPath(home).c_str());  // of the identity given up
  if (before.ok() && before->vault_id != identity.vault_id) ForgetCheckpoint(home);
  return absl::OkStatus();
}

absl::Status PrintEnrolled(const Globals& globals, const v1::EnrollResponse& response) {
  if (globals.format() != OutputFormat::kTable) return Print(globals, response);
  HF_RETURN_IF_ERROR(WriteOut(FormatFields({{"holder", response.holder()},
                                            {"fingerprint", response.fingerprint()},
                                            {"confirmed", response.confirmed() ? "yes" : "no"},
                                            {"api", response.api_address()}})));
  if (!response.confirmed()) {
    Note(globals,
         "Until somebody confirms this device, it may do little. Read the fingerprint out to any member or officer of "
         "your organisation, other than who gave you the string. They run:");
    Note(globals, fmt::format("    holdfast holder confirm {} --fingerprint {}", LastId(response.holder()),
                              response.fingerprint()));
  }
  return absl::OkStatus();
}

absl::Status Enroll(const Globals& globals, const EnrollOptions& options) {
  const std::string home = HomeDirectory();
  HF_RETURN_IF_ERROR(CheckHome(home, options.replace));
  HF_ASSIGN_OR_RETURN(const pki::EnrollmentString string, ReadString(options));
  HF_ASSIGN_OR_RETURN(const std::string address, AddressOf(options, string));
  HF_ASSIGN_OR_RETURN(const Bytes string_key, pki::PublicKeySha256(string.key));
  HF_ASSIGN_OR_RETURN(const DeviceKeys keys, KeysToEnroll(home, string_key));
  HF_ASSIGN_OR_RETURN(const v1::EnrollResponse response, CallEnroll(address, string, keys));
  HF_RETURN_IF_ERROR(CheckResponse(string, response, keys));
  HF_ASSIGN_OR_RETURN(Identity identity, MakeIdentity(string, response, address, keys));
  HF_RETURN_IF_ERROR(Store(home, std::move(identity)));
  return PrintEnrolled(globals, response);
}

void Declare(CLI::App& command, EnrollOptions& options) {
  command.add_option("--from-file", options.from_file,
                     "Read the one-time string (hf1:...) from a file, or from standard input for -. Without this option "
                     "it is asked for, or read from standard input where there is no terminal");
  command.add_option("--server", options.server, "host:port of the vault, if not the string's");
  command.add_flag("--replace", options.replace, "Give up the identity that this device has");
}

}  // namespace

void AddEnrollCommand(CLI::App& root, Invocation& invocation) {
  AddCommand<EnrollOptions>(root, invocation, "enroll", "Enroll this device with a one-time string", Declare,
                            Enroll);
}

}  // namespace holdfast::client
