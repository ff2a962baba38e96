// The organisation's accounts.
#include "holdfast/v1/account_service.grpc.pb.h"
#include "vault/base/ids.h"
#include "vault/custody/accounts.h"
#include "vault/custody/links.h"
#include "vault/custody/platform.h"
#include "vault/custody/renaming.h"
#include "vault/custody/sight.h"
#include "vault/rpc/account_links.h"
#include "vault/rpc/call.h"
#include "vault/rpc/render.h"
#include "vault/rpc/services.h"
#include "vault/rpc/update_mask.h"
#include "vault/rpc/visible.h"

namespace holdfast::rpc {
namespace {

using custody::Actor;
using policy::Action;

absl::Status RenderTo(custody::Tx& tx, const absl::StatusOr<storage::Account>& row, v1::Account& out) {
  HF_RETURN_IF_ERROR(row.status());
  Names names(tx);
  return Render(names, *row, out);
}

absl::StatusOr<custody::NewAccount> ParseNewAccount(const v1::CreateAccountRequest& message) {
  const v1::Account& account = message.account();
  custody::NewAccount wanted{.name = message.account_id(),
                             .platform = custody::PlatformFor(account.platform()),
                             .platform_id = account.platform_id(),
                             .handle = account.handle(),
                             .url = account.url(),
                             .purpose = account.purpose(),
                             .tier = account.tier(),
                             .unit = account.unit(),
                             .details = DetailsOf(account.details())};
  HF_ASSIGN_OR_RETURN(wanted.owner, ParseOptionalName("holders", account.owner(), "account.owner"));
  HF_ASSIGN_OR_RETURN(wanted.backups, ParseBackups(account));
  HF_RETURN_IF_ERROR(custody::CheckNewAccount(wanted));
  return wanted;
}

absl::StatusOr<Work<v1::Account>> PrepareCreate(const v1::CreateAccountRequest& message,
                                                custody::Request request) {
  HF_ASSIGN_OR_RETURN(custody::NewAccount wanted, ParseNewAccount(message));
  return [request = std::move(request), wanted = std::move(wanted)](custody::WriteTx& tx, const Actor& actor,
                                                                    v1::Account& out) {
    return RenderTo(tx, custody::CreateAccount(tx, actor, request, wanted), out);
  };
}

absl::StatusOr<Work<v1::Account>> PrepareUpdate(const v1::UpdateAccountRequest& message,
                                                custody::Request request) {
  HF_ASSIGN_OR_RETURN(std::string name, ParseName("accounts", message.account().name(), "account.name"));
  HF_ASSIGN_OR_RETURN(custody::AccountChange change, ChangeOf(message));
  return [&message, request = std::move(request), name = std::move(name), change = std::move(change)](
             custody::WriteTx& tx, const Actor& actor, v1::Account& out) {
    return RenderTo(tx, custody::UpdateAccount(tx, actor, request, name, change, message.account().etag()),
                    out);
  };
}

absl::StatusOr<Work<v1::Account>> PrepareRename(const v1::RenameAccountRequest& message,
                                                custody::Request request) {
  HF_ASSIGN_OR_RETURN(std::string name, ParseName("accounts", message.name(), "name"));
  HF_RETURN_IF_ERROR(CheckId("account_id", message.account_id()));
  if (message.account_id() == name) return InvalidField("account_id", "is its id already");
  return [&message, request = std::move(request), name = std::move(name)](
             custody::WriteTx& tx, const Actor& actor, v1::Account& out) {
    return RenderTo(
        tx, custody::RenameAccount(tx, actor, request, name, message.account_id(), message.etag()), out);
  };
}

// Linking and its undoing.
template <auto kOperation, class Message>
absl::StatusOr<Work<v1::Account>> PrepareLink(const Message& message, custody::Request request) {
  HF_ASSIGN_OR_RETURN(std::string name, ParseName("accounts", message.name(), "name"));
  HF_ASSIGN_OR_RETURN(custody::NewLink link, ParseLink(message.link()));
  return [&message, request = std::move(request), name = std::move(name), link = std::move(link)](
             custody::WriteTx& tx, const Actor& actor, v1::Account& out) -> absl::Status {
    HF_ASSIGN_OR_RETURN(const auto row, kOperation(tx, actor, request, name, link, message.etag()));
    HF_RETURN_IF_ERROR(RenderTo(tx, row, out));
    return RenderLinks(tx, actor, row, out);
  };
}

// Review, archiving and its undoing differ in the operation alone.
template <auto kOperation, class Message>
absl::StatusOr<Work<v1::Account>> PrepareOn(const Message& message, custody::Request request) {
  HF_ASSIGN_OR_RETURN(std::string name, ParseName("accounts", message.name(), "name"));
  return [&message, request = std::move(request), name = std::move(name)](
             custody::WriteTx& tx, const Actor& actor, v1::Account& out) {
    return RenderTo(tx, kOperation(tx, actor, request, name, message.etag()), out);
  };
}

absl::StatusOr<Query<v1::Account>> PrepareGet(const v1::GetAccountRequest& message) {
  HF_ASSIGN_OR_RETURN(std::string name, ParseName("accounts", message.name(), "name"));
  return [name = std::move(name)](custody::ReadTx& tx, const Actor& actor, v1::Account& out) -> absl::Status {
    HF_ASSIGN_OR_RETURN(const auto row, custody::FindAccount(tx, actor, name, Action::kAccountRead));
    HF_RETURN_IF_ERROR(custody::Authorize(tx, actor, Action::kAccountRead, {.account = &row}).status());
    HF_RETURN_IF_ERROR(RenderTo(tx, row, out));
    return RenderLinks(tx, actor, row, out);
  };
}

absl::StatusOr<Query<v1::ListAccountsResponse>> PrepareList(const v1::ListAccountsRequest& message) {
  return [&message](custody::ReadTx& tx, const Actor& actor, v1::ListAccountsResponse& out) -> absl::Status {
    HF_ASSIGN_OR_RETURN(const Page page, Page::Of(tx, actor, message));
    // Decided of each by itself; where there is none, the policy was asked all the same.
    HF_RETURN_IF_ERROR(custody::Consider(tx, actor, Action::kAccountRead, {}).status());
    Names names(tx);
    HF_ASSIGN_OR_RETURN(
        const Shown shown,
        ShowVisible(
            page,
            [&](std::int64_t after, int limit) {
              return storage::AccountStore(tx.db()).List(message.show_archived(), after, limit);
            },
            [&](const storage::Account& row) { return custody::Sees(tx, actor, row); },
            [&](storage::Account row) {
              row.details.clear();  // a page of them would be larger than a message
              return Render(names, row, *out.add_accounts());
            }));
    out.set_next_page_token(shown.next);
    return shown.nothing() ? custody::NothingShown(tx, actor, Action::kAccountRead) : absl::OkStatus();
  };
}

class AccountService final : public v1::AccountService::CallbackService {
 public:
  explicit AccountService(Core& core) : core_(core) {}

