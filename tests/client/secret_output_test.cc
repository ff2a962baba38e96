#include "client/secret_output.h"

#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace holdfast::client {
namespace {

std::string Member(std::string value) { return SecretMember(Plaintext::TakeFrom(value)); }

TEST(SecretMember, IsTextThatJsonReadsBack) {
  const std::string value("a\"b\\c\n\t\x01\0\x7f/caf\u00e9 公", 20);
  const auto json = nlohmann::json::parse("{\"x\":1" + Member(value) + "}");
  EXPECT_EQ(json["value"], value);
}

TEST(SecretMember, IsBase64WhenItIsNotText) { EXPECT_EQ(Member("\xff\xfe"), ",\"value_base64\":\"//4=\""); }

TEST(SecretMember, EscapesNoMoreThanNeeded) { EXPECT_EQ(Member("p/\"\n"), ",\"value\":\"p/\\\"\\u000a\""); }

TEST(PrintableLines, KeepLineBreaksAndNothingElseThatATerminalObeys) {
  std::string value = "a\x1b[2Jb\r\n\nlast\tcell\xff";
  EXPECT_EQ(PrintableLines(Plaintext::TakeFrom(value)), "a\ufffd[2Jb\ufffd\n\nlast\ufffdcell\ufffd");
  std::string empty;
  EXPECT_EQ(PrintableLines(Plaintext::TakeFrom(empty)), "");
}

}  // namespace
}  // namespace holdfast::client
