#include "vault/rpc/enums.h"

#include <gtest/gtest.h>

namespace holdfast::rpc {
namespace {

google::protobuf::RepeatedField<int> Numbers(std::initializer_list<int> numbers) {
  return {numbers.begin(), numbers.end()};
}

constexpr std::int64_t kEveryRole = 15;

TEST(Enums, MapRolesByMeaningAndNotByNumber) {
  EXPECT_EQ(RolesFromProto(Numbers({v1::ROLE_MEMBER}), "r").value(),
            static_cast<std::int64_t>(Role::kMember));
  EXPECT_EQ(RolesFromProto(Numbers({v1::ROLE_SECURITY}), "r").value(),
            static_cast<std::int64_t>(Role::kSecurity));
  EXPECT_EQ(RolesFromProto(Numbers({v1::ROLE_AUDITOR}), "r").value(),
            static_cast<std::int64_t>(Role::kAuditor));
  EXPECT_EQ(RolesFromProto(Numbers({v1::ROLE_OFFBOARDING}), "r").value(),
            static_cast<std::int64_t>(Role::kOffboarding));
}

TEST(Enums, GiveBackEverySetOfRolesAsItCame) {
  for (std::int64_t roles = 0; roles <= kEveryRole; ++roles) {
    v1::Holder holder;
    RolesToProto(roles, holder);
    EXPECT_EQ(RolesFromProto(holder.roles(), "r").value(), roles);
  }
}

TEST(Enums, RefuseRolesThatAreNotSetOrNotKnown) {
  for (const int number : {0, 5, 8, -1, 1 << 30}) {
    const auto roles = RolesFromProto(Numbers({v1::ROLE_MEMBER, number}), "holder.roles");
    EXPECT_EQ(FieldOf(roles.status()), "holder.roles") << number;
  }
}

TEST(Enums, TakeAHolderWithoutAKindForAPerson) {
  EXPECT_EQ(FromProto(v1::HOLDER_KIND_UNSPECIFIED, "k").value(), HolderKind::kPerson);
  EXPECT_EQ(FromProto(v1::HOLDER_KIND_WORKFLOW, "k").value(), HolderKind::kWorkflow);
  EXPECT_EQ(FieldOf(FromProto(static_cast<v1::HolderKind>(3), "k").status()), "k");
}

TEST(Enums, RefuseOutcomesThatAreNotKnown) {
  EXPECT_EQ(FromProto(v1::OUTCOME_DENIED, "outcome").value(), storage::EventOutcome::kDenied);
  EXPECT_EQ(FieldOf(FromProto(static_cast<v1::Outcome>(3), "outcome").status()), "outcome");
}

TEST(Enums, GiveBackEveryKindOfLinkAndRefuseOthers) {
  for (int number = 1; number <= 5; ++number) {
    const auto kind = FromProto(static_cast<v1::LinkKind>(number), "link.kind");
    ASSERT_TRUE(kind.ok()) << number;
    EXPECT_EQ(ToProto(*kind), number);
  }
  for (const int number : {0, 6, -1})
    EXPECT_EQ(FieldOf(FromProto(static_cast<v1::LinkKind>(number), "link.kind").status()), "link.kind") << number;
}

TEST(Enums, ShowEveryStoredValueAsItsNamesake) {
  EXPECT_EQ(ToProto(Relation::kOwner), v1::RELATION_OWNER);
  EXPECT_EQ(ToProto(Relation::kBackup), v1::RELATION_BACKUP);
  EXPECT_EQ(ToProto(Relation::kGrantee), v1::RELATION_GRANTEE);
  EXPECT_EQ(ToProto(AccountState::kArchived), v1::ACCOUNT_STATE_ARCHIVED);
  EXPECT_EQ(ToProto(HolderStatus::kLeaving), v1::HOLDER_STATUS_LEAVING);
  EXPECT_EQ(ToProto(HolderStatus::kLeft), v1::HOLDER_STATUS_LEFT);
  EXPECT_EQ(ToProto(KeyState::kUnconfirmed), v1::KEY_STATE_UNCONFIRMED);
  EXPECT_EQ(ToProto(KeyState::kRevoked), v1::KEY_STATE_REVOKED);
  EXPECT_EQ(ToProto(ExposureHow::kImported), v1::EXPOSURE_KIND_IMPORTED);
  EXPECT_EQ(ToProto(ExposureHow::kKnown), v1::EXPOSURE_KIND_KNOWN);
  EXPECT_EQ(ToProto(storage::EventOutcome::kDenied), v1::OUTCOME_DENIED);
  EXPECT_EQ(ToProto(storage::HandoverState::kCut), v1::HANDOVER_STATE_CUT);
  EXPECT_EQ(ToProto(storage::ChosenBy::kNotAnOwner), v1::SUCCESSOR_CHOICE_UNSPECIFIED);
  EXPECT_EQ(ToProto(storage::ChosenBy::kCustodian), v1::SUCCESSOR_CHOICE_CUSTODIAN);
  EXPECT_EQ(ToProto(custody::ImportOutcome::kDiffers), v1::IMPORT_OUTCOME_DIFFERS);
}

TEST(SecretVersionState, IsTheLastThingThatHappenedToIt) {
  const storage::Secret secret{.current_version = 2};
  storage::SecretVersion version{.version = 2};
  EXPECT_EQ(StateOf(version, secret, false), v1::SECRET_VERSION_STATE_CURRENT);
  version.version = 1;
  EXPECT_EQ(StateOf(version, secret, false), v1::SECRET_VERSION_STATE_SUPERSEDED);
  EXPECT_EQ(StateOf(version, secret, true), v1::SECRET_VERSION_STATE_RETIRED);
  version.destroyed_at = 6;
  EXPECT_EQ(StateOf(version, secret, true), v1::SECRET_VERSION_STATE_DESTROYED);
}

}  // namespace
}  // namespace holdfast::rpc
