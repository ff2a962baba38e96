// Some acts no officer can do alone; two can.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/office.h"

namespace holdfast::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kDaySeconds = 24 * 3600;

// The number of the newest request for approval that waits.
std::string Waiting(const Office& office, const std::string& reader = "alice") {
  const Json list = office.Get(reader, {"approval", "list"})["approvals"];
  std::string name;
  for (const Json& each : list)
    if (each["state"] == "APPROVAL_STATE_PENDING") name = each["name"];
  return name.substr(name.find('/') + 1);
}

TEST(Rights, AnOfficerSuspendedByOneAloneIsBackAfterADay) {
  Office office;
  office.AddOmar();
  office.AddMember("mia");
  const Outcome suspended = office.Cli("alice", {"holder", "suspend", "omar", "--reason", "odd calls"});
  EXPECT_EQ(suspended.exit_code, 0) << suspended.err;
  EXPECT_THAT(suspended.err, HasSubstr("holdfast holder confirm-suspension omar"));
  EXPECT_THAT(Each(office.Get("alice", {"findings", "list"})["findings"], "rule"),
              Contains("floor.lone-suspension"));
  EXPECT_THAT(office.Ok("mia", {"status"}), HasSubstr("holdfast holder confirm-suspension omar"));
  EXPECT_THAT(office.Refused(4, "alice", {"holder", "confirm-suspension", "omar"}),
              HasSubstr("floor.requester-is-not-approver"));
  office.Refused(4, "omar", {"status"});

  office.RestartAhead(kDaySeconds + 60);
  office.Ok("omar", {"status"});
  EXPECT_EQ(office.Events({"--type", "holder.lapse", "--subject", "omar"}).size(), 1U);
  EXPECT_THAT(Each(office.Get("alice", {"findings", "list"})["findings"], "rule"),
              Not(Contains("floor.lone-suspension")));
  EXPECT_THAT(office.Refused(7, "alice", {"holder", "suspend", "omar"}), HasSubstr("alone"));
}

TEST(Rights, WhoResumesAnOfficerInTimeCannotStartTheDayAnew) {
  Office office;
  office.AddOmar();
  office.AddMember("mia");
  office.Ok("alice", {"holder", "suspend", "omar"});
  office.Ok("alice", {"holder", "resume", "omar"});
  office.Refused(7, "alice", {"holder", "suspend", "omar"});
  office.Ok("omar", {"holder", "suspend", "mia"});  // who is no officer stays suspended
  office.RestartAhead(kDaySeconds + 60);
  office.Refused(4, "mia", {"status"});
}

TEST(Rights, ASecondPersonsWordKeepsAnOfficerSuspended) {
  Office office;
  office.AddOmar();
  office.AddMember("mia");
  office.Ok("alice", {"holder", "suspend", "omar"});
  office.Ok("mia", {"holder", "confirm-suspension", "omar", "--reason", "saw it too"});
  office.Refused(7, "mia", {"holder", "confirm-suspension", "omar"});
  office.RestartAhead(kDaySeconds + 60);
  office.Refused(4, "omar", {"status"});
  EXPECT_EQ(office.Events({"--type", "holder.confirm-suspension", "--subject", "omar"}).size(), 1U);
  office.Ok("alice", {"holder", "resume", "omar"});
  office.Ok("alice", {"holder", "suspend", "omar"});  // confirmed before: not the same again
}

