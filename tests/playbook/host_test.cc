// From what people paste to the host that a playbook lists.
#include "vault/playbook/host.h"

#include <gtest/gtest.h>

namespace holdfast::playbook {
namespace {

TEST(Hosts, ComeOutOfWhateverPeoplePaste) {
  for (const char* text :
       {"x.com", "X.COM", "www.x.com", "https://x.com", "https://www.X.com/acme?lang=de#top",
        "http://x.com:8443/", "https://ann:pw@x.com/", "x.com.", "x.com/acme"})
    EXPECT_EQ(HostOf(text), "x.com") << text;
}

TEST(Hosts, AreNotSeenWhereThereAreNone) {
  for (const char* text : {"", "x", "mastodon", "https://", "192.168.0.1", "http://[::1]/", "x..com", ".com",
                           "-a.com", "a-.com", "a b.com", "münchen.de", "localhost:80", "https:///x.com"})
    EXPECT_FALSE(HostOf(text).has_value()) << text;
}

TEST(Hosts, TakeInWhatLiesBelowThemAndNothingElse) {
  EXPECT_TRUE(IsWithin("x.com", "x.com"));
  EXPECT_TRUE(IsWithin("mobile.x.com", "x.com"));
  EXPECT_FALSE(IsWithin("netflix.com", "x.com"));
  EXPECT_FALSE(IsWithin("x.com.evil.example", "x.com"));
  EXPECT_FALSE(IsWithin("com", "x.com"));
}

TEST(Hosts, OfPlaybooksAreWrittenInOneWay) {
  for (const char* text : {"x.com", "a-b.co.uk", "1x.example"}) EXPECT_TRUE(IsHost(text)) << text;
  for (const char* text : {"X.com", "www.x.com", "https://x.com", "x.com/", "x", "x.com.", "10.0.0.1"})
    EXPECT_FALSE(IsHost(text)) << text;
  EXPECT_FALSE(IsHost(std::string(64, 'a') + ".com"));
  EXPECT_FALSE(IsHost(std::string(252, 'a') + ".com"));
}

}  // namespace
}  // namespace holdfast::playbook
