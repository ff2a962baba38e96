// Two officers who change the policy.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "tests/custody/fixture.h"
#include "vault/custody/approving.h"
#include "vault/custody/policy_change.h"

namespace holdfast::custody {

// The shipped policy with another hash, and with what `changes` says replaced, each once.
inline std::string Variant(const std::string& note,
                           const std::vector<std::pair<std::string, std::string>>& changes = {}) {
  std::string text = std::string(ShippedPolicy()) + "# " + note + "\n";
  for (const auto& [from, to] : changes) {
    const std::size_t at = text.find(from);
    EXPECT_NE(at, text.npos) << from;
    if (at != text.npos) text.replace(at, from.size(), to);
  }
  return text;
}

inline ReviewedPolicy Reviewed(const std::string& source) {
  auto reviewed = ReviewedPolicy::Of(source, {});
  EXPECT_TRUE(reviewed.ok()) << reviewed.status();
  return *std::move(reviewed);
}

// Each event's own words about it.
struct Recorded {
  std::string type;
  std::string outcome;
  std::string rule;
  std::string policy;  // by its hash
  std::string sha256;  // in its texts
};

inline std::vector<Recorded> AllEvents(Tx& tx) {
  std::vector<Recorded> events;
  storage::EventStore store(tx.db());
  const auto rows = store.From(0, 100'000).value();
  for (const auto& row : rows) {
    const auto leaf = nlohmann::json::parse(AsChars(row.leaf));
    Recorded event{leaf["type"], leaf["outcome"], leaf["rule"], leaf["policy"], {}};
    for (const auto& text : row.texts) {
      if (text.field == "sha256") event.sha256 = text.text;
    }
    events.push_back(std::move(event));
  }
  return events;
}

// Alice, of the fixture, and olga are officers; "bob" and "carol" are members.
class PolicyOffice : public CustodyTest {
 protected:
  PolicyOffice() {
    EXPECT_TRUE(Do([&](WriteTx& tx) {
                  return CreateHolder(tx, As(tx, "alice"), Ask(),
                                      {.name = "olga", .roles = static_cast<std::int64_t>(Role::kSecurity)})
                      .status();
                }).ok());
  }

  Actor Asking(const Tx& tx, const std::string& name, const Request& request) const {
    Actor actor = As(tx, name);
    actor.request = request;
    return actor;
  }
  // A request to activate that policy; all of them are the same operation.
  Request AskFor(std::int64_t id) {
    Request request = Ask();
    request.method = "activate";
    request.body = ToBytes(AsBytes(PolicyName(id)));
    return request;
  }

  absl::StatusOr<std::int64_t> Stage(WriteTx& tx, const ReviewedPolicy& policy,
                                     const std::string& by = "alice") {
    const Request request = Ask();
    HF_ASSIGN_OR_RETURN(const auto row, StagePolicy(tx, Asking(tx, by, request), request, policy));
    return row.id;
  }
  std::int64_t Stage(const ReviewedPolicy& policy) {
    std::int64_t id = 0;
    const absl::Status status = Do([&](WriteTx& tx) -> absl::Status {
      HF_ASSIGN_OR_RETURN(id, Stage(tx, policy));
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    return id;
  }
  Work Activating(std::int64_t id, const ReviewedPolicy& policy, const Request& request,
                  const std::string& by = "alice") {
    return [this, id, &policy, request, by](WriteTx& tx) {
      return ActivatePolicy(tx, Asking(tx, by, request), request, std::to_string(id), "", policy).status();
    };
  }
  Work Approving(const std::string& approval, const std::string& by = "olga") {
    return [this, approval, by](WriteTx& tx) {
      const Request request = Ask();
      return Approve(tx, Asking(tx, by, request), request, approval.substr(approval.find('/') + 1)).status();
    };
  }
  // Asks for the activation, and has it approved.
  void Prepare(std::int64_t id, const ReviewedPolicy& policy) {
    const absl::Status asked = Do(Activating(id, policy, AskFor(id)));
    EXPECT_EQ(ReasonOf(asked), "APPROVAL_REQUIRED") << asked;
    const absl::Status approved = Do(Approving(DetailsOf(asked)["approval"]));
    EXPECT_TRUE(approved.ok()) << approved;
  }

  std::int64_t InForce() {
    std::int64_t id = 0;
    EXPECT_TRUE(Do([&](WriteTx& tx) {
                  id = tx.policy().id;
                  return absl::OkStatus();
                }).ok());
    return id;
  }
  std::vector<Recorded> Events() {
    std::vector<Recorded> events;
    EXPECT_TRUE(Do([&](WriteTx& tx) {
                  events = AllEvents(tx);
                  return absl::OkStatus();
                }).ok());
    return events;
  }
};

}  // namespace holdfast::custody
