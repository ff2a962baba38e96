#include "vault/server/config.h"

#include "gtest/gtest.h"

namespace holdfast::server {
namespace {

std::string Refused(const Config& config) {
  const absl::Status status = CheckAddress(config);
  EXPECT_EQ(ReasonOf(status), "INVALID_FIELD") << status;
  return std::string(MessageOf(status));
}

TEST(Config, ClientsAreNeverToldAnAddressThatIsNone) {
  EXPECT_TRUE(CheckAddress({}).ok());
  EXPECT_EQ(Refused({.listen = "0.0.0.0:7443"}),
            "listen: 0.0.0.0:7443 is not an address that clients can use: add --advertise "
            "vault.example.org:7443");
  EXPECT_EQ(Refused({.listen = "[::]:7443"}),
            "listen: [::]:7443 is not an address that clients can use: add --advertise vault.example.org:7443");
  for (const std::string listen : {"0:7443", "[0::0]:7443", "0x0:7443"})
    EXPECT_NE(Refused({.listen = listen}).find("--advertise"), std::string::npos) << listen;
  EXPECT_EQ(Refused({.listen = "0.0.0.0:7443", .advertise = "0.0.0.0:7443"}),
            "advertise: 0.0.0.0:7443 is not an address that clients can use");
  EXPECT_EQ(Refused({.advertise = "vault.example.org:0"}),
            "advertise: needs the port that clients connect to");
  EXPECT_TRUE(CheckAddress({.listen = "0.0.0.0:7443", .advertise = "vault.example.org:7443"}).ok());
}

}  // namespace
}  // namespace holdfast::server