 private:
  Reactor* CreateAccount(Context* context, const v1::CreateAccountRequest* request,
                         v1::Account* response) override {
    return Write(core_, context, "holdfast.v1.AccountService/CreateAccount", request, response,
                 PrepareCreate);
  }
  Reactor* UpdateAccount(Context* context, const v1::UpdateAccountRequest* request,
                         v1::Account* response) override {
    return Write(core_, context, "holdfast.v1.AccountService/UpdateAccount", request, response,
                 PrepareUpdate);
  }
  Reactor* RenameAccount(Context* context, const v1::RenameAccountRequest* request,
                         v1::Account* response) override {
    return Write(core_, context, "holdfast.v1.AccountService/RenameAccount", request, response,
                 PrepareRename);
  }
  Reactor* ReviewAccount(Context* context, const v1::ReviewAccountRequest* request,
                         v1::Account* response) override {
    return Write(core_, context, "holdfast.v1.AccountService/ReviewAccount", request, response,
                 PrepareOn<custody::ReviewAccount, v1::ReviewAccountRequest>);
  }
  Reactor* ArchiveAccount(Context* context, const v1::ArchiveAccountRequest* request,
                          v1::Account* response) override {
    return Write(core_, context, "holdfast.v1.AccountService/ArchiveAccount", request, response,
                 PrepareOn<custody::ArchiveAccount, v1::ArchiveAccountRequest>);
  }
  Reactor* UnarchiveAccount(Context* context, const v1::UnarchiveAccountRequest* request,
                            v1::Account* response) override {
    return Write(core_, context, "holdfast.v1.AccountService/UnarchiveAccount", request, response,
                 PrepareOn<custody::UnarchiveAccount, v1::UnarchiveAccountRequest>);
  }
  Reactor* LinkAccount(Context* context, const v1::LinkAccountRequest* request,
                       v1::Account* response) override {
    return Write(core_, context, "holdfast.v1.AccountService/LinkAccount", request, response,
                 PrepareLink<custody::LinkAccount, v1::LinkAccountRequest>);
  }
  Reactor* UnlinkAccount(Context* context, const v1::UnlinkAccountRequest* request,
                         v1::Account* response) override {
    return Write(core_, context, "holdfast.v1.AccountService/UnlinkAccount", request, response,
                 PrepareLink<custody::UnlinkAccount, v1::UnlinkAccountRequest>);
  }
  Reactor* GetAccount(Context* context, const v1::GetAccountRequest* request,
                      v1::Account* response) override {
    return Read(core_, context, "holdfast.v1.AccountService/GetAccount", request, response, PrepareGet);
  }
  Reactor* ListAccounts(Context* context, const v1::ListAccountsRequest* request,
                        v1::ListAccountsResponse* response) override {
    return Read(core_, context, "holdfast.v1.AccountService/ListAccounts", request, response, PrepareList);
  }

  Core& core_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeAccountService(Core& core) {
  custody::PlaybookIds();  // reads the playbooks now, not within the first call
  return std::make_unique<AccountService>(core);
}

}  // namespace holdfast::rpc