TEST(Rights, OfficersAreMadeAndUnmadeByTwo) {
  Office office;
  office.AddOmar();
  office.AddMember("mia");
  office.AddMember("sam");
  const Args promote{"holder", "update", "mia", "--role", "member", "--role", "security", "--reason", "joins"};
  EXPECT_THAT(office.Refused(5, "alice", promote),
              AllOf(HasSubstr("needs approval by omar or sam"), HasSubstr("holdfast approval approve")));
  office.Refused(6, "mia", {"approval", "approve", Waiting(office)});  // whom it is about is not asked
  office.Ok("omar", {"approval", "approve", Waiting(office)});
  office.Ok("alice", promote);
  office.Ok("mia", {"holder", "add", "ben", "--role", "member"});
  const Json event = office.Events({"--type", "holder.set-roles", "--outcome", "allowed"})[0];
  EXPECT_EQ(Where(event["texts"], "field", "roles")["text"], "security member (was member)");

  office.Refused(5, "alice", {"holder", "update", "mia", "--role", "member", "--reason", "leaves the team"});
  office.Refused(4, "omar", {"holder", "update", "omar", "--role", "member", "--reason", "x"});
  office.Refused(4, "sam", {"holder", "update", "mia", "--role", "member", "--reason", "x"});
  EXPECT_THAT(office.Refused(2, "alice", {"holder", "update", "sam", "--role", "auditor", "--role", "member"}),
              HasSubstr("--role"));
}

TEST(Rights, NobodyWithAccessBecomesAnAuditor) {
  Office office;
  office.AddOmar();
  office.AddMember("sam");
  office.AddAccount("news", "sam", {"--tier", "3"});
  EXPECT_THAT(office.Refused(7, "alice", {"holder", "update", "sam", "--role", "auditor"}),
              HasSubstr("has access to 1 account"));
  office.Ok("alice", {"account", "update", "news", "--owner", "omar"});
  EXPECT_EQ(office.Events({"--type", "access.end", "--subject", "sam"}).size(), 1U);
  office.Ok("alice", {"holder", "update", "sam", "--role", "auditor"});
  office.Ok("sam", {"audit", "log"});
}

TEST(Rights, TheCustodianIsChangedByTwo) {
  Office office;
  office.AddOmar();
  office.AddMember("mia");
  const Args change{"vault", "custodian", "omar", "--reason", "alice travels"};
  EXPECT_THAT(office.Refused(5, "alice", change), HasSubstr("needs approval by mia"));
  office.Ok("mia", {"approval", "approve", Waiting(office)});
  office.Ok("alice", change);
  EXPECT_THAT(office.Ok("mia", {"status"}), HasSubstr("custodian:           holders/omar"));
  EXPECT_EQ(office.Events({"--type", "vault.set-custodian", "--subject", "omar"}).size(), 1U);
  EXPECT_THAT(office.Refused(2, "alice", {"vault", "custodian", "nobody", "--reason", "x"}),
              HasSubstr("--holder"));
}

TEST(Rights, AnArchivedAccountIsTakenBack) {
  Office office;
  office.AddOmar();
  office.AddMember("mia");
  office.AddAccount("old", "mia");
  office.Put("mia", "old", "fixture-1");
  office.Ok("omar", {"account", "archive", "old", "--yes"});
  EXPECT_THAT(office.Refused(7, "mia", {"access", "grant", "--account", "old", "--holder", "omar"}),
              HasSubstr("holdfast account unarchive old"));
  EXPECT_EQ(office.Get("mia", {"account", "unarchive", "old"})["state"], "ACCOUNT_STATE_ACTIVE");
  office.Refused(7, "mia", {"account", "unarchive", "old"});
  office.Ok("mia", {"access", "grant", "--account", "old", "--holder", "omar"});
}

TEST(Rights, AnOfficerAlonePutsNothingIntoTierOneAndAttestsNothing) {
  Office office;
  office.AddOmar();
  office.AddMember("mia");
  office.AddMember("sam");
  office.AddAccount("top", "mia", {"--tier", "1", "--backup", "sam"});
  office.Put("mia", "top", "fixture-1");
  EXPECT_THAT(office.Refused(5, "omar", {"secret", "put", "top", "password", "--from-file", "-", "--reason", "x"},
                             "fixture-2"),
              HasSubstr("needs approval by alice, mia or sam"));
  EXPECT_EQ(office.Get("alice", {"secret", "list", "top"})["secrets"][0]["currentVersion"], "1");
}

