// Who gets in: enrollment, confirmation by a second person, suspension, new devices.
#include <filesystem>

#include "gmock/gmock.h"
#include "tests/cli/office.h"

namespace holdfast::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Args Confirm(const std::string& holder, const std::string& fingerprint) {
  return {"holder", "confirm", holder, "--fingerprint", fingerprint};
}

TEST(People, ASoleOfficerConfirmsOneMoreOfficerAndAfterThatNobodyConfirmsWhomTheyIssued) {
  Office office;
  office.AddHolder("mia", "member", /*confirmer=*/"");
  office.AddHolder("omar", "security", "");
  const std::string mia = office.Fingerprint("mia");
  const std::string omar = office.Fingerprint("omar");

  EXPECT_THAT(office.Refused(4, "alice", Confirm("mia", mia)), HasSubstr("floor.issuer-does-not-confirm-members"));
  office.Refused(4, "omar", Confirm("omar", omar));
  EXPECT_THAT(office.Refused(2, "alice", Confirm("omar", mia)),
              HasSubstr("holder omar has no key with this"));
  EXPECT_THAT(office.Refused(2, "alice", Confirm("omar", "12-34")), HasSubstr("--fingerprint"));
  office.Ok("alice", Confirm("omar", omar));

  office.AddHolder("olga", "security", "");
  const std::string olga = office.Fingerprint("olga");
  office.Refused(4, "alice", Confirm("olga", olga));
  office.Refused(4, "mia", Confirm("olga", olga));  // not confirmed herself
  office.Ok("omar", Confirm("mia", mia));
  office.Refused(4, "olga", Confirm("olga", olga));
  office.Ok("mia", Confirm("olga", olga));  // a member is a second person too
  EXPECT_THAT(office.Refused(7, "omar", Confirm("olga", olga)), HasSubstr("confirmed already"));

  const Json keys = office.Get("alice", {"holder", "show", "olga"})["keys"];
  ASSERT_EQ(keys.size(), 1U);
  EXPECT_EQ(keys[0]["state"], "KEY_STATE_CONFIRMED");
  EXPECT_EQ(keys[0]["issuer"], "holders/alice");
  EXPECT_EQ(keys[0]["confirmer"], "holders/mia");
  EXPECT_EQ(office.Events({"--type", "key.confirm", "--outcome", "allowed"}).size(), 3U);
  office.Refused(7, "alice", Confirm("olga", olga));  // nothing is left to confirm: no denial is recorded
  const Json denied = office.Events({"--type", "key.confirm", "--outcome", "denied"});
  EXPECT_EQ(denied.size(), 6U);
  EXPECT_THAT(Each(denied, "rule"), ::testing::Contains("key.other-fingerprint"));
  office.Ok("alice", {"holder", "add", "ben", "--role", "member"});
  EXPECT_THAT(office.Refused(7, "omar", Confirm("ben", olga)), HasSubstr("ben has not enrolled a device yet"));
}

TEST(People, AnUnconfirmedKeyAdministersNothingAndRevealsNothingOfTierOne) {
  Office office;
  office.AddOmar();
  office.AddHolder("mia", "member", "");
  office.AddHolder("olga", "security", "");
  office.AddAccount("top", "mia", {"--tier", "1", "--backup", "omar"});
  office.AddAccount("usual", "mia");
  office.Put("omar", "top", "fixture-top");
  office.Put("alice", "usual", "fixture-usual");

  const Json error = office.Error(4, "mia", {"secret", "reveal", "top", "password"});
  EXPECT_EQ(error["status"], "PERMISSION_DENIED");
  EXPECT_EQ(error["details"][0]["metadata"]["rule"], "floor.unconfirmed-key-tier-1");
  office.Refused(4, "mia", {"secret", "put", "top", "password", "--from-file", "-"}, "fixture-other");
  EXPECT_EQ(office.Reveal("mia", "usual"), "fixture-usual");
  office.Refused(4, "olga", {"holder", "add", "eve", "--role", "member"});
  office.Refused(4, "olga", {"holder", "enroll", "mia"});
  office.Refused(4, "olga", {"holder", "suspend", "mia"});
  office.Refused(4, "olga", {"access", "grant", "--account", "usual", "--holder", "omar"});
  office.Refused(4, "olga", {"import", FixturePath("bitwarden_org.json")});

  office.Ok("omar", Confirm("mia", office.Fingerprint("mia")));
  office.Put("mia", "top", "fixture-other");
}

