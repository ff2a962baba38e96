#include "vault/server/config.h"

#include "gtest/gtest.h"

namespace holdfast::server {
namespace {

std::string Refused(const Config& config) {
  const absl::Status status = CheckAddresses(config);
  EXPECT_EQ(ReasonOf(status), "INVALID_FIELD") << status;
  return std::string(MessageOf(status));
}

TEST(Config, ClientsAreNeverToldAnAddressThatIsNone) {
  EXPECT_TRUE(CheckAddresses({}).ok());
  EXPECT_EQ(Refused({.listen = "0.0.0.0:7443"}),
            "listen: 0.0.0.0:7443 is not an address that clients can use: add --advertise "
            "vault.example.org:7443");
  EXPECT_EQ(Refused({.enroll_listen = "[::]:7444"}),
            "enroll_listen: [::]:7444 is not an address that clients can use: add --enroll-advertise "
            "vault.example.org:7444");
  for (const std::string listen : {"0:7443", "[0::0]:7443", "0x0:7443"})
    EXPECT_NE(Refused({.listen = listen}).find("--advertise"), std::string::npos) << listen;
  EXPECT_EQ(Refused({.listen = "0.0.0.0:7443", .advertise = "0.0.0.0:7443"}),
            "advertise: 0.0.0.0:7443 is not an address that clients can use");
  EXPECT_EQ(Refused({.advertise = "vault.example.org:0"}),
            "advertise: needs the port that clients connect to");
  const Config told{.listen = "0.0.0.0:7443",
                    .enroll_listen = "[::]:7444",
                    .advertise = "vault.example.org:7443",
                    .enroll_advertise = "vault.example.org:7444"};
  EXPECT_TRUE(CheckAddresses(told).ok());
}

TEST(Config, TheTwoListenersHaveAPortEach) {
  const std::string taken =
      "enroll_listen: 127.0.0.1:7443 is taken by the API; enrollment needs a port of its own";
  EXPECT_EQ(Refused({.listen = "127.0.0.1:7443", .enroll_listen = "127.0.0.1:7443"}), taken);
  EXPECT_EQ(Refused({.listen = "0.0.0.0:7443", .enroll_listen = "127.0.0.1:7443", .advertise = "v:7443"}),
            taken);
  EXPECT_TRUE(CheckAddresses({.listen = "127.0.0.1:0", .enroll_listen = "127.0.0.1:0"}).ok());
  EXPECT_TRUE(CheckAddresses({.listen = "127.0.0.1:7443", .enroll_listen = "127.0.0.2:7443"}).ok());
}

}  // namespace
}  // namespace holdfast::server
