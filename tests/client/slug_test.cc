#include "client/slug.h"

#include "gtest/gtest.h"
#include "vault/base/ids.h"

namespace holdfast::client {
namespace {

TEST(Slug, IsAnIdOrNothing) {
  EXPECT_EQ(Slug("Acme News on X"), "acme-news-on-x");
  EXPECT_EQ(Slug("  -- a  b --  "), "a-b");
  EXPECT_EQ(Slug("Sam's"), "sams");
  EXPECT_EQ(Slug("🚀"), "");
  EXPECT_EQ(Slug("___"), "");
  EXPECT_EQ(Slug(""), "");
  EXPECT_EQ(Slug(std::string(47, 'a') + "-b"), std::string(47, 'a'));
  EXPECT_EQ(Slug(std::string(300, 'a')).size(), kMaxSlug);
  for (const char* text : {"A b", "x!", "1", "..a"}) EXPECT_TRUE(IsValidId(Slug(text))) << text;
}

TEST(Slug, WritesOtherScriptsInLatinLetters) {
  EXPECT_EQ(Slug("Müller & Söhne"), "mueller-soehne");
  EXPECT_EQ(Slug("MÜLLER"), "mueller");
  EXPECT_EQ(Slug("Mu\u0308ller"), "mueller");  // the accent as a character of its own
  EXPECT_EQ(Slug("café 9"), "cafe-9");
  EXPECT_EQ(Slug("ñandú Ærø straße Łódź"), "nandu-aero-strasse-lodz");
  EXPECT_EQ(Slug("Редакция"), "redaktsiya");
  EXPECT_EQ(Slug("Αθήνα"), "athena");
  EXPECT_EQ(Slug("公式"), "gong-shi");
  EXPECT_EQ(Slug("حساب"), "hsab");
  for (const char* text : {"Київ", "東京タワー", "공식 계정", "חדשות", "ภาษาไทย", "हिन्दी", "Đà Nẵng"})
    EXPECT_TRUE(IsValidId(Slug(text))) << text << Slug(text);
}

TEST(UniqueIds, AreTakenOnce) {
  UniqueIds ids;
  EXPECT_EQ(ids.Take("a"), "a");
  EXPECT_EQ(ids.Take("a"), "a-2");
  EXPECT_EQ(ids.Take("a-2"), "a-2-2");
  EXPECT_EQ(ids.Take("b-2"), "b-2");
  EXPECT_EQ(ids.Take("b"), "b");
  EXPECT_EQ(ids.Take("b"), "b-3");
}

TEST(Platform, IsTheHost) {
  EXPECT_EQ(PlatformOf("https://www.x.example/login"), "x.example");
  EXPECT_EQ(PlatformOf("HTTPS://WWW.X.EXAMPLE:8443"), "x.example");
  EXPECT_EQ(PlatformOf("x.example/login?a=b@c"), "x.example");
  EXPECT_EQ(PlatformOf("https://someone:pw@x.example#y"), "x.example");
  EXPECT_EQ(PlatformOf("https://[2001:db8::1]:443/"), "[2001:db8::1]");
  EXPECT_EQ(PlatformOf("androidapp://com.example.app"), "com.example.app");
}

TEST(Platform, IsUnknownWithoutAHostThatFits) {
  EXPECT_EQ(PlatformOf(""), "unknown");
  EXPECT_EQ(PlatformOf("https://"), "unknown");
  EXPECT_EQ(PlatformOf("https://" + std::string(65, 'a') + "/"), "unknown");
  EXPECT_EQ(PlatformOf("https://a\x1b/"), "unknown");
}

}  // namespace
}  // namespace holdfast::client
