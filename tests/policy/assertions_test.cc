// What must never be, proved; and what a proof that fails says.
#include "vault/policy/assertions.h"

#include "gmock/gmock.h"
#include "tests/policy/documents.h"

namespace holdfast::policy {
namespace {

constexpr char kEverythingToEverybody[] = R"toml(
[[rule]]
id = "all"
effect = "permit"
actions = ["*"]
why = "x"
)toml";

Proofs ProofsOf(const Bundle& bundle) {
  auto proofs = Prove(bundle);
  EXPECT_TRUE(proofs.ok()) << proofs.status();
  return *std::move(proofs);
}

TEST(FloorAssertions, HoldWhateverAPolicyPermits) {
  const Bundle bundle(DocumentOf(kEverythingToEverybody));
  const Proofs proofs = ProofsOf(bundle);
  ASSERT_EQ(proofs.proofs.size(), 4U);
  for (const Proof& proof : proofs.proofs) {
    EXPECT_EQ(proof.counterexample, "") << proof.never->id;
    EXPECT_GT(proof.points, 10U) << proof.never->id;
  }
  EXPECT_GT(proofs.points, 1000U);
}

TEST(Assertions, OfTheShippedPolicyHold) {
  const Bundle bundle(ShippedPolicy());
  const Proofs proofs = ProofsOf(bundle);
  ASSERT_GE(proofs.proofs.size(), 4U + 3U);
  for (const Proof& proof : proofs.proofs) {
    EXPECT_EQ(proof.counterexample, "") << proof.never->id;
    EXPECT_GT(proof.points, 10U) << proof.never->id;
  }
}

TEST(Assertions, ABrokenOneComesWithAPointAndTheRule) {
  const Bundle bundle(DocumentOf(std::string(kEverythingToEverybody) + R"toml(
[[never]]
id = "strangers"
actions = ["secret.reveal"]
when = { relation = ["none"], tier = [1] }
why = "x"
)toml"));
  const Proof proof = ProofsOf(bundle).proofs.front();
  EXPECT_FALSE(proof.proved());
  EXPECT_EQ(proof.counterexample,
            "secret.reveal with role security, status active, key confirmed, relation none, tier 1: allow by "
            "rule all");
}

TEST(Assertions, WhatIsAllowedAfterApprovalsBreaksThemToo) {
  const Bundle bundle(DocumentOf(R"toml(
[[rule]]
id = "by-two"
effect = "permit"
actions = ["secret.destroy"]
require = { approvals = 2, approvers = ["security"] }
why = "x"
[[never]]
id = "archived"
actions = ["secret.destroy"]
when = { account = ["archived"] }
why = "x"
)toml"));
  EXPECT_THAT(ProofsOf(bundle).proofs.front().counterexample,
              ::testing::EndsWith("account archived: allow with approval by 2 of security by rule by-two"));
}

TEST(Assertions, AForbidProvesThem) {
  const Bundle bundle(DocumentOf(std::string(kEverythingToEverybody) + R"toml(
[[rule]]
id = "no"
effect = "forbid"
actions = ["secret.*"]
when = { relation = ["none"] }
why = "x"
[[never]]
id = "strangers"
actions = ["secret.reveal", "secret.code"]
when = { relation = ["none"], tier = [1] }
why = "x"
)toml"));
  const Proof proof = ProofsOf(bundle).proofs.front();
  EXPECT_TRUE(proof.proved());
  EXPECT_GT(proof.points, 0U);
}

}  // namespace
}  // namespace holdfast::policy
