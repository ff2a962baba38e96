// How commands are added to the command line and run. Parsing only fills in options and remembers which
// command was named; it runs after everything was read.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>

#include "CLI/CLI.hpp"
#include "client/options.h"
#include "client/print.h"
#include "client/session.h"
#include "vault/base/status.h"

namespace holdfast::client {

struct Invocation {
  Globals globals;
  std::function<absl::Status()> action;
};

CLI::App* AddGroup(CLI::App& root, const std::string& name, const std::string& help);

// A check of a whole number in these bounds: in words, as the library prints the limits of types.
CLI::Validator WholeNumber(std::int64_t least, std::int64_t most = std::numeric_limits<std::int64_t>::max());

struct NoOptions {};

// A command with options of type Options, which `declare` binds to the command line.
template <typename Options>
void AddCommand(CLI::App& parent, Invocation& invocation, const std::string& name, const std::string& help,
                const std::function<void(CLI::App&, Options&)>& declare,
                absl::Status (*run)(const Globals&, const Options&)) {
  auto options = std::make_shared<Options>();
  CLI::App* command = parent.add_subcommand(name, help);
  declare(*command, *options);
  command->callback([&invocation, options, run] {
    invocation.action = [&invocation, options, run] { return run(invocation.globals, *options); };
  });
}

// Opens a session, calls, prints the answer.
template <typename Service, typename Request, typename Response>
absl::Status CallAndPrint(const Globals& globals,
                          grpc::Status (Service::StubInterface::*method)(grpc::ClientContext*, const Request&,
                                                                         Response*),
                          const std::type_identity_t<Request>& request) {
  HF_ASSIGN_OR_RETURN(const auto session, Session::Open());
  HF_ASSIGN_OR_RETURN(const Response response, session->template Call<Service>(method, request));
  return Print(globals, response);
}

// The same for a list, all pages.
template <typename Service, typename Request, typename Response>
absl::Status ListAndPrint(const Globals& globals,
                          grpc::Status (Service::StubInterface::*method)(grpc::ClientContext*, const Request&,
                                                                         Response*),
                          const std::type_identity_t<Request>& request) {
  HF_ASSIGN_OR_RETURN(const auto session, Session::Open());
  HF_ASSIGN_OR_RETURN(const Response response, session->template CallAllPages<Service>(method, request));
  return Print(globals, response);
}

// The groups, one file each.
void AddEnrollCommand(CLI::App& root, Invocation& invocation);
void AddStatusCommand(CLI::App& root, Invocation& invocation);
void AddDeviceCommands(CLI::App& root, Invocation& invocation);
void AddHolderCommands(CLI::App& root, Invocation& invocation);
void AddAccountCommands(CLI::App& root, Invocation& invocation);
void AddAccountLinkCommands(CLI::App& group, Invocation& invocation);  // of the group "account"
void AddSecretCommands(CLI::App& root, Invocation& invocation);
void AddAccessCommands(CLI::App& root, Invocation& invocation);
void AddExposureCommands(CLI::App& root, Invocation& invocation);
void AddFindingsCommands(CLI::App& root, Invocation& invocation);
void AddApprovalCommands(CLI::App& root, Invocation& invocation);
void AddImportCommand(CLI::App& root, Invocation& invocation);
void AddBreakGlassCommands(CLI::App& root, Invocation& invocation);
void AddHandoverCommands(CLI::App& root, Invocation& invocation);
void AddVaultCommands(CLI::App& root, Invocation& invocation);
void AddAuditCommands(CLI::App& root, Invocation& invocation);
void AddPlaybookCommands(CLI::App& root, Invocation& invocation);
void AddPolicyCommands(CLI::App& root, Invocation& invocation);

}  // namespace holdfast::client
