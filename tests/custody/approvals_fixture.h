// What tests of approvals share: an account of tier 1, people around it, and short words for asking and
// deciding.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "tests/custody/fixture.h"
#include "vault/custody/approvals.h"
#include "vault/custody/approving.h"
#include "vault/storage/policy_store.h"

namespace holdfast::custody {

inline constexpr std::int64_t kMember = static_cast<std::int64_t>(Role::kMember);
inline constexpr std::int64_t kSecurity = static_cast<std::int64_t>(Role::kSecurity);

// Account "top" of tier 1: bob owns it, carol is its backup owner, gus (of person p-77) and dora have access;
// omar is a second officer.
class ApprovalsTest : public CustodyTest {
 protected:
  ApprovalsTest() {
    Add({.name = "gus", .person = "P-77", .roles = kMember});
    Add({.name = "dora", .roles = kMember});
    Add({.name = "omar", .person = "p-1", .roles = kSecurity});
    Must([&](WriteTx& tx) -> absl::Status {
      HF_ASSIGN_OR_RETURN(
          const auto top,
          CreateAccount(tx, As(tx, "alice"), Ask(),
                        {.name = "top", .platform = "x", .tier = 1, .owner = "bob", .backups = {"carol"}}));
      HF_RETURN_IF_ERROR(Put(tx, "bob", "top", "value", Ask()).status());
      for (const char* name : {"gus", "dora"})
        HF_RETURN_IF_ERROR(
            SetRelation(tx, top.id, As(tx, name).holder.id, Relation::kGrantee, "", std::nullopt));
      return absl::OkStatus();
    });
  }

  void Must(const Work& work) {
    const absl::Status status = Do(work);
    EXPECT_TRUE(status.ok()) << status;
  }
  void Add(NewHolder holder) {
    Must([&](WriteTx& tx) { return CreateHolder(tx, As(tx, "alice"), Ask(), holder).status(); });
  }
  Actor Asking(const Tx& tx, const std::string& name, const Request& request) const {
    Actor actor = As(tx, name);
    actor.request = request;
    return actor;
  }
  // A request that asks for `what`; each with an id of its own.
  Request For(const std::string& what) {
    Request request = Ask();
    request.method = "reveal";
    request.body = ToBytes(AsBytes(what));
    return request;
  }

  absl::Status Reveal(const std::string& name, const Request& request, const std::string& approval = {}) {
    return Do([&](WriteTx& tx) {
      Actor actor = Asking(tx, name, request);
      actor.approval = approval;
      return custody::Reveal(tx, actor, request, {.account = "top", .secret = "password"}).status();
    });
  }
  // Expects that the call waits; returns the request's id.
  std::string Pending(const absl::Status& status) {
    EXPECT_EQ(ReasonOf(status), "APPROVAL_REQUIRED") << status;
    const std::string name = DetailsOf(status)["approval"];
    EXPECT_THAT(name, ::testing::HasSubstr("approvals/"));
    return name.substr(name.find('/') + 1);
  }
  absl::Status Decide(decltype(&Approve) decide, const std::string& by, const std::string& id,
                      const std::string& reason = "seen") {
    return Do([&](WriteTx& tx) {
      Request request = Ask();
      request.method = "decide";
      request.reason = reason;
      return decide(tx, Asking(tx, by, request), request, id).status();
    });
  }
  absl::Status Yes(const std::string& by, const std::string& id) { return Decide(&Approve, by, id); }

  ApprovalState State(const std::string& id) {
    ApprovalState state{};
    Must([&](WriteTx& tx) {
      state = StateOf(tx, *storage::ApprovalStore(tx.db()).ById(std::stoll(id)).value());
      return absl::OkStatus();
    });
    return state;
  }
  // Time passes for one of the request's limits.
  void Pass(const std::string& id, const std::string& limit) {
    Must([&](WriteTx& tx) {
      return tx.db().Exec("UPDATE approval SET " + limit + " = ?2 WHERE id = ?1", std::stoll(id), tx.now());
    });
  }
  void SetHolder(const std::string& name, HolderStatus status) {
    Must([&](WriteTx& tx) {
      storage::Holder holder = As(tx, name).holder;
      return SetStatus(tx, holder, status);
    });
  }
  void Activate(std::string source) {
    Must([&](WriteTx& tx) -> absl::Status {
      storage::PolicyStore policies(tx.db());
      storage::PolicyRow row{.sha256 = ToBytes(crypto::Sha256(AsBytes(source))), .source = std::move(source)};
      HF_RETURN_IF_ERROR(policies.Insert(row));
      return policies.SetActive(row.id);
    });
  }
  // The shipped policy, but reveals of tier 1 take so many yeses.
  static std::string PolicyWith(const std::string& yeses) {
    std::string source(ShippedPolicy());
    const std::size_t rule = source.find("id = \"reveal.tier-1\"");
    const std::string_view one = "approvals = 1";
    return source.replace(source.find(one, rule), one.size(), "approvals = " + yeses);
  }
  std::vector<storage::EventRow> Events(const std::string& type) {
    std::vector<storage::EventRow> rows;
    Must([&](WriteTx& tx) {
      rows = storage::EventStore(tx.db()).From(0, 1000).value();
      std::erase_if(rows, [&](const storage::EventRow& row) { return row.type != type; });
      return absl::OkStatus();
    });
    return rows;
  }
};

}  // namespace holdfast::custody