TEST(People, ASuspendedHoldersNextCallFailsUntilSomebodyElseResumesThem) {
  Office office;
  EXPECT_THAT(office.Refused(2, "alice", {"holder", "suspend", "alice"}), HasSubstr("add --yes"));
  EXPECT_THAT(office.Refused(7, "alice", {"holder", "suspend", "alice", "--yes"}),
              HasSubstr("last active security holder"));
  office.AddOmar();
  office.AddMember("mia");
  office.AddAccount("usual", "mia");
  office.Put("mia", "usual", "fixture-usual");

  office.Ok("omar", {"holder", "suspend", "mia", "--reason", "lost her bag"});
  EXPECT_THAT(office.Refused(4, "mia", {"secret", "reveal", "usual", "password"}), HasSubstr("mia"));
  office.Refused(4, "mia", {"status"});
  office.Refused(4, "mia", {"holder", "resume", "mia"});
  EXPECT_THAT(office.Refused(7, "omar", {"holder", "suspend", "mia"}), HasSubstr("is suspended already"));
  office.Refused(7, "omar", {"holder", "enroll", "mia"});
  office.Ok("alice", {"holder", "resume", "mia"});
  EXPECT_EQ(office.Reveal("mia", "usual"), "fixture-usual");
  office.Refused(7, "alice", {"holder", "resume", "mia"});
  office.Refused(4, "mia", {"holder", "suspend", "omar"});

  office.Ok("alice", {"holder", "suspend", "omar"});
  office.Refused(4, "omar", {"holder", "list"});
  office.Refused(7, "alice", {"holder", "suspend", "alice", "--yes"});
  const Json refused = office.Events({"--type", "call.refused", "--actor", "mia"});
  EXPECT_EQ(refused.size(), 3U) << refused;
}

TEST(People, ANewDeviceIsEnrolledWithANewStringAndStartsUnconfirmed) {
  Office office;
  office.AddOmar();
  office.AddMember("mia");
  office.AddAccount("usual", "mia");
  office.Put("alice", "usual", "fixture-usual");
  const std::string before = office.Fingerprint("mia");

  const std::string superseded = office.NewString("mia");
  const std::string string = office.NewString("mia");
  EXPECT_THAT(office.Refused(7, "mia", {"enroll"}, string),
              HasSubstr("--replace"));
  office.Refused(3, "mia", {"enroll", "--replace"}, superseded);
  EXPECT_EQ(office.Fingerprint("mia"), before);  // a refused replacement leaves the identity as it was
  office.Ok("mia", {"enroll", "--replace"}, string + "\n");
  const std::string after = office.Fingerprint("mia");
  EXPECT_NE(after, before);
  office.Refused(4, "mia", {"secret", "reveal", "usual", "password"});
  office.Ok("omar", Confirm("mia", after));
  EXPECT_EQ(office.Reveal("mia", "usual"), "fixture-usual");
  EXPECT_EQ(office.Get("alice", {"holder", "show", "mia"})["keys"].size(), 2U);
}

