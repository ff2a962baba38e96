// "vault confirm-restore".
#include "client/command.h"
#include "fmt/format.h"
#include "holdfast/v1/vault_service.grpc.pb.h"

namespace holdfast::client {
namespace {

absl::Status ConfirmRestore(const Globals& globals, const NoOptions&) {
  HF_ASSIGN_OR_RETURN(const auto session, Session::Open());
  v1::ConfirmRestoreRequest request;
  request.set_request_id(NewRequestId());
  request.set_reason(globals.reason);
  HF_ASSIGN_OR_RETURN(const v1::Vault vault,
                      session->Call<v1::VaultService>(&v1::VaultService::StubInterface::ConfirmRestore, request));
  if (globals.format() != OutputFormat::kTable) return Print(globals, vault);
  if (!vault.has_pending_restore()) return WriteOut("confirmed; values can be revealed again\n");
  return WriteOut(fmt::format("confirmed; {}\n", vault.pending_restore().advice()));
}

}  // namespace

void AddVaultCommands(CLI::App& root, Invocation& invocation) {
  CLI::App& group = *AddGroup(root, "vault", "The vault as a whole, after a disaster");
  AddCommand<NoOptions>(group, invocation, "confirm-restore",
                        "Say that you looked a restored vault over: until enough officers do, no value leaves it",
                        [](CLI::App&, NoOptions&) {}, ConfirmRestore);
}

}  // namespace holdfast::client
