// One-time codes: from a seed that nobody needs to see, checked against another implementation.
#include <ctime>

#include "gmock/gmock.h"
#include "tests/cli/office.h"

namespace holdfast::testing {
namespace {

using ::testing::AnyOf;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::SizeIs;

constexpr char kSeed[] = "JBSW Y3DP EHPK 3PXP";
const Args kCode{"secret", "code", "press", "totp"};

// Python's standard library is all it takes: RFC 6238 in four lines.
constexpr char kPython[] = R"(
import base64, hashlib, hmac, struct, sys
seed, counter = base64.b32decode(sys.argv[1]), int(sys.argv[2])
mac = hmac.new(seed, struct.pack('>Q', counter), hashlib.sha1).digest()
number = struct.unpack('>I', mac[mac[-1] & 15:][:4])[0] & 0x7fffffff
print('%06d' % (number % 1000000), end='')
)";

std::string PythonCode(std::int64_t counter) {
  const Outcome code = Run({"/usr/bin/python3", "-c", kPython, "JBSWY3DPEHPK3PXP", std::to_string(counter)});
  EXPECT_EQ(code.exit_code, 0) << code.err;
  return code.out;
}

class PressOffice : public Office {
 public:
  PressOffice() {
    AddOmar();
    AddMember("mia");
    AddMember("ben");
    AddAccount("press", "mia");
    Ok("mia", {"secret", "put", "press", "totp", "--kind", "totp", "--from-file", "-"}, kSeed);
    Ok("mia", {"access", "grant", "--account", "press", "--holder", "ben", "--reason", "posts at night"});
  }
};

TEST(Codes, AreThoseThatAnotherImplementationMakes) {
  PressOffice office;
  const std::int64_t before = std::time(nullptr) / 30;
  const std::string code = office.Ok("ben", kCode);
  const std::int64_t after = std::time(nullptr) / 30;
  EXPECT_THAT(code, MatchesRegex("[0-9]{6}\n"));
  EXPECT_THAT(code.substr(0, 6), AnyOf(PythonCode(before), PythonCode(after)));
  const Json json = office.Get("ben", kCode);
  EXPECT_THAT(json["value"].get<std::string>(), MatchesRegex("[0-9]{6}"));
  EXPECT_EQ(json["version"]["name"], "accounts/press/secrets/totp/versions/1");
  EXPECT_EQ(json["rule"], "code.lower-tiers");

  office.Ok("mia", {"secret", "put", "press", "long", "--kind", "totp", "--from-file", "-"},
            "otpauth://totp/Acme:press?secret=JBSWY3DPEHPK3PXP&digits=8&period=60\n");
  EXPECT_THAT(office.Ok("mia", {"secret", "code", "press", "long"}), MatchesRegex("[0-9]{8}\n"));

  office.Ok("mia", {"secret", "put", "press", "steam", "--kind", "totp", "--from-file", "-"},
            "STEAM://jbsw y3dp-ehpk3pxp\r\n");
  EXPECT_THAT(office.Ok("mia", {"secret", "code", "press", "steam"}),
              MatchesRegex("[2-9BCDFGHJKMNPQRTVWXY]{5}\n"));
}

TEST(Codes, ForceNoRotationOfTheSeedWhenTheirReceiverGoes) {
  PressOffice office;
  office.Ok("ben", kCode);
  office.Ok("ben", kCode);
  const Json events = office.Events({"--type", "secret.code", "--actor", "ben"});
  ASSERT_THAT(events, SizeIs(2));
  EXPECT_EQ(events[0]["secret"], "accounts/press/secrets/totp");
  EXPECT_THAT(office.Get("alice", {"exposure", "list", "--holder", "ben"})["exposures"], IsEmpty());
  const Json plan = office.Get("alice", {"handover", "plan", "ben"});
  EXPECT_THAT(plan["accounts"], SizeIs(1));
  EXPECT_THAT(plan["tasks"], IsEmpty());
  // Whoever brought the seed knows it.
  EXPECT_THAT(office.Get("alice", {"handover", "plan", "mia", "--to", "omar"})["tasks"],
              SizeIs(1));
  // To see the seed takes more than to use it.
  office.Refused(5, "ben", {"secret", "reveal", "press", "totp", "--reason", "new phone"});
}

TEST(Codes, ComeFromSeedsAloneAndNothingElseIsTakenAsOne) {
  PressOffice office;
  const std::string before = office.State();
  for (const char* seed : {"fixture-0189", "otpauth://hotp/x?secret=JBSWY3DPEHPK3PXP&fixture", "JBSWY3D"}) {
    const std::string line =
        office.Refused(2, "mia", {"secret", "put", "press", "totp", "--from-file", "-"}, seed);
    EXPECT_THAT(line, HasSubstr("value")) << seed;
    EXPECT_THAT(line, Not(HasSubstr("JBSWY3DP")));
  }
  // A seed that went for a password would not be guarded as one.
  EXPECT_THAT(office.Refused(2, "mia", {"secret", "put", "press", "spare", "--from-file", "-"},
                             "otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&issuer=fixture"),
              AllOf(HasSubstr("--kind"), HasSubstr("totp"), Not(HasSubstr("JBSWY3DP"))));
  EXPECT_EQ(office.State(), before);
  office.Put("mia", "press", "fixture-password");
  EXPECT_THAT(office.Refused(7, "mia", {"secret", "code", "press", "password"}),
              HasSubstr("only one of kind totp"));
  office.Refused(6, "mia", {"secret", "code", "press", "pin"});
  office.Refused(4, "omar", kCode);
}

}  // namespace
}  // namespace holdfast::testing
