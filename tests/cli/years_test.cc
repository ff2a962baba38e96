// A vault lived through 500 days by a faked clock, its server never restarted: what ends is renewed, or
// warned of before and explained after.
#include "gmock/gmock.h"
#include "tests/cli/office.h"

namespace holdfast::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr int kStep = 50;

std::vector<std::string> Found(const Office& office, const std::string& rule) {
  return Each(office.Get("omar", {"findings", "list", "--rule", rule})["findings"], "holder");
}

TEST(Years, FiveHundredDaysPassWithoutARestartAndWithoutALockout) {
  Office office;
  office.AddOmar();
  for (const char* member : {"mia", "sam", "tom"}) office.AddMember(member);
  office.AddAccount("shop", "mia");
  office.Put("mia", "shop", "fixture-shop");
  const std::string mia = office.Fingerprint("mia");
  const std::string tom = office.Fingerprint("tom");
  office.LetDaysPass(0);
  const pid_t server = office.server_pid();

  for (int day = kStep; day <= 500; day += kStep) {
    office.LetDaysPass(kStep);
    office.AwaitServerCertificate("omar");
    for (const char* holder : {"alice", "omar", "mia"}) office.Ok(holder, {"status"});
    EXPECT_EQ(office.Reveal("mia", "shop"), "fixture-shop") << day;
    EXPECT_EQ(office.Fingerprint("mia"), mia) << day;
    EXPECT_THAT(Found(office, "server.expires"), IsEmpty()) << day;
    if (day == 250) office.Ok("tom", {"status"});  // renewed, then lost
    if (day == 300) office.Ok("omar", {"holder", "revoke-key", "--yes", "tom", "--fingerprint", tom});
    // Sam's device lies in a drawer.
    EXPECT_EQ(Found(office, "key.expires").size(), day == 350 ? 1U : 0U) << day;
    if (day == 350) {
      EXPECT_THAT(Found(office, "key.expires"), Contains("holders/sam"));
    }
  }
  EXPECT_EQ(office.server_pid(), server);
  EXPECT_TRUE(office.Running());
  EXPECT_THAT(office.server_log(), HasSubstr("the server's certificate was renewed"));

  EXPECT_THAT(office.Refused(3, "sam", {"status"}), HasSubstr("this device's certificate expired at"));
  office.Ok("sam", {"enroll", "--replace"}, office.NewString("sam"));
  office.Ok("omar", {"holder", "confirm", "sam", "--fingerprint", office.Fingerprint("sam")});
  office.Ok("sam", {"account", "list"});
  EXPECT_THAT(office.Refused(3, "tom", {"status"}), HasSubstr("revoked"));

  EXPECT_EQ(office.Events({"--type", "key.renewed", "--subject", "mia"}).size(), 2U);
  EXPECT_EQ(office.Events({"--type", "key.renewed", "--subject", "tom"}).size(), 1U);
  EXPECT_THAT(office.Ok("alice", {"status"}), HasSubstr("server certificate"));
  EXPECT_THAT(office.Ok("alice", {"status"}), Not(HasSubstr("not renewed")));
  office.Ok("omar", {"audit", "verify"});
  office.Restart();
  EXPECT_EQ(office.Reveal("mia", "shop"), "fixture-shop");
}

}  // namespace
}  // namespace holdfast::testing
