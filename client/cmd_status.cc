#include "client/command.h"
#include "client/resource_columns.h"
#include "client/text_table.h"
#include "client/timestamp.h"
#include "fmt/format.h"
#include "holdfast/v1/vault_service.grpc.pb.h"

namespace holdfast::client {
namespace {

std::string StatusText(const Session& session, const v1::Vault& vault) {
  const auto& known = session.witness().known();
  return FormatFields({{"vault", vault.vault_id()},
                       {"address", session.address()},
                       {"server version", vault.server_version()},
                       {"server time", FormatTime(TimestampMicros(vault.server_time()))},
                       {"you are", vault.caller().name()},
                       {"roles", CellText(vault.caller(), {"", "roles"})},
                       {"this device", vault.caller_fingerprint()},
                       {"custodian", vault.custodian()},
                       {"policy", vault.policy_hash()},
                       {"log", fmt::format("{} entries, and it extends what this device has seen",
                                           known.has_value() ? known->size : 0)}});
}

absl::Status Status(const Globals& globals, const NoOptions&) {
  HF_ASSIGN_OR_RETURN(const auto session, Session::Open());
  HF_ASSIGN_OR_RETURN(const v1::Vault vault, session->Vault());
  if (globals.format() == OutputFormat::kTable) return WriteOut(StatusText(*session, vault));
  return Print(globals, vault);
}

}  // namespace

void AddStatusCommand(CLI::App& root, Invocation& invocation) {
  AddCommand<NoOptions>(
      root, invocation, "status", "The vault, and who you are to it", [](CLI::App&, NoOptions&) {}, Status);
}

}  // namespace holdfast::client
