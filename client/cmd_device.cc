// The device that runs the command.
#include "client/command.h"
#include "client/text_table.h"
#include "client/timestamp.h"
#include "holdfast/v1/holder_service.pb.h"

namespace holdfast::client {
namespace {

absl::Status RenewDevice(const Globals& globals, const NoOptions&) {
  HF_ASSIGN_OR_RETURN(const auto session, Session::Open(AutoRenewal::kOff));
  HF_ASSIGN_OR_RETURN(const v1::RenewKeyResponse renewed, session->RenewDevice());
  if (globals.format() != OutputFormat::kTable) return Print(globals, renewed);
  return WriteOut(FormatFields({{"fingerprint", renewed.fingerprint() + ", as before"},
                                {"good until", FormatTime(TimestampMicros(renewed.expire_time()))}}));
}

}  // namespace

void AddDeviceCommands(CLI::App& root, Invocation& invocation) {
  CLI::App& group = *AddGroup(root, "device", "This device");
  AddCommand<NoOptions>(
      group, invocation, "renew",
      "Renew this device's certificate now; commands do it by themselves in the last third of its life",
      [](CLI::App&, NoOptions&) {}, RenewDevice);
}

}  // namespace holdfast::client
