// "vault custodian" and "vault confirm-restore".
#include "client/command.h"
#include "client/text_table.h"
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

struct CustodianOptions {
  std::string id;
};

absl::Status SetCustodian(const Globals& globals, const CustodianOptions& options) {
  v1::SetCustodianRequest request;
  HF_ASSIGN_OR_RETURN(*request.mutable_holder(), HolderArg("ID", options.id));
  request.set_request_id(NewRequestId());
  request.set_reason(globals.reason);
  HF_ASSIGN_OR_RETURN(const auto session, Session::Open());
  HF_ASSIGN_OR_RETURN(const v1::Vault vault, session->Call<v1::VaultService>(
                                                 &v1::VaultService::StubInterface::SetCustodian, request));
  if (globals.format() != OutputFormat::kTable) return Print(globals, vault);
  return WriteOut(FormatFields({{"custodian", vault.custodian()}}));
}

}  // namespace

void AddVaultCommands(CLI::App& root, Invocation& invocation) {
  CLI::App& group = *AddGroup(root, "vault", "What holds for the vault as a whole");
  AddCommand<CustodianOptions>(
      group, invocation, "custodian", "Name who takes over what has no other successor; somebody else must say yes",
      [](CLI::App& command, CustodianOptions& options) {
        command.add_option("ID", options.id, "The holder, a person")->required();
      },
      SetCustodian);
  AddCommand<NoOptions>(group, invocation, "confirm-restore",
                        "Say that you looked a restored vault over: until enough officers do, no value leaves it",
                        [](CLI::App&, NoOptions&) {}, ConfirmRestore);
}

}  // namespace holdfast::client