TEST(Rights, AWorkflowFreezesFiveADayAndTheRestByOneYes) {
  Office office;
  office.AddOmar();
  office.AddMember("mia");
  const Json hr = office.Get("alice", {"holder", "add", "hr", "--role", "offboarding", "--kind", "workflow",
                                       "--person", "alice"});
  const std::string fingerprint = office.Enroll("hr", hr["enrollment"]);
  office.Ok("omar", {"holder", "confirm", "hr", "--fingerprint", fingerprint});
  const auto start = [](int i) {
    return Args{"handover", "start", "--yes", fmt::format("p{}", i), "--reason", "closing"};
  };
  for (int i = 1; i <= 7; ++i) office.Ok("alice", {"holder", "add", fmt::format("p{}", i), "--role", "member"});
  for (int i = 1; i <= 5; ++i) office.Ok("hr", start(i));
  EXPECT_THAT(office.Refused(5, "hr", start(6)), HasSubstr("needs approval by omar"));
  EXPECT_EQ(office.Get("alice", {"holder", "show", "p6"})["status"], "HOLDER_STATUS_ACTIVE");
  office.Refused(4, "alice", {"approval", "approve", Waiting(office)});  // who answers for the workflow
  office.Ok("omar", {"approval", "approve", Waiting(office)});
  office.Ok("hr", start(6));
  office.Ok("hr", start(7));
  EXPECT_EQ(office.Events({"--type", "handover.start-many", "--outcome", "allowed"}).size(), 2U);

  const Args to_mia{"holder", "update", "hr", "--person", "mia"};
  EXPECT_THAT(office.Refused(4, "alice", to_mia), HasSubstr("floor.nobody-vouches-for-themselves"));
  EXPECT_EQ(office.Get("alice", {"holder", "show", "hr"})["person"], "alice");
  office.Ok("omar", to_mia);
  EXPECT_EQ(office.Get("alice", {"holder", "show", "hr"})["person"], "mia");
  EXPECT_THAT(office.Refused(2, "omar", {"holder", "update", "hr", "--person", "nobody"}), HasSubstr("--person"));
  office.Refused(2, "alice", {"holder", "update", "mia", "--person", "omar"});
}

TEST(Rights, ADenialSaysWhichActionAndWhoMay) {
  Office office;
  office.AddOmar();
  office.AddMember("mia");
  office.AddMember("sam");
  office.AddAccount("news", "mia");
  office.Ok("mia", {"access", "grant", "--account", "news", "--holder", "sam"});
  const std::pair<Args, std::string> denied[] = {
      {{"audit", "log"}, "nothing permits you audit.read: it needs role "},
      {{"handover", "tasks", "1"}, "nothing permits you handover.read: it needs role "},
      {{"break-glass", "review", "7", "--reason", "x"}, "nothing permits you break-glass.review: it needs relation owner or backup, or role "},
      {{"secret", "destroy", "news", "password", "1", "--yes"},
       "nothing permits you secret.destroy of news: it needs relation owner (now grantee)"},
  };
  office.Put("mia", "news", "fixture-1");
  office.Put("mia", "news", "fixture-2");
  for (const auto& [command, words] : denied) EXPECT_THAT(office.Refused(4, "sam", command), HasSubstr(words));
}

TEST(Rights, AListOfNothingSaysSoWhereTheDeviceIsNotConfirmed) {
  Office office;
  office.AddOmar();
  office.AddMember("mia");
  office.AddAccount("news", "mia");
  office.Ok("mia-two", {"enroll"}, office.NewString("mia"));
  const Args lists[] = {{"account", "list"},  {"access", "list"},  {"exposure", "list"},     {"holder", "list"},
                        {"findings", "list"}, {"handover", "list"}, {"break-glass", "list"}, {"approval", "list"}};
  for (const Args& list : lists)
    EXPECT_THAT(office.Refused(4, "mia-two", list), HasSubstr("the key is not confirmed yet")) << list[0];
  office.Ok("omar", {"holder", "confirm", "mia", "--fingerprint", office.Fingerprint("mia-two")});
  EXPECT_EQ(office.Get("mia-two", {"account", "list"})["accounts"].size(), 1U);
}

