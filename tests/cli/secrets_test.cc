// What opens an account: values in and out byte for byte, versions and their ends, who knows what.
#include "gmock/gmock.h"
#include "tests/cli/office.h"

namespace holdfast::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::size_t kMaxValue = 64 * 1024;

std::string EveryByte() {
  std::string bytes = "fixture";
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  return bytes + "\n\n";
}

TEST(Secrets, ComeOutByteForByteAsTheyWentIn) {
  Office office;
  office.AddAccount("usual", "alice");
  const auto put = [&](const std::string& secret, const std::string& value, const std::string& kind) {
    office.Ok("alice", {"secret", "put", "usual", secret, "--kind", kind, "--from-file", "-"}, value);
    return office.Ok("alice", {"secret", "reveal", "usual", secret, "--reason", "to sign in"});
  };
  EXPECT_EQ(put("bytes", EveryByte(), "note"), EveryByte());
  EXPECT_EQ(put("unicode", "fixture-🔑-пароль-密码", "password"), "fixture-🔑-пароль-密码");
  EXPECT_EQ(put("line", "fixture\nin two\n", "password"),
            "fixture\nin two");  // one final line break is not part
  EXPECT_EQ(put("windows", "fixture\r\nin two\r\n", "password"), "fixture\r\nin two");
  EXPECT_EQ(put("return", "fixture\r", "password"), "fixture\r");
  EXPECT_EQ(put("note", "fixture\nin two\n", "note"), "fixture\nin two\n");
  EXPECT_EQ(put("windows-note", "fixture\r\n", "note"), "fixture\r\n");
  EXPECT_EQ(put("one", "f", "password"), "f");
  const std::string largest(kMaxValue, 'f');
  EXPECT_EQ(put("largest", largest, "note"), largest);

  WriteFile(office.dir() / "value", "fixture from a file\n");
  office.Ok("alice", {"secret", "put", "usual", "filed", "--from-file", office.dir() / "value"});
  EXPECT_EQ(office.Ok("alice", {"secret", "reveal", "usual", "filed", "--reason", "x"}), "fixture from a file");

  const Json text = office.Get("alice", {"secret", "reveal", "usual", "unicode", "--reason", "x"});
  EXPECT_EQ(text["value"], "fixture-🔑-пароль-密码");
  EXPECT_EQ(text["version"]["name"], "accounts/usual/secrets/unicode/versions/1");
  EXPECT_EQ(text["rule"], "reveal.tier-2");
  const Json bytes = office.Get("alice", {"secret", "reveal", "usual", "bytes", "--reason", "x"});
  EXPECT_FALSE(bytes.contains("value"));
  EXPECT_THAT(bytes["value_base64"].get<std::string>(), HasSubstr("Zml4dHVyZQABAgME"));
}

TEST(Secrets, ThatAreEmptyOrTooLargeOrMissingAreRefusedBeforeAnythingChanges) {
  Office office;
  office.AddAccount("usual", "alice");
  office.Put("alice", "usual", "fixture-1");
  const std::string before = office.State();
  const Args put{"secret", "put", "usual", "password", "--from-file", "-"};
  EXPECT_THAT(office.Refused(2, "alice", put, std::string(kMaxValue + 2, 'f')), HasSubstr("64 KiB"));
  EXPECT_THAT(office.Refused(2, "alice", put, ""), HasSubstr("empty"));
  office.Refused(2, "alice", put, "\n");
  office.Refused(2, "alice", put, "\r\n");
  EXPECT_THAT(
      office.Refused(2, "alice", {"secret", "put", "usual", "password", "--from-file", "/nonexistent"}),
      HasSubstr("--from-file"));
  EXPECT_THAT(office.Refused(2, "alice", {"secret", "put", "usual", "password"}),
              HasSubstr("--from-file"));  // nobody to ask
  EXPECT_THAT(
      office.Refused(2, "alice", {"secret", "put", "usual", "Pass word", "--from-file", "-"}, "fixture"),
      HasSubstr("SECRET"));
  EXPECT_THAT(
      office.Refused(2, "alice", {"secret", "put", "usual", "password", "--kind", "note", "--from-file", "-"},
                     "fixture"),
      HasSubstr("--kind: is password and never changes"));
  office.Refused(6, "alice", {"secret", "reveal", "usual", "pin", "--reason", "x"});
  office.Refused(6, "alice", {"secret", "reveal", "usual", "password", "--version", "2", "--reason", "x"});
  EXPECT_EQ(office.State(), before);
}

TEST(Secrets, AreReplacedByNewVersionsUnlessSomebodyWasFaster) {
  Office office;
  office.AddAccount("usual", "alice");
  office.Put("alice", "usual", "fixture-1");
  const std::string etag = office.Get("alice", {"secret", "list", "usual"})["secrets"][0]["etag"];
  const Json second = office.Get(
      "alice", {"secret", "put", "usual", "password", "--from-file", "-", "--etag", etag}, "fixture-2");
  EXPECT_EQ(second["version"], "2");
  EXPECT_THAT(
      office.Refused(7, "alice", {"secret", "put", "usual", "password", "--from-file", "-", "--etag", etag},
                     "fixture-3"),
      HasSubstr("accounts/usual/secrets/password has changed since"));
  EXPECT_EQ(office.Reveal("alice", "usual"), "fixture-2");
  EXPECT_EQ(office.Reveal("alice", "usual", {"--version", "1"}), "fixture-1");
  const Json versions = office.Get("alice", {"secret", "versions", "usual", "password"})["versions"];
  EXPECT_THAT(Each(versions, "state"),
              ElementsAre("SECRET_VERSION_STATE_SUPERSEDED", "SECRET_VERSION_STATE_CURRENT"));
}