TEST(People, ARevokedKeysNextCallFailsAndTheLastOfficersKeyStays) {
  Office office;
  office.AddOmar();
  office.AddMember("mia");
  office.AddMember("sam");
  const std::string mia = office.Fingerprint("mia");
  const Args revoke{"holder", "revoke-key", "--yes", "mia", "--fingerprint", mia, "--reason", "left on a train"};
  office.Refused(4, "sam", revoke);
  EXPECT_THAT(office.Refused(2, "alice", {"holder", "revoke-key", "--yes", "sam", "--fingerprint", mia}),
              HasSubstr("--fingerprint: holder sam has no key with this fingerprint"));
  const std::string string = office.NewString("mia");
  const Json revoked = office.Get("omar", revoke);
  EXPECT_EQ(revoked["status"], "HOLDER_STATUS_ACTIVE");
  EXPECT_EQ(revoked["keys"][0]["state"], "KEY_STATE_REVOKED");
  EXPECT_THAT(office.Refused(3, "mia", {"status"}), HasSubstr("revoked"));
  EXPECT_THAT(office.Refused(7, "alice", revoke), HasSubstr("revoked already"));
  office.Ok("mia", {"enroll", "--replace"}, string);  // the string still works
  office.Ok("mia", {"status"});
  EXPECT_EQ(office.Events({"--type", "key.revoke", "--outcome", "allowed"})[0]["subject"], "holders/mia");

  office.Ok("sam", {"holder", "revoke-key", "--yes", "sam", "--fingerprint", office.Fingerprint("sam")});  // their own
  office.Refused(3, "sam", {"status"});
  office.Ok("omar", {"holder", "revoke-key", "--yes", "omar", "--fingerprint", office.Fingerprint("omar")});
  EXPECT_THAT(office.Refused(7, "alice",
                             {"holder", "revoke-key", "--yes", "alice", "--fingerprint", office.Fingerprint("alice")}),
              HasSubstr("last active security holder"));
}

TEST(People, AreQualifiedBySecurityForWhatRulesAskFor) {
  Office office;
  const Json added =
      office.Get("alice", {"holder", "add", "mia", "--role", "member", "--qualification", "first-aid"});
  EXPECT_EQ(added["qualifications"], Json({"first-aid"}));
  const Json changed =
      office.Get("alice", {"holder", "update", "mia", "--qualification", "privacy", "--qualification",
                           "crisis-team", "--display-name", "Mia", "--etag", added["etag"]});
  EXPECT_EQ(changed["qualifications"], Json({"crisis-team", "privacy"}));
  EXPECT_EQ(changed["displayName"], "Mia");
  EXPECT_THAT(office.Ok("alice", {"holder", "show", "mia"}), HasSubstr("crisis-team, privacy"));
  const auto update = [&](const Args& more) {
    Args args{"holder", "update", "mia"};
    args.insert(args.end(), more.begin(), more.end());
    return args;
  };
  EXPECT_THAT(office.Refused(7, "alice", update({"--display-name", "M", "--etag", added["etag"]})),
              HasSubstr("has changed since"));
  EXPECT_THAT(office.Refused(2, "alice", update({})), HasSubstr("name what to change"));
  EXPECT_THAT(office.Refused(2, "alice", update({"--qualification", "Privacy"})),
              HasSubstr("--qualification"));
  EXPECT_THAT(office.Refused(2, "alice", update({"--qualification", "a", "--qualification", "a"})),
              HasSubstr("--qualification: names a twice"));
  EXPECT_EQ(office.Cli("alice", update({"--qualification", "a", "--no-qualifications"})).exit_code, 2);
  office.Refused(6, "alice", {"holder", "update", "nobody", "--no-qualifications"});
  EXPECT_EQ(office.Get("alice", update({"--no-qualifications"}))["qualifications"], Json::array());
  EXPECT_EQ(office.Get("alice", {"holder", "show", "mia"})["displayName"], "Mia");
  EXPECT_EQ(office.Events({"--type", "holder.update", "--outcome", "allowed"}).size(), 2U);
}

