// A device over the years: it renews itself, is found out when its key was copied, and warns before it ends.
#include <filesystem>

#include "gmock/gmock.h"
#include "tests/cli/office.h"

namespace holdfast::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

Json KeyOf(const Office& office, const std::string& holder) {
  const Json shown = office.Get("omar", {"-q", "holder", "show", holder});
  return shown["keys"].empty() ? Json() : shown["keys"][0];
}

TEST(Device, RenewsItselfInTheLastThirdOfItsLifeAndStaysTheSame) {
  Office office;
  office.AddOmar();
  office.AddMember("mia");
  const Json before = KeyOf(office, "mia");
  office.LetDaysPass(200);
  EXPECT_THAT(office.Refused(7, "mia", {"device", "renew"}), HasSubstr("can be renewed from"));
  EXPECT_THAT(office.Ok("mia", {"status"}), HasSubstr("renewed by itself from"));
  EXPECT_EQ(office.Cli("mia", {"status"}).err, "");
  EXPECT_EQ(KeyOf(office, "mia"), before);

  office.LetDaysPass(50);
  const Outcome renewed = office.Cli("mia", {"account", "list"});
  EXPECT_EQ(renewed.exit_code, 0);
  EXPECT_THAT(renewed.err,
              ::testing::MatchesRegex("This device's certificate was renewed; it is good until [^\n]*\n"));
  EXPECT_EQ(office.Cli("mia", {"account", "list"}).err, "");
  const Json after = KeyOf(office, "mia");
  EXPECT_EQ(after["fingerprint"], before["fingerprint"]);
  EXPECT_EQ(after["state"], "KEY_STATE_CONFIRMED");
  EXPECT_GT(after["expireTime"], before["expireTime"]);
  EXPECT_EQ(office.Fingerprint("mia"), before["fingerprint"]);
  EXPECT_EQ(office.Events({"--type", "key.renew", "--subject", "mia"}, "omar").size(), 1U);
  EXPECT_EQ(office.Events({"--type", "key.renewed", "--subject", "mia"}, "omar").size(), 1U);

  office.LetDaysPass(300);  // beyond the first certificate's end, and that of the server's own
  office.AwaitServerCertificate("omar");
  EXPECT_THAT(office.Ok("mia", {"device", "renew"}), HasSubstr(std::string(before["fingerprint"])));
  EXPECT_THAT(office.Refused(3, "alice", {"status"}), HasSubstr("expired at"));
  EXPECT_THAT(office.Refused(3, "alice", {"status"}), HasSubstr("holdfast holder enroll alice"));
}

TEST(Device, WhoseKeyWasCopiedIsStoppedWhenBothRenewIt) {
  Office office;
  office.AddOmar();
  office.AddMember("mia");
  office.AddMember("sam");
  std::filesystem::copy(office.home("mia"), office.home("thief"), std::filesystem::copy_options::recursive);
  std::filesystem::copy(office.home("sam"), office.home("sam-again"),
                        std::filesystem::copy_options::recursive);
  office.LetDaysPass(250);
  office.Ok("thief", {"status"});
  EXPECT_THAT(office.Refused(3, "mia", {"account", "list"}), HasSubstr("the device is stopped"));
  EXPECT_THAT(office.Refused(3, "thief", {"account", "list"}), HasSubstr("key was revoked"));
  EXPECT_EQ(KeyOf(office, "mia")["state"], "KEY_STATE_REVOKED");
  EXPECT_EQ(office.Events({"--type", "key.stop"}, "omar")[0]["subject"], "holders/mia");

  const Json found = office.Get("omar", {"findings", "list", "--rule", "key.stopped"})["findings"];
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0]["severity"], "SEVERITY_CRITICAL");
  EXPECT_EQ(found[0]["resource"], "holders/mia");
  office.Ok("omar", {"holder", "revoke-key", "--yes", "mia", "--fingerprint",
                     KeyOf(office, "mia")["fingerprint"], "--reason", "laptop searched at the border"});
  EXPECT_THAT(office.Get("omar", {"findings", "list", "--rule", "key.stopped"})["findings"], IsEmpty());

  // The other way round: the owner renews first, the copy comes later.
  office.Ok("sam", {"status"});
  EXPECT_THAT(office.Refused(3, "sam-again", {"status"}), HasSubstr("the device is stopped"));
  EXPECT_THAT(office.Refused(3, "sam", {"status"}), HasSubstr("key was revoked"));
}

TEST(Device, ThatMayNotBeRenewedSaysSoOnceADayAndWorksOn) {
  Office office;
  office.AddOmar();
  office.AddHolder("mia", "member", "");
  office.LetDaysPass(250);
  const Outcome first = office.Cli("mia", {"account", "list"});
  EXPECT_EQ(first.exit_code, 0);
  EXPECT_THAT(first.err, HasSubstr("could not be renewed: denied: the key is not confirmed yet"));
  EXPECT_EQ(office.Cli("mia", {"account", "list"}).err, "");
  office.LetDaysPass(2);
  EXPECT_EQ(office.Cli("mia", {"-q", "account", "list"}).err, "");
  office.LetDaysPass(2);
  office.Ok("omar", {"holder", "confirm", "mia", "--fingerprint", KeyOf(office, "mia")["fingerprint"]});
  EXPECT_THAT(office.Cli("mia", {"account", "list"}).err, HasSubstr("was renewed"));

  office.Ok("omar", {"holder", "suspend", "mia"});
  EXPECT_THAT(office.Refused(4, "mia", {"device", "renew"}), HasSubstr("suspended"));
}

TEST(Device, RevokedTakesItsRenewedCertificateAlong) {
  Office office;
  office.AddOmar();
  office.AddMember("mia");
  office.LetDaysPass(250);
  std::filesystem::copy(office.home("mia"), office.home("before"), std::filesystem::copy_options::recursive);
  office.Ok("mia", {"status"});
  office.Ok("omar",
            {"holder", "revoke-key", "--yes", "mia", "--fingerprint", KeyOf(office, "mia")["fingerprint"]});
  EXPECT_THAT(office.Refused(3, "mia", {"status"}), HasSubstr("revoked"));
  EXPECT_THAT(office.Refused(3, "before", {"status"}), HasSubstr("revoked"));
  EXPECT_THAT(office.Refused(3, "before", {"device", "renew"}), Not(HasSubstr("stopped")));
}

}  // namespace
}  // namespace holdfast::testing
