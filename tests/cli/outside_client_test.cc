// What a client that others wrote may send: a script in another language, with the .proto files and a
// device's identity.
#include "gmock/gmock.h"
#include "tests/cli/office.h"

namespace holdfast::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class OutsideClient : public ::testing::Test {
 protected:
  Json Call(const Json& calls, const std::string& identity_of = "alice") const {
    const Outcome outcome = holdfast::testing::Run(
        {"/usr/bin/python3", std::string(HF_SOURCE_DIR) + "/tests/cli/outside_client.py", HF_PROTOC,
         std::string(HF_SOURCE_DIR) + "/proto", office.home(identity_of) + "/identity.json", office.api()},
        calls.dump());
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    const Json answers = Json::parse(outcome.out, nullptr, /*allow_exceptions=*/false);
    EXPECT_TRUE(answers.is_array() && answers.size() == calls.size()) << outcome.out;
    return answers;
  }
  static Json AddAccount(const std::string& id, const std::string& request_id, const std::string& handle) {
    return {{"method", "holdfast.v1.AccountService/CreateAccount"},
            {"request",
             {{"accountId", id},
              {"requestId", request_id},
              {"account", {{"platform", "x"}, {"handle", handle}, {"owner", "holders/alice"}}}}}};
  }
  static Json AddHolder(const std::string& id, const std::string& request_id, const Json& holder) {
    return {{"method", "holdfast.v1.HolderService/CreateHolder"},
            {"request", {{"holderId", id}, {"requestId", request_id}, {"holder", holder}}}};
  }

  Office office;
};

TEST_F(OutsideClient, GetsOneEffectForOneRequestIdAndAnErrorForAnotherBody) {
  const Json answers =
      Call({AddAccount("news", "r-1", "@a"), AddAccount("news", "r-1", "@a"), AddAccount("news", "r-1", "@b"),
            AddAccount("shop", "r-1", "@a"), AddAccount("news", "r-2", "@a")});
  EXPECT_EQ(answers[0]["code"], "OK") << answers[0];
  EXPECT_EQ(answers[1], answers[0]);
  for (const std::size_t i : {2, 3}) {
    EXPECT_EQ(answers[i]["code"], "INVALID_ARGUMENT") << answers[i];
    EXPECT_EQ(answers[i]["reason"], "REQUEST_ID_REUSED");
    EXPECT_THAT(answers[i]["message"].get<std::string>(), HasSubstr("request_id"));
  }
  EXPECT_EQ(answers[4]["code"], "ALREADY_EXISTS");
  EXPECT_EQ(answers[4]["reason"], "ALREADY_EXISTS");
  EXPECT_EQ(office.Get("alice", {"account", "list"})["accounts"].size(), 1U);
  EXPECT_EQ(office.Get("alice", {"account", "show", "news"})["handle"], "@a");
  EXPECT_EQ(office.Events({"--type", "account.create"}).size(), 1U);
}

TEST_F(OutsideClient, IsNeverShownAnEnrollmentStringTwice) {
  const Json mia = {{"roles", {"ROLE_MEMBER"}}};
  const Json answers = Call({AddHolder("mia", "r-1", mia), AddHolder("mia", "r-1", mia)});
  EXPECT_THAT(answers[0]["response"].value("enrollment", ""), HasSubstr("hf1:mia@"));
  EXPECT_EQ(answers[1]["code"], "OK");
  EXPECT_FALSE(answers[1]["response"].contains("enrollment"));
  EXPECT_EQ(answers[1]["response"]["name"], "holders/mia");
}

TEST_F(OutsideClient, IsToldTheFieldThatIsWrong) {
  const std::string before = office.State();
  const auto add = [](const std::string& id, const Json& account, const std::string& request_id = "r-1") {
    return Json{{"method", "holdfast.v1.AccountService/CreateAccount"},
                {"request", {{"accountId", id}, {"requestId", request_id}, {"account", account}}}};
  };
  const Json good = {{"platform", "x"}, {"owner", "holders/alice"}};
  const auto with = [&](const std::string& key, const Json& value) {
    Json account = good;
    account[key] = value;
    return account;
  };
  const Json answers =
      Call({add("", good), add("É", good), add(std::string(64, 'a'), good), add("a", with("platform", "")),
            add("a", with("platform", std::string(65, 'p'))), add("a", with("handle", "two\nlines")),
            add("a", with("tier", 4)), add("a", with("owner", "alice")),
            add("a", with("owner", "holders/nobody")), add("a", with("backups", {"holders/alice"})),
            add("a", good, ""), add("a", good, std::string(65, 'r')), add("a", good, "with blank")});
  const std::vector<std::string> fields = {
      "account_id",     "account_id",   "account_id",    "account.platform", "account.platform",
      "account.handle", "account.tier", "account.owner", "account.owner",    "account.backups",
      "request_id",     "request_id",   "request_id"};
  for (std::size_t i = 0; i < fields.size(); ++i) {
    EXPECT_EQ(answers[i]["code"], "INVALID_ARGUMENT") << i << answers[i];
    EXPECT_THAT(answers[i].value("fields", std::vector<std::string>()), ElementsAre(HasSubstr(fields[i])))
        << i << answers[i];
    EXPECT_THAT(answers[i]["message"].get<std::string>(), HasSubstr(fields[i]));
  }
  EXPECT_EQ(office.State(), before);
}

TEST_F(OutsideClient, CannotBreakTheServerWithBytesThatAreNoRequest) {
  const std::string before = office.server_log();
  const std::string method = "holdfast.v1.AccountService/CreateAccount";
  const Json answers =
      Call({{{"method", method}, {"request", "0a02fffe"}},  // account_id that is not UTF-8
            {{"method", method}, {"request", "0aff"}},      // cut short
            {{"method", method}, {"request", ""}},
            {{"method", "holdfast.v1.VaultService/GetVault"}, {"request", std::string(4 << 20, '0')}}});
  for (const Json& answer : answers) EXPECT_NE(answer["code"], "OK") << answer;
  EXPECT_EQ(answers[3]["code"], "RESOURCE_EXHAUSTED") << answers[3];
  office.Ok("alice", {"status"});
  EXPECT_EQ(office.server_log(), before);  // nobody can write into it
}

}  // namespace
}  // namespace holdfast::testing