TEST(People, AnEnrollmentStringWorksOnceForOneVaultAndNoOther) {
  Office office;
  const Outcome added = office.Cli("alice", {"-o", "json", "holder", "add", "mia", "--role", "member",
                                             "--display-name", "Mia ☺", "--person", "p-17"});
  ASSERT_EQ(added.exit_code, 0) << added.err;
  const Json mia = Json::parse(added.out);
  EXPECT_EQ(mia["displayName"], "Mia ☺");
  EXPECT_EQ(mia["person"], "p-17");
  const std::string string = mia["enrollment"];

  Office elsewhere;
  EXPECT_THAT(office.Refused(9, "mia", {"enroll", "--server", elsewhere.api()}, string),
              HasSubstr("is not the vault of this enrollment string"));
  office.Refused(8, "mia", {"enroll", "--server", "127.0.0.1:1"}, string);
  std::string other_key = string;
  other_key[other_key.size() - 4] ^= 1;  // still base64url
  EXPECT_THAT(office.Refused(3, "mia", {"enroll"}, other_key), HasSubstr("knows no such enrollment string"));
  EXPECT_THAT(office.Refused(2, "mia", {"enroll"}, string.substr(0, string.size() - 1)), HasSubstr("enrollment"));
  office.Refused(2, "mia", {"enroll"}, "hello");
  EXPECT_FALSE(std::filesystem::exists(office.home("mia") + "/identity.json"));
  EXPECT_THAT(office.Refused(3, "mia", {"account", "list"}), HasSubstr("not enrolled"));

  const Json enrolled = office.Get("mia", {"enroll"}, string);
  EXPECT_EQ(enrolled["holder"], "holders/mia");
  EXPECT_EQ(enrolled["confirmed"], false);
  EXPECT_EQ(office.Get("mia", {"status"})["callerFingerprint"], enrolled["fingerprint"]);
  EXPECT_THAT(office.Refused(7, "alice", {"holder", "add", "mia", "--role", "member"}),
              HasSubstr("mia exists already"));
}

TEST(People, AnAnswerToAnEnrollmentThatWasLostIsGivenAgainToTheSameDevice) {
  Office office;
  office.AddOmar();
  const std::string string = office.Ok("alice", {"-q", "holder", "add", "mia", "--role", "member"});
  const Args enroll{"enroll"};
  const std::string enrolling = office.home("mia") + "/enrolling.json";
  // Nobody is there: the keys are kept for the next try.
  office.Refused(8, "mia", {"enroll", "--server", "127.0.0.1:1"}, string);
  ASSERT_TRUE(std::filesystem::exists(enrolling));
  const std::string kept = ReadFile(enrolling);
  const Json first = office.Get("mia", enroll, string);
  EXPECT_FALSE(std::filesystem::exists(enrolling));
  const std::string identity = office.home("mia") + "/identity.json";
  const Json stored = Json::parse(ReadFile(identity));

  // As if that answer had never arrived.
  const auto lose_the_answer = [&] {
    std::filesystem::remove(identity);
    WriteFile(enrolling, kept);
    std::filesystem::permissions(enrolling, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  };
  lose_the_answer();
  EXPECT_EQ(office.Get("mia", enroll, string), first);
  EXPECT_EQ(Json::parse(ReadFile(identity)), stored);
  EXPECT_EQ(office.Get("alice", {"holder", "show", "mia"})["keys"].size(), 1U);
  EXPECT_EQ(office.Events({"--type", "key.enroll", "--outcome", "denied"}).size(), 0U);
  EXPECT_EQ(office.Get("alice", {"findings", "list", "--rule", "string.used-twice"})["findings"], Json::array());

  office.Ok("omar", {"holder", "revoke-key", "--yes", "mia", "--fingerprint", first["fingerprint"]});
  lose_the_answer();
  EXPECT_THAT(office.Refused(3, "mia", enroll, string), HasSubstr("its key was revoked since"));
}

TEST(People, WhoeverComesSecondWithAStringHearsWhoCameFirstAndSoDoesTheSecurityTeam) {
  Office office;
  office.AddOmar();
  const std::string string = office.Ok("alice", {"-q", "holder", "add", "mia", "--role", "member"});
  const std::string thief = office.Get("eve", {"enroll"}, string)["fingerprint"];
  const std::string told = office.Refused(3, "mia", {"enroll"}, string);
  EXPECT_THAT(told, HasSubstr("was used at 20"));
  EXPECT_THAT(told, HasSubstr("holdfast holder revoke-key mia --fingerprint " + thief));
  for (int i = 0; i < 3; ++i) office.Refused(3, "mia", {"enroll"}, string);
  const Json denied = office.Events({"--type", "key.enroll", "--outcome", "denied"});
  ASSERT_EQ(denied.size(), 4U) << denied;
  EXPECT_EQ(denied[0]["rule"], "enroll.string-used");
  EXPECT_EQ(denied[0]["subject"], "holders/mia");
  const Args findings{"findings", "list", "--rule", "string.used-twice"};
  const Json found = office.Get("alice", findings)["findings"];
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0]["severity"], "SEVERITY_CRITICAL");
  EXPECT_EQ(found[0]["holder"], "holders/mia");
  EXPECT_THAT(found[0]["message"], HasSubstr("holdfast holder revoke-key mia --fingerprint " + thief));
  office.Ok("omar", {"holder", "revoke-key", "--yes", "mia", "--fingerprint", thief});
  EXPECT_EQ(office.Get("alice", findings)["findings"], Json::array());
  EXPECT_THAT(office.Refused(3, "eve", {"status"}), HasSubstr("key was revoked"));

  const std::string superseded = office.NewString("mia");
  office.NewString("mia");
  EXPECT_THAT(office.Refused(3, "mia", {"enroll"}, superseded), HasSubstr("was ended at 20"));
  EXPECT_EQ(office.Get("alice", {"findings", "list", "--rule", "string.ended"})["findings"].size(), 1U);
}

