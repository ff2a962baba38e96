#include "client/command.h"
#include "client/renewal.h"
#include "client/resource_columns.h"
#include "client/text_table.h"
#include "client/timestamp.h"
#include "fmt/format.h"
#include "holdfast/v1/approval_service.grpc.pb.h"
#include "holdfast/v1/handover_service.grpc.pb.h"
#include "holdfast/v1/holder_service.grpc.pb.h"
#include "holdfast/v1/vault_service.grpc.pb.h"
#include "vault/pki/inspect.h"

namespace holdfast::client {
namespace {

constexpr Micros kServerEndsSoon = 30 * kDay;
constexpr Micros kCaEndsSoon = 2 * 365 * kDay;

// Decisions and tasks that wait for the caller; "" when there are none. Lists that they may not read are left out.
std::string Waiting(Session& session, const v1::Vault& vault) {
  std::string waiting;
  for (const std::string& name : vault.suspensions_to_confirm())
    waiting += fmt::format("{}the suspension of {} ends by itself, unless you confirm it: holdfast holder "
                           "confirm-suspension {}",
                           waiting.empty() ? "" : "; ", LastId(name), LastId(name));
  if (const int count = vault.break_glass_to_veto(); count > 0)
    waiting += fmt::format("{}{} request{} to break glass that you could veto: holdfast break-glass list --open",
                           waiting.empty() ? "" : "; ", count, count == 1 ? "" : "s");
  v1::ListApprovalsRequest request;
  request.set_for_me(true);
  const auto approvals =
      session.CallAllPages<v1::ApprovalService>(&v1::ApprovalService::StubInterface::ListApprovals, request);
  if (const int count = approvals.ok() ? approvals->approvals_size() : 0; count > 0)
    waiting += fmt::format("{}{} approval{}: holdfast approval list --for-me", waiting.empty() ? "" : "; ", count,
                           count == 1 ? "" : "s");
  v1::ListHandoverTasksRequest mine;
  mine.set_parent("handovers/-");
  mine.set_mine(true);
  mine.set_open_only(true);
  const auto tasks =
      session.CallAllPages<v1::HandoverService>(&v1::HandoverService::StubInterface::ListHandoverTasks, mine);
  if (const int count = tasks.ok() ? tasks->tasks_size() : 0; count > 0)
    waiting += fmt::format("{}{} task{} of handovers: holdfast handover tasks --mine", waiting.empty() ? "" : "; ",
                           count, count == 1 ? "" : "s");
  return waiting;
}

// The device that called, and whether it counts in full.
std::string DeviceText(Session& session, const v1::Vault& vault) {
  v1::GetHolderRequest request;
  request.set_name(vault.caller().name());
  const auto self = session.Call<v1::HolderService>(&v1::HolderService::StubInterface::GetHolder, request);
  std::string text = vault.caller_fingerprint();
  // An officer's device that nobody confirmed, and a further one, may not even look at its own holder.
  if (!self.ok())
    return DetailsOf(self.status())["rule"].starts_with("floor.unconfirmed-") ? text + ", not confirmed yet" : text;
  for (const v1::DeviceKey& key : self->keys()) {
    if (key.fingerprint() != vault.caller_fingerprint()) continue;
    text += key.state() == v1::KEY_STATE_CONFIRMED ? ", confirmed" : ", not confirmed yet";
  }
  return text;
}

std::string CertificateText(const Session& session) {
  const auto info = pki::InspectCertificate(session.certificate());
  const auto from = RenewableFrom(session.certificate());
  if (!info.ok() || !from.ok()) return "cannot be read";
  const std::string until = fmt::format("good until {}", FormatTime(info->not_after));
  if (WallNow() < *from) return fmt::format("{}; renewed by itself from {} on", until, FormatTime(*from));
  return fmt::format("{}, and not renewed yet: holdfast device renew", until);
}

std::string ServerCertificateText(const v1::Vault& vault) {
  const Micros server = TimestampMicros(vault.server_certificate_expire_time());
  const Micros ca = TimestampMicros(vault.ca_certificate_expire_time());
  const bool late = server <= WallNow() + kServerEndsSoon;
  const bool ca_soon = ca <= WallNow() + kCaEndsSoon;
  return fmt::format("good until {}{}; the vault's own until {}{}", FormatTime(server),
                     late ? ", and not renewed: restart holdfastd" : "", FormatTime(ca),
                     ca_soon ? ": holdfast findings list" : "");
}

std::string StatusText(Session& session, const v1::Vault& vault, const std::string& waiting) {
  const auto& known = session.witness().known();
  std::vector<std::pair<std::string, std::string>> fields = {
      {"vault", vault.vault_id()},
      {"address", session.address()},
      {"server version", vault.server_version()},
      {"server certificate", ServerCertificateText(vault)},
      {"server time", FormatTime(TimestampMicros(vault.server_time()))},
      {"you are", vault.caller().name()},
      {"roles", CellText(vault.caller(), {"", "roles"})},
      {"this device", DeviceText(session, vault)},
      {"device certificate", CertificateText(session)},
      {"custodian", vault.custodian()},
      {"policy", vault.policy_hash()},
      {"log", fmt::format("{} entries, and it extends what this device has seen",
                          known.has_value() ? known->size : 0)},
      {"log's verifier key", session.witness().verifier().ToString()}};
  if (vault.has_pending_restore()) fields.emplace_back("restored", vault.pending_restore().advice());
  if (!waiting.empty()) fields.emplace_back("waiting for you", waiting);
  return FormatFields(fields);
}

absl::Status Status(const Globals& globals, const NoOptions&) {
  HF_ASSIGN_OR_RETURN(const auto session, Session::Open());
  HF_ASSIGN_OR_RETURN(const v1::Vault vault, session->Vault());
  if (globals.format() == OutputFormat::kTable)
    return WriteOut(StatusText(*session, vault, Waiting(*session, vault)));
  return Print(globals, vault);
}

}  // namespace

void AddStatusCommand(CLI::App& root, Invocation& invocation) {
  AddCommand<NoOptions>(
      root, invocation, "status", "The vault, and who you are to it", [](CLI::App&, NoOptions&) {}, Status);
}

}  // namespace holdfast::client
