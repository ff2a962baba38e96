// A vault in which people leave.
#pragma once

#include <string>
#include <vector>

#include "tests/custody/fixture.h"
#include "vault/custody/approving.h"
#include "vault/handover/asking.h"
#include "vault/handover/case.h"
#include "vault/storage/approval_store.h"
#include "vault/storage/grant_store.h"
#include "vault/storage/key_store.h"

namespace holdfast::handover {

using custody::WriteTx;

class HandoverTest : public custody::CustodyTest {
 protected:
  // alice has a device that can say yes.
  HandoverTest() { AddDevice("alice", KeyState::kConfirmed); }

  // Runs `work` as one command and expects it to succeed.
  void Must(const custody::Work& work) {
    const absl::Status status = Do(work);
    ASSERT_TRUE(status.ok()) << status;
  }
  void AddHolder(const std::string& name, Role role, const std::string& person = "") {
    Must([&](WriteTx& tx) {
      return custody::CreateHolder(tx, As(tx, "alice"), Ask(),
                                   {.name = name, .person = person, .roles = static_cast<std::int64_t>(role)})
          .status();
    });
  }
  // The holder with a request that can wait for an approval.
  custody::Actor Asking(const WriteTx& tx, const std::string& name, const custody::Request& request) const {
    custody::Actor actor = As(tx, name);
    actor.request = request;
    return actor;
  }
  // A device of its own, which only the fixture's As() can do without.
  void AddDevice(const std::string& holder, KeyState state, const std::string& issuer = "") {
    Must([&](WriteTx& tx) {
      storage::DeviceKey key{.holder_id = As(tx, holder).holder.id,
                             .cert_sha256 = crypto::RandomBytes(32),
                             .box_public = crypto::RandomBytes(32),
                             .state = state,
                             .created_at = tx.now(),
                             .not_after = tx.now() + kDay};
      if (state == KeyState::kConfirmed) key.confirmed_at = tx.now();
      if (!issuer.empty()) key.issuer_id = As(tx, issuer).holder.id;
      return storage::KeyStore(tx.db()).Insert(key);
    });
  }
  void AddAccount(const std::string& name, const std::string& owner,
                  const std::vector<std::string>& backups = {}) {
    Must([&](WriteTx& tx) {
      return custody::CreateAccount(tx, As(tx, "alice"), Ask(),
                                    {.name = name, .platform = "x", .owner = owner, .backups = backups})
          .status();
    });
  }
  void Put(const std::string& by, const std::string& account) {
    Put(by, account, fmt::format("value {}", ++values_));
  }
  void Put(const std::string& by, const std::string& account, const std::string& value) {
    Must([&](WriteTx& tx) { return CustodyTest::Put(tx, by, account, value, Ask()).status(); });
  }
  void Attest(const std::string& account, std::int64_t version) {
    Must([&](WriteTx& tx) {
      return custody::Attest(tx, As(tx, "alice"), Ask(),
                             {.account = account,
                              .secret = "password",
                              .version = version,
                              .current = true,
                              .evidence = "login failed"})
          .status();
    });
  }
  absl::StatusOr<CaseView> Start(const std::string& by, const std::string& leaver,
                                 const std::string& successor = "", bool dry_run = false,
                                 const std::vector<AccountSuccessor>& lines = {}) {
    absl::StatusOr<CaseView> view = absl::InternalError("not run");
    const absl::Status status = Do([&](WriteTx& tx) {
      tx.set_dry_run(dry_run);
      view = handover::Start(tx, As(tx, by), Ask(), {.leaver = leaver, .wanted = {.to = successor, .successors = lines}});
      return view.status();
    });
    if (!status.ok()) return status;
    return view;
  }
  // A yes to the cut as it was asked for, with all that follows. `blocked` keeps what the answer says.
  absl::Status Approve(const std::string& by, const std::string& name) {
    return Do([&](WriteTx& tx) { return ApproveIn(tx, by, name); });
  }
  absl::Status ApproveIn(WriteTx& tx, const std::string& by, const std::string& name) {
    HF_ASSIGN_OR_RETURN(const auto row, FindCase(tx, name));
    HF_ASSIGN_OR_RETURN(const auto asked, storage::ApprovalStore(tx.db()).OfCut(row.id));
    if (!asked.has_value()) return absl::NotFoundError("nothing was asked for");
    HF_ASSIGN_OR_RETURN(const auto approval, custody::Approve(tx, As(tx, by), Ask(), std::to_string(asked->id)));
    HF_ASSIGN_OR_RETURN(blocked, AfterYes(tx, As(tx, by), approval, HexEncode(asked->operation)));
    return absl::OkStatus();
  }
  absl::Status RepeatCut(const std::string& by, const std::string& name) {
    return Do([&](WriteTx& tx) { return handover::RepeatCut(tx, As(tx, by), Ask(), name).status(); });
  }
  absl::Status Change(const std::string& by, const std::string& name, const std::string& to) {
    return Do([&](WriteTx& tx) {
      return handover::Change(tx, As(tx, by), Ask(), name, {.to = to}).status();
    });
  }
  absl::Status Cancel(const std::string& by, const std::string& name) {
    return Do([&](WriteTx& tx) {
      const custody::Request request = Ask();
      return handover::Cancel(tx, Asking(tx, by, request), request, name, "").status();
    });
  }
  absl::Status Close(const std::string& name) {
    return Do([&](WriteTx& tx) { return handover::Close(tx, As(tx, "alice"), Ask(), name, "").status(); });
  }
  std::string OwnerOf(const std::string& account) {
    std::string owner;
    Must([&](WriteTx& tx) -> absl::Status {
      HF_ASSIGN_OR_RETURN(const auto row, storage::AccountStore(tx.db()).ByName(account));
      const std::int64_t id = row.value().id;
      HF_ASSIGN_OR_RETURN(const auto grants, storage::GrantStore(tx.db()).LiveByAccount(id, tx.now()));
      for (const storage::Grant& grant : grants) {
        if (grant.relation != Relation::kOwner) continue;
        HF_ASSIGN_OR_RETURN(const auto holder, storage::HolderStore(tx.db()).ById(grant.holder_id));
        owner = holder->name;
      }
      return absl::OkStatus();
    });
    return owner;
  }
  HolderStatus StatusOf(const std::string& holder) {
    HolderStatus status{};
    Must([&](WriteTx& tx) {
      status = As(tx, holder).holder.status;
      return absl::OkStatus();
    });
    return status;
  }
  std::string blocked;

  std::int64_t LiveGrantsOf(const std::string& holder) {
    std::int64_t count = -1;
    Must([&](WriteTx& tx) -> absl::Status {
      HF_ASSIGN_OR_RETURN(const auto grants,
                          storage::GrantStore(tx.db()).LiveByHolder(As(tx, holder).holder.id, tx.now()));
      count = std::ssize(grants);
      return absl::OkStatus();
    });
    return count;
  }

 private:
  int values_ = 0;
};

}  // namespace holdfast::handover
