#include "vault/pki/public_half.h"

#include <gtest/gtest.h>

#include <string>

namespace holdfast::pki {
namespace {

// One key on P-256 as OpenSSL and OpenSSH write it; made for this test.
constexpr const char* kSec1 = R"(-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIEUS6DYFw0xyvdM9B8bC3y4A78yvLb8PDYJp51mPfmI7oAoGCCqGSM49
AwEHoUQDQgAEVK7aPtbxGPkHA0BQOYh6f69dDmSXJ2U/zAfhopAUpOpO3XythMvW
Usmu7hfikCwIlc0TaHvdu0pTCO8pD8nSyQ==
-----END EC PRIVATE KEY-----)";
constexpr const char* kPkcs8 = R"(-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgRRLoNgXDTHK90z0H
xsLfLgDvzK8tvw8NgmnnWY9+YjuhRANCAARUrto+1vEY+QcDQFA5iHp/r10OZJcn
ZT/MB+GikBSk6k7dfK2Ey9ZSya7uF+KQLAiVzRNoe927SlMI7ykPydLJ
-----END PRIVATE KEY-----)";
constexpr const char* kOpenSsh = R"(-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAaAAAABNlY2RzYS
1zaGEyLW5pc3RwMjU2AAAACG5pc3RwMjU2AAAAQQRUrto+1vEY+QcDQFA5iHp/r10OZJcn
ZT/MB+GikBSk6k7dfK2Ey9ZSya7uF+KQLAiVzRNoe927SlMI7ykPydLJAAAAmAGZStoBmU
raAAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBFSu2j7W8Rj5BwNA
UDmIen+vXQ5klydlP8wH4aKQFKTqTt18rYTL1lLJru4X4pAsCJXNE2h73btKUwjvKQ/J0s
kAAAAgRRLoNgXDTHK90z0HxsLfLgDvzK8tvw8NgmnnWY9+YjsAAAAA
-----END OPENSSH PRIVATE KEY-----)";
constexpr const char* kOpenSshEncrypted = R"(-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0AAAAGAAAABDSs/CDEx
AaGX5ZSvEvvniZAAAAEAAAAAEAAABoAAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlz
dHAyNTYAAABBBFSu2j7W8Rj5BwNAUDmIen+vXQ5klydlP8wH4aKQFKTqTt18rYTL1lLJru
4X4pAsCJXNE2h73btKUwjvKQ/J0skAAACgeQlS4kXlNtOYJ6qE1abBe9+lXvS5cj4k2RK3
6mj5lMiKvGDls7+Ii9fMW++ITXNwN4rpLGDkEda6eVld65onVs1/MiWXPr82PUWxCh2+37
g0RuDnRWFEK9mI7if4Wkt83QpU8Qfa3n87fYSkumjQPgIsARaQFe5aKFiN5rZUMkuTSNZC
AcbIiDHAMYa2lz1CQuc+BIMRulwNkosngsEEeg==
-----END OPENSSH PRIVATE KEY-----)";
constexpr const char* kPkcs8Encrypted = R"(-----BEGIN ENCRYPTED PRIVATE KEY-----
MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAgWgZ18Ga9RGQICCAAw
DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEMJ6+TenmaWhM5qivcFKDPMEgZB2
AAr82aMwagL2WnsyFsttbzDzLfrTfFBx/rPViXWbNTIzXkSAk1UNQsWaGtJmvb3M
8EACe+TD9eYjqI+18b/ANMLC2MHvw1xi/GM1HuxVrstXmym821hhk1d9VU/2D5Dr
Ld4CYSIpOyuCzNATuONxsyBRxhzuJNhcCKOWRKXvXWSajIYJ6N0WidIJjkBlsKY=
-----END ENCRYPTED PRIVATE KEY-----)";
// One RSA key.
constexpr const char* kRsaPkcs1 = R"(-----BEGIN RSA PRIVATE KEY-----
MIICXQIBAAKBgQDZlSDrfeNT851XZKnl3mgkz/tM/+4nfpgUb/x6msAdtCIakTDz
YgTfd0OhHXTU8bZZTrFuIm8lHmH5utaZyaTjVwKrrzUDPnd28aN6VT4Or1eiu249
TTgyFQysmM9sbhxISZTTIkX+zsDmaz9NMwuXgCa8LDINrSSvnyEQXZYHjQIDAQAB
AoGBAJk7JwXxkEktRd+oKuaR7PIP7sDZdJUn2F58R2jo1ueUVngzTC/7FcdyrJQo
tIDLAUp/2wDfCzsu3H0NEdkYYx/TP/0Hyqi/rFVUYs/BRHL7o1D8jGkiMGwwL1G2
gsEhgENW89z6tG2zMKE9T1Xz4FBEBYDGMf10ctbHHHLI/4LZAkEA8cjypF9XqS2Q
e3xKOp1g0sgSvr7Iz/5a5g3kQLiFL/XgTtrocPIBSv+AMFGS5/75YTGOlTbbQv6r
rs4yrAdDGwJBAOZf6l1FSbozf0/kOl1ofX6LHyWUH3eBFzjIQnXFxNdOtBVxfTAH
JRB7sqFLW/XLu3BLiPSxc10Lsf4sI85o4ncCQEzhj74SjwY9dc6+M8A1oL8FXWiH
s8TnZTH3wteNlNQuQ7fvRa/8U8rsOW+j0KmyWsu7/VGXEttXrXG1IUmwOXcCQBsq
VEiLUxZR3EFfeEJrf+DcJuAXh15gKozXkH6yw3NgJHwi1dBEB2raK0Y5zK4/R+sF
/TBdfG0MZADE07QTSiECQQCL4RWR716auWI6KED0LMSx6XeDz5AEoDojMSS7jWRN
0JXfmSIEGrC5DNQnwnLiMyG8JPBBTbcin5zcKwNKljvc
-----END RSA PRIVATE KEY-----)";
constexpr const char* kRsaOpenSsh = R"(-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAlwAAAAdzc2gtcn
NhAAAAAwEAAQAAAIEA2ZUg633jU/OdV2Sp5d5oJM/7TP/uJ36YFG/8eprAHbQiGpEw82IE
33dDoR101PG2WU6xbiJvJR5h+brWmcmk41cCq681Az53dvGjelU+Dq9XortuPU04MhUMrJ
jPbG4cSEmU0yJF/s7A5ms/TTMLl4AmvCwyDa0kr58hEF2WB40AAAH4PyxLCz8sSwsAAAAH
c3NoLXJzYQAAAIEA2ZUg633jU/OdV2Sp5d5oJM/7TP/uJ36YFG/8eprAHbQiGpEw82IE33
dDoR101PG2WU6xbiJvJR5h+brWmcmk41cCq681Az53dvGjelU+Dq9XortuPU04MhUMrJjP
bG4cSEmU0yJF/s7A5ms/TTMLl4AmvCwyDa0kr58hEF2WB40AAAADAQABAAAAgQCZOycF8Z
BJLUXfqCrmkezyD+7A2XSVJ9hefEdo6NbnlFZ4M0wv+xXHcqyUKLSAywFKf9sA3ws7Ltx9
DRHZGGMf0z/9B8qov6xVVGLPwURy+6NQ/IxpIjBsMC9RtoLBIYBDVvPc+rRtszChPU9V8+
BQRAWAxjH9dHLWxxxyyP+C2QAAAEEAi+EVke9emrliOihA9CzEsel3g8+QBKA6IzEku41k
TdCV35kiBBqwuQzUJ8Jy4jMhvCTwQU23Ip+c3CsDSpY73AAAAEEA8cjypF9XqS2Qe3xKOp
1g0sgSvr7Iz/5a5g3kQLiFL/XgTtrocPIBSv+AMFGS5/75YTGOlTbbQv6rrs4yrAdDGwAA
AEEA5l/qXUVJujN/T+Q6XWh9fosfJZQfd4EXOMhCdcXE1060FXF9MAclEHuyoUtb9cu7cE
uI9LFzXQux/iwjzmjidwAAAAAB
-----END OPENSSH PRIVATE KEY-----)";
constexpr const char* kEd25519 = R"(-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIBywW0AkzbrFbYSPLbs/qCqzt+SojIvfdtkUWA5anwhV
-----END PRIVATE KEY-----)";