TEST(Rights, TheLogTellsWhoAndWhat) {
  Office office;
  office.AddOmar();
  office.AddMember("mia");
  office.AddAccount("news", "alice", {"--tier", "3"});
  const auto text = [](const Json& event, const std::string& field) {
    return Where(event["texts"], "field", field)["text"];
  };
  const Json made = office.Events({"--type", "holder.create", "--subject", "mia"})[0];
  EXPECT_EQ(text(made, "roles"), "member");
  EXPECT_EQ(text(made, "kind"), "person");
  EXPECT_EQ(text(made, "device"), office.Fingerprint("alice"));
  EXPECT_EQ(text(office.Events({"--type", "account.create", "--account", "news"})[0], "tier"), "3");
  office.Ok("alice", {"holder", "suspend", "mia"});
  const auto refused = [&] { return office.Events({"--type", "call.refused", "--actor", "mia"})[0]; };
  office.Refused(4, "mia", {"account", "show", "news"});  // which asks for the log's checkpoint first
  EXPECT_EQ(text(refused(), "method"), "holdfast.v1.AuditService/GetCheckpoint");
  const Json call = {{"method", "holdfast.v1.AccountService/GetAccount"}, {"request", {{"name", "accounts/news"}}}};
  const Outcome outside = holdfast::testing::Run(
      {"/usr/bin/python3", std::string(HF_SOURCE_DIR) + "/tests/cli/outside_client.py", HF_PROTOC,
       std::string(HF_SOURCE_DIR) + "/proto", office.home("mia") + "/identity.json", office.api()},
      Json::array({call}).dump());
  EXPECT_THAT(outside.out, HasSubstr("HOLDER_INACTIVE")) << outside.err;
  EXPECT_EQ(text(refused(), "method"), "holdfast.v1.AccountService/GetAccount");
  EXPECT_EQ(text(refused(), "about"), "name: accounts/news");
  office.Restart();
  EXPECT_EQ(office.Events({"--type", "server.start"}).size(), 2U);
  EXPECT_EQ(office.Events({"--type", "server.stop"}).size(), 1U);
  EXPECT_NE(text(office.Events({"--type", "server.stop"})[0], "version"), "");
}

TEST(Rights, TheLogTellsWhoLostWhatByWhichCase) {
  Office office;
  office.AddOmar();
  office.AddMember("mia");
  office.AddMember("sam");
  office.AddAccount("news", "sam", {"--tier", "3"});
  office.AddAccount("shared", "mia", {"--tier", "3"});
  office.Ok("mia", {"access", "grant", "--account", "shared", "--holder", "sam"});
  office.Ok("omar", {"handover", "start", "--yes", "sam", "--reason", "leaves"});
  const auto text = [](const Json& event, const std::string& field) {
    return Where(event["texts"], "field", field)["text"];
  };
  const Json ends = office.Events({"--type", "access.end", "--handover", "1"});
  ASSERT_EQ(ends.size(), 1U);
  EXPECT_EQ(ends[0]["subject"], "holders/sam");
  EXPECT_EQ(ends[0]["account"], "accounts/news");
  EXPECT_EQ(text(office.Events({"--type", "handover.transfer", "--handover", "1"})[0], "former-holder"), "holders/sam");
  const Json revoked = office.Events({"--type", "handover.revoke", "--subject", "sam"});
  ASSERT_EQ(revoked.size(), 1U);
  EXPECT_EQ(revoked[0]["account"], "accounts/shared");
  office.Ok("alice", {"account", "update", "shared", "--owner", "omar"});
  EXPECT_EQ(text(office.Events({"--type", "account.set-owners", "--account", "shared"})[0], "former-owner"),
            "holders/mia");
}

}  // namespace
}  // namespace holdfast::testing
