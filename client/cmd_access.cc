#include "client/command.h"
#include "client/prompt.h"
#include "client/timestamp.h"
#include "fmt/format.h"
#include "holdfast/v1/access_service.grpc.pb.h"
#include "holdfast/v1/exposure_service.grpc.pb.h"
#include "vault/base/ids.h"

namespace holdfast::client {
namespace {

using Access = v1::AccessService;
using Methods = Access::StubInterface;
using Exposures = v1::ExposureService;

struct AccessOptions {
  std::string account;
  std::string secret;
  std::int64_t version = 0;
  std::string holder;
  std::string expires;
  bool live = false;
};

absl::Status Grant(const Globals& globals, const AccessOptions& options) {
  v1::CreateGrantRequest request;
  v1::Grant& grant = *request.mutable_grant();
  HF_ASSIGN_OR_RETURN(*grant.mutable_account(), AccountArg("--account", options.account));
  HF_ASSIGN_OR_RETURN(*grant.mutable_holder(), HolderArg("--holder", options.holder));
  if (!options.expires.empty()) {
    // A duration stays one: repeated after an approval, it is still the same call.
    if (const auto duration = ParseDuration(options.expires); duration.has_value()) {
      grant.mutable_ttl()->set_seconds(*duration / kSecond);
    } else {
      HF_ASSIGN_OR_RETURN(const Micros expiry,
                          TimeArg("--expires", options.expires, WallNow(), Direction::kFuture));
      SetTimestamp(expiry, *grant.mutable_expire_time());
    }
  }
  request.set_request_id(NewRequestId());
  request.set_reason(globals.reason);
  return CallAndPrint<Access>(globals, &Methods::CreateGrant, request);
}

// Access ends, knowledge does not.
void NoteStillKnown(const Globals& globals, Session& session, const v1::Grant& ended) {
  if (globals.format() != OutputFormat::kTable || globals.quiet) return;
  v1::ListExposuresRequest request;
  request.set_account(ended.account());
  request.set_holder(ended.holder());
  request.set_live_only(true);
  const auto known = session.CallAllPages<Exposures>(&Exposures::StubInterface::ListExposures, request);
  if (!known.ok()) return;
  const std::string who = LastId(ended.holder());
  if (known->exposures().empty())
    return Note(globals, fmt::format("Access ended. {} knows nothing that still opens the account.", who));
  Note(globals,
       fmt::format("Access ended, but {} still knows what opens the account, until somebody else puts in a "
                   "new value and attests that the old one is dead:",
                   who));
  for (const v1::Exposure& exposure : known->exposures()) {
    const auto version = ParseVersionName(exposure.version(), "version");
    if (version.ok())
      Note(globals,
           fmt::format("    holdfast secret put {0} {1}; holdfast secret attest {0} {1} --through {2} --evidence TEXT",
                       version->account, version->secret, version->version));
  }
}

absl::Status Revoke(const Globals& globals, const AccessOptions& options) {
  v1::RevokeGrantRequest request;
  HF_ASSIGN_OR_RETURN(const std::string account, AccountArg("--account", options.account));
  HF_ASSIGN_OR_RETURN(const std::string holder, HolderArg("--holder", options.holder));
  request.set_name(account + "/grants/" + LastId(holder));
  request.set_request_id(NewRequestId());
  request.set_reason(globals.reason);
  HF_ASSIGN_OR_RETURN(const auto session, Session::Open());
  if (LastId(holder) == session->identity().holder)
    HF_RETURN_IF_ERROR(Confirm(globals.yes, fmt::format("Give up your own access to {}?", account),
                               "you would give up your own access"));
  HF_ASSIGN_OR_RETURN(const v1::Grant ended, session->Call<Access>(&Methods::RevokeGrant, request));
  HF_RETURN_IF_ERROR(Print(globals, ended));
  NoteStillKnown(globals, *session, ended);
  return absl::OkStatus();
}

// For the lists by account, holder or both.
template <typename Request>
absl::StatusOr<Request> Filter(const AccessOptions& options) {
  Request request;
  HF_ASSIGN_OR_RETURN(*request.mutable_account(), OptionalAccountArg("--account", options.account));
  HF_ASSIGN_OR_RETURN(*request.mutable_holder(), OptionalHolderArg("--holder", options.holder));
  return request;
}

// Whoever may not see everything may see what is their own.
absl::Status HintOwn(const AccessOptions& options, std::string_view command, absl::Status listed) {
  if (ReasonOf(listed) != "DENIED" || !options.holder.empty()) return listed;
  const auto self = LoadIdentity(HomeDirectory());
  return self.ok() ? WithHint(listed, fmt::format("your own: holdfast {} --holder {}", command, self->holder))
                   : listed;
}

absl::Status List(const Globals& globals, const AccessOptions& options) {
  HF_ASSIGN_OR_RETURN(const auto request, Filter<v1::ListGrantsRequest>(options));
  return HintOwn(options, "access list", ListAndPrint<Access>(globals, &Methods::ListGrants, request));
}

absl::Status ListExposures(const Globals& globals, const AccessOptions& options) {
  HF_ASSIGN_OR_RETURN(auto request, Filter<v1::ListExposuresRequest>(options));
  request.set_live_only(options.live);
  return HintOwn(options, "exposure list",
                 ListAndPrint<Exposures>(globals, &Exposures::StubInterface::ListExposures, request));
}

absl::Status ListReach(const Globals& globals, const AccessOptions& options) {
  v1::ListReachRequest request;
  HF_ASSIGN_OR_RETURN(*request.mutable_holder(), HolderArg("--holder", options.holder));
  return ListAndPrint<Exposures>(globals, &Exposures::StubInterface::ListReach, request);
}

absl::Status AddExposure(const Globals& globals, const AccessOptions& options) {
  v1::AddExposureRequest request;
  if (options.version != 0) {
    HF_ASSIGN_OR_RETURN(*request.mutable_version(),
                        VersionArg(options.account, options.secret, options.version));
  } else {
    HF_ASSIGN_OR_RETURN(*request.mutable_version(), SecretArg(options.account, options.secret));
  }
  HF_ASSIGN_OR_RETURN(*request.mutable_holder(), HolderArg("--holder", options.holder));
  request.set_request_id(NewRequestId());
  request.set_reason(globals.reason);
  return CallAndPrint<Exposures>(globals, &Exposures::StubInterface::AddExposure, request);
}

void DeclarePair(CLI::App& command, AccessOptions& options) {
  command.add_option("--account", options.account, "The account")->required();
  command.add_option("--holder", options.holder, "The holder")->required();
}

void DeclareFilter(CLI::App& command, AccessOptions& options) {
  command.add_option("--account", options.account, "Only of this account");
  command.add_option("--holder", options.holder, "Only of this holder");
}

}  // namespace

void AddAccessCommands(CLI::App& root, Invocation& invocation) {
  CLI::App& group = *AddGroup(root, "access", "Who has access to which account");
  AddCommand<AccessOptions>(
      group, invocation, "grant", "Let a holder reveal an account's secrets",
      [](CLI::App& command, AccessOptions& options) {
        DeclarePair(command, options);
        command.add_option("--expires", options.expires, "When it ends by itself: 8h, 2d, or a time");
      },
      Grant);
  AddCommand<AccessOptions>(group, invocation, "revoke", "End a grant", DeclarePair, Revoke);
  AddCommand<AccessOptions>(group, invocation, "list", "Live access, owners and backup owners included",
                            DeclareFilter, List);
}

void AddExposureCommands(CLI::App& root, Invocation& invocation) {
  CLI::App& group = *AddGroup(root, "exposure", "Who has seen what");
  AddCommand<AccessOptions>(
      group, invocation, "list", "Who was shown, made, imported or knew which version of which secret",
      [](CLI::App& command, AccessOptions& options) {
        DeclareFilter(command, options);
        command.add_flag("--live", options.live, "Only those that have not ended");
      },
      ListExposures);
  AddCommand<AccessOptions>(
      group, invocation, "reach", "Which accounts a person could take over now, and by which way",
      [](CLI::App& command, AccessOptions& options) {
        command.add_option("--holder", options.holder, "Who; every identity of the same person counts")->required();
      },
      ListReach);
  AddCommand<AccessOptions>(
      group, invocation, "add", "Put on record that somebody knew a value before, or learned it elsewhere",
      [](CLI::App& command, AccessOptions& options) {
        command.add_option("ACCOUNT", options.account, "The account")->required();
        command.add_option("SECRET", options.secret, "The secret, as in \"password\"")->required();
        command.add_option("--holder", options.holder, "Who knows it")->required();
        command.add_option("--version", options.version, "Number of the version; the newest when not given")
            ->check(WholeNumber(1));
      },
      AddExposure);
}

}  // namespace holdfast::client