std::optional<Bytes> Half(std::string text) { return PublicHalf(Plaintext::TakeFrom(text)); }

TEST(PublicHalf, IsTheSameHoweverTheKeyIsWritten) {
  const auto half = Half(kPkcs8);
  ASSERT_TRUE(half.has_value());
  EXPECT_EQ(half->size(), 1u + 65u);
  EXPECT_EQ(Half(kSec1), half);
  EXPECT_EQ(Half(kOpenSsh), half);
  EXPECT_EQ(Half(kOpenSshEncrypted), half) << "OpenSSH leaves it readable";
  EXPECT_EQ(Half(std::string("mine:\n") + kPkcs8 + "\n"), half);
  const auto rsa = Half(kRsaPkcs1);
  ASSERT_TRUE(rsa.has_value());
  EXPECT_EQ(Half(kRsaOpenSsh), rsa);
  EXPECT_NE(rsa, half);
  EXPECT_EQ(Half(kEd25519)->size(), 1u + 32u);
}

TEST(PublicHalf, IsNoneOfWhatIsNoReadableKey) {
  EXPECT_FALSE(Half(kPkcs8Encrypted).has_value());
  EXPECT_FALSE(Half("a password").has_value());
  EXPECT_FALSE(Half("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n").has_value());
  EXPECT_FALSE(Half("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n").has_value());
  std::string cut = kOpenSsh;
  for (const std::size_t size : {40u, 60u, 100u, 140u}) EXPECT_FALSE(Half(cut.substr(0, size)).has_value()) << size;
}

}  // namespace
}  // namespace holdfast::pki