TEST(People, TheAlarmAboutAStringEndsWhenTheDeviceIsConfirmedAgain) {
  Office office;
  office.AddOmar();
  const std::string string = office.Ok("alice", {"-q", "holder", "add", "mia", "--role", "member"});
  const std::string own = office.Get("mia", {"enroll"}, string)["fingerprint"];
  const Args confirm{"holder", "confirm", "mia", "--fingerprint", own};
  office.Ok("omar", confirm);
  office.Refused(3, "eve", {"enroll"}, string);
  const Args findings{"findings", "list", "--rule", "string.used-twice"};
  const Json found = office.Get("alice", findings)["findings"];
  ASSERT_EQ(found.size(), 1U);
  EXPECT_THAT(found[0]["message"], HasSubstr("holdfast holder confirm mia --fingerprint " + own));
  EXPECT_THAT(office.Refused(4, "alice", confirm), HasSubstr("floor")) << "who made the string cannot";
  office.Ok("omar", confirm);
  EXPECT_EQ(office.Get("alice", findings)["findings"], Json::array());
  EXPECT_THAT(office.Refused(7, "omar", confirm), HasSubstr("confirmed already"));
}

TEST(People, AStringIsValidForAsLongAsItsMakerSaysUpToAWeek) {
  Office office;
  EXPECT_THAT(office.Refused(2, "alice", {"holder", "add", "mia", "--role", "member", "--valid", "8d"}),
              HasSubstr("--valid: must be from one minute to 7 days"));
  EXPECT_THAT(office.Refused(2, "alice", {"holder", "add", "mia", "--role", "member", "--valid", "soon"}),
              HasSubstr("--valid: must be a duration"));
  office.Refused(2, "alice", {"holder", "add", "mia", "--role", "member", "--valid", "1s"});
  const std::string string = office.Ok("alice", {"-q", "holder", "add", "mia", "--role", "member", "--valid", "3d"});
  office.RestartAhead(3 * 24 * 3600 - 60);
  office.Ok("mia", {"enroll"}, string);
  const std::string week = office.Ok("alice", {"-q", "holder", "enroll", "mia", "--valid", "7d"});
  office.RestartAhead(10 * 24 * 3600);
  EXPECT_THAT(office.Refused(3, "mia", {"enroll", "--replace"}, week), HasSubstr("expired at 20"));
  office.RestartAhead(17 * 24 * 3600);
  EXPECT_THAT(office.Refused(3, "mia", {"enroll", "--replace"}, week), HasSubstr("ended more than a week ago"));
}