TEST(Secrets, EndByEvidenceAndAreDestroyedOnlyWhenAskedTwice) {
  Office office;
  office.AddAccount("usual", "alice");
  office.Put("alice", "usual", "fixture-1");
  EXPECT_THAT(office.Refused(7, "alice", {"secret", "destroy", "usual", "password", "1", "--yes"}),
              HasSubstr("newest"));
  office.Put("alice", "usual", "fixture-2");

  EXPECT_THAT(office.Refused(2, "alice", {"secret", "attest", "usual", "password", "1", "--evidence", ""}),
              HasSubstr("--evidence"));
  office.Refused(2, "alice", {"secret", "attest", "usual", "password", "0", "--evidence", "seen"});
  EXPECT_THAT(office.Refused(7, "alice", {"secret", "attest", "usual", "password", "2", "--evidence", "seen"}),
              HasSubstr("--current"));
  EXPECT_EQ(office.Get("alice", {"secret", "attest", "usual", "password", "--evidence", "login with it fails, #12"})
                ["versions"],
            Json({"1"}));
  const Json attested = office.Get("alice", {"secret", "versions", "usual", "password"})["versions"][0];
  EXPECT_EQ(attested["state"], "SECRET_VERSION_STATE_RETIRED");
  EXPECT_EQ(attested["attestations"][0]["evidence"], "login with it fails, #12");
  EXPECT_EQ(attested["attestations"][0]["attester"], "holders/alice");
  EXPECT_THAT(
      office.Refused(7, "alice", {"secret", "attest", "usual", "password", "1", "--evidence", "again"}),
      HasSubstr("attested dead already"));

  EXPECT_THAT(office.Refused(2, "alice", {"secret", "destroy", "usual", "password", "1"}),
              HasSubstr("--yes"));
  EXPECT_EQ(office.Reveal("alice", "usual", {"--version", "1"}), "fixture-1");
  EXPECT_EQ(office.Get("alice", {"secret", "destroy", "usual", "password", "1", "--yes"})["state"],
            "SECRET_VERSION_STATE_DESTROYED");
  EXPECT_THAT(office.Refused(7, "alice", {"secret", "reveal", "usual", "password", "--version", "1", "--reason", "x"}),
              HasSubstr("was destroyed"));
  office.Refused(7, "alice", {"secret", "destroy", "usual", "password", "1", "--yes"});
  EXPECT_EQ(office.Reveal("alice", "usual"), "fixture-2");
  EXPECT_EQ(office.Get("alice", {"exposure", "list"})["exposures"].size(), 4U);  // what was seen stays seen
}

TEST(Exposure, IsByPersonComponentAndVersionAndEndsWithTheValueItself) {
  Office office;
  office.AddOmar();
  office.AddMember("mia");
  office.AddAccount("usual", "mia");
  office.Put("omar", "usual", "fixture-1");
  office.Put("omar", "usual", "fixture-pin", "pin");
  const Args live{"exposure", "list", "--holder", "mia", "--live"};
  EXPECT_THAT(office.Get("mia", live)["exposures"], IsEmpty());

  office.Reveal("mia", "usual", {"--reason", "morning post", "--ticket", "HD-4"});
  office.Reveal("mia", "usual");
  const Json shown = office.Get("mia", live)["exposures"];
  ASSERT_EQ(shown.size(), 1U);
  EXPECT_EQ(shown[0]["version"], "accounts/usual/secrets/password/versions/1");
  EXPECT_EQ(shown[0]["kind"], "EXPOSURE_KIND_SHOWN");
  EXPECT_EQ(shown[0]["times"], "2");
  const Json events = office.Events({"--type", "secret.reveal", "--actor", "mia"});
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(Where(events[1]["texts"], "field", "reason")["text"], "morning post");
  EXPECT_EQ(Where(events[1]["texts"], "field", "ticket")["text"], "HD-4");

  const Args attest{"secret", "attest", "usual", "password", "1", "--evidence", "changed"};
  office.Put("omar", "usual", "fixture-2");
  EXPECT_EQ(office.Get("mia", live)["exposures"].size(), 1U);  // replaced, but it may still open the account
  office.Ok("omar", attest);
  EXPECT_THAT(office.Get("mia", live)["exposures"], IsEmpty());
  EXPECT_EQ(office.Get("mia", {"exposure", "list", "--holder", "mia"})["exposures"].size(), 1U);
  for (const std::string& version :
       Each(office.Get("mia", {"exposure", "list", "--holder", "omar"})["exposures"], "version"))
    EXPECT_THAT(version, ::testing::StartsWith("accounts/usual/"));  // as its owner
  office.Refused(4, "mia", {"exposure", "list", "--holder", "alice"});
  EXPECT_EQ(office.Get("mia", {"exposure", "list", "--account", "usual"})["exposures"].size(),
            4U);  // as its owner
}

}  // namespace
}  // namespace holdfast::testing
