// What we make, judged by the openssl command line; skipped where it is not installed.
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "tests/pki/pki_fixture.h"

namespace holdfast::pki {
namespace {

class OpensslTool : public testing::Test {
 protected:
  void SetUp() override {
    if (std::system("openssl version >/dev/null 2>&1") != 0) GTEST_SKIP() << "no openssl command";
    std::string pattern = testing::TempDir() + "holdfast-pki-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    dir_ = pattern;
    Write("ca.pem", vault_.ca);
    Write("server.pem", vault_.server);
  }
  void TearDown() override {
    if (!dir_.empty()) std::filesystem::remove_all(dir_);
  }

  void Write(const std::string& name, std::string_view text) { std::ofstream(dir_ / name) << text; }

  // Exit code and output of "openssl <arguments>", run inside the directory.
  std::pair<int, std::string> Run(const std::string& arguments) {
    const std::string command = "cd " + dir_.string() + " && openssl " + arguments + " 2>&1";
    FILE* pipe = popen(command.c_str(), "r");
    std::string output;
    for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) output.push_back(static_cast<char>(c));
    return {pclose(pipe), output};
  }

  TestVault vault_{kVault, WallNow()};
  std::filesystem::path dir_;
};

TEST_F(OpensslTool, VerifiesTheServerAsAServerUnderStrictRules) {
  const auto [code, output] = Run("verify -x509_strict -CAfile ca.pem -purpose sslserver -verify_hostname " +
                                  ServerDnsName(kVault) + " server.pem");
  EXPECT_EQ(code, 0) << output;
  EXPECT_NE(Run("verify -x509_strict -CAfile ca.pem -purpose sslclient server.pem").first, 0);
}

TEST_F(OpensslTool, VerifiesAHolderAsAClientUnderStrictRules) {
  const auto issued =
      IssueHolderCertificate(vault_.ca_key, vault_.ca, FreshCsr(), kVault, "ana", WallNow(), kDay);
  Write("holder.pem", issued->pem);
  const auto [code, output] = Run("verify -x509_strict -CAfile ca.pem -purpose sslclient holder.pem");
  EXPECT_EQ(code, 0) << output;
  EXPECT_NE(Run("verify -x509_strict -CAfile ca.pem -purpose sslserver holder.pem").first, 0);
  const std::string text = Run("x509 -in holder.pem -noout -serial -ext subjectAltName").second;
  EXPECT_NE(text.find("URI:spiffe://00112233445566778899aabbccddeeff/holder/ana"), std::string::npos) << text;
}

TEST_F(OpensslTool, VerifiesOurRequestAndReadsOurKey) {
  const SecretBytes key = GenerateP256Key().value();
  Write("request.pem", MakeCsr(key).value());
  const auto [code, output] = Run("req -in request.pem -verify -noout");
  EXPECT_EQ(code, 0) << output;
  Write("key.pem", AsChars(PrivateKeyToPem(key)->ExposeSecret()));
  EXPECT_EQ(Run("pkey -in key.pem -check -noout").first, 0);
  EXPECT_EQ(Run("pkey -in key.pem -pubout").second, Run("req -in request.pem -pubkey -noout").second);
}

TEST_F(OpensslTool, MakesARequestThatIsAccepted) {
  const auto [code, output] =
      Run("req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout own.pem -subj /CN=boss -out "
          "own.csr");
  ASSERT_EQ(code, 0) << output;
  std::ifstream in(dir_ / "own.csr");
  const std::string csr((std::istreambuf_iterator<char>(in)), {});
  EXPECT_TRUE(vault_.Issue(csr).ok());
}

}  // namespace
}  // namespace holdfast::pki