TEST(People, TheOfficersStringCanBeMadeAnewOnTheHost) {
  VaultFixture vault;
  const Outcome anew = vault.Server({"enroll", "--data-dir", vault.data_dir(), "alice"});
  ASSERT_EQ(anew.exit_code, 0) << anew.err;
  ASSERT_TRUE(vault.Start());
  EXPECT_EQ(vault.Cli("alice", {"enroll"}, vault.officer_string()).exit_code, 3);
  vault.Enroll("alice", anew.out.substr(0, anew.out.find('\n')));
  const Outcome log = vault.Cli("alice", {"-o", "json", "audit", "log", "--type", "holder.enroll"});
  const Json events = Json::parse(log.out)["events"];
  ASSERT_EQ(events.size(), 1U) << log.out;
  EXPECT_EQ(events[0]["actor"], "");  // nobody but the host
  EXPECT_EQ(events[0]["rule"], "host.offline");
  const Outcome running = vault.Server({"enroll", "--data-dir", vault.data_dir(), "alice"});
  EXPECT_EQ(running.exit_code, 7);
  EXPECT_THAT(running.err, HasSubstr("another holdfastd uses"));
}

TEST(People, AStringMadeOnTheHostNamesTheAddressThatInitWasTold) {
  VaultFixture host;
  const auto run = [&](const std::string& dir, const Args& args, const std::string& address) {
    Args all = args;
    all.insert(all.end(), {"--data-dir", host.dir() / dir, "--key-file", host.dir() / (dir + ".key")});
    if (!address.empty()) all.insert(all.end(), {"--advertise", address});
    const Outcome outcome = host.Server(all);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr("The line above enrolls alice, once, within 1h"));
    return outcome;
  };
  const Args init{"init", "--officer", "alice"};
  const Args enroll{"enroll", "alice"};
  const std::string address = "vault.example.org:7443";
  EXPECT_THAT(run("told", init, address).out, HasSubstr(address));
  const Outcome anew = run("told", enroll, "");
  EXPECT_THAT(anew.out, HasSubstr(address));
  EXPECT_THAT(anew.err, Not(HasSubstr("--server")));
  EXPECT_THAT(run("told", enroll, "other.example.org:1").out, HasSubstr("other.example.org:1"));
  EXPECT_THAT(run("told", enroll, "").out, HasSubstr("other.example.org:1"));
  for (const Args& args : {init, enroll})
    EXPECT_THAT(run("untold", args, "").err, HasSubstr("Without --advertise HOST:PORT the line does not say"));
}

TEST(People, AuditorsAndOffboardingIdentitiesTouchNoValueAndGetNoAccess) {
  Office office;
  office.AddOmar();
  office.AddHolder("ada", "auditor", "omar");
  office.AddHolder("hr", "offboarding", "omar");
  office.AddAccount("usual", "alice");
  office.Put("alice", "usual", "fixture-usual");
  for (const std::string who : {"ada", "hr"}) {
    office.Refused(4, who, {"secret", "reveal", "usual", "password"});
    office.Refused(4, who, {"secret", "put", "usual", "password", "--from-file", "-"}, "fixture-new");
    office.Refused(4, who, {"import", FixturePath("bitwarden_org.json")});
    office.Refused(4, who, {"access", "grant", "--account", "usual", "--holder", "omar"});
    office.Refused(4, who, {"account", "archive", "usual", "--yes"});
    EXPECT_THAT(office.Refused(2, "alice", {"access", "grant", "--account", "usual", "--holder", who}),
                HasSubstr("never has access"));
    office.Refused(2, "alice", {"account", "update", "usual", "--backup", who});
    EXPECT_EQ(office.Get(who, {"account", "list"})["accounts"].size(), 1U);  // metadata they do see
  }
  EXPECT_EQ(office.Get("alice", {"exposure", "list"})["exposures"].size(), 1U);
  EXPECT_THAT(
      office.Refused(2, "alice", {"holder", "add", "both", "--role", "auditor", "--role", "security"}),
      HasSubstr("--role"));
}

}  // namespace
}  // namespace holdfast::testing
