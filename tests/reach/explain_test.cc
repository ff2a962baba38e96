#include "vault/reach/explain.h"

#include <gtest/gtest.h>

namespace holdfast::reach {
namespace {

const Node kMail{.id = 1};
const Node kNews{.id = 2};
const Node kShop{.id = 3};
const Node kAlice{.kind = NodeKind::kHolder, .id = 1};

TEST(Explain, NamesWhatIsOpenOnceAndEachAccountThatFollows) {
  const auto closure =
      Graph({{kNews, LinkKind::kRecoversThrough, kMail}, {kShop, LinkKind::kSignsInWith, kNews}})
          .Closure({kMail});
  const std::string opening = "alice knows password v3 of mail-social";
  EXPECT_EQ(Explain(closure, PathTo(closure, 0), opening, {"mail-social"}), opening);
  EXPECT_EQ(Explain(closure, PathTo(closure, 1), opening, {"mail-social", "x-acme-news"}),
            "alice knows password v3 of mail-social; x-acme-news recovers through it");
  EXPECT_EQ(Explain(closure, PathTo(closure, 2), opening, {"mail-social", "x-acme-news", "shop"}),
            "alice knows password v3 of mail-social; x-acme-news recovers through it; shop signs in with "
            "x-acme-news");
}

TEST(Explain, BeginsWithTheHolderWhoseIdentityOutsideTheAccountNames) {
  const auto closure =
      Graph({{kNews, LinkKind::kRecoveryPhone, kAlice}, {kShop, LinkKind::kAdministeredBy, kNews}})
          .Closure({kAlice});
  EXPECT_EQ(Explain(closure, PathTo(closure, 2), "", {"alice", "x-acme-news", "shop"}),
            "x-acme-news recovers by the phone of alice; shop is administered by x-acme-news");
}

TEST(Explain, TellsOfALongPathItsBeginningAndItsEnd) {
  std::vector<Link> links;
  std::vector<std::string> names{"a0"};
  for (std::int64_t id = 1; id <= 100; ++id) {
    links.push_back({{.id = id}, LinkKind::kRecoversThrough, {.id = id - 1}});
    names.push_back("a" + std::to_string(id));
  }
  const auto closure = Graph(links).Closure({{.id = 0}});
  const std::string text = Explain(closure, PathTo(closure, 100), "alice knows password v1 of a0", names);
  EXPECT_TRUE(text.ends_with("a16 recovers through a15; 83 more links; a100 recovers through a99")) << text;
  const std::string whole = Explain(closure, PathTo(closure, 17), "alice knows password v1 of a0",
                                    {names.begin(), names.begin() + 18});
  EXPECT_TRUE(whole.ends_with("a16 recovers through a15; a17 recovers through a16")) << whole;
}

TEST(Phrase, TellsAPersonsOwnIdentityFromAnAccount) {
  EXPECT_EQ(Phrase(LinkKind::kSignsInWith, "x", "mail", false), "x signs in with mail");
  EXPECT_EQ(Phrase(LinkKind::kSignsInWith, "x", "alice", true), "x signs in with a login of alice");
  EXPECT_EQ(Phrase(LinkKind::kConnectedApp, "x", "publer", false), "publer is a connected app of x");
  EXPECT_EQ(Phrase(LinkKind::kConnectedApp, "x", "alice", true), "x has a connected app of alice");
  EXPECT_EQ(Phrase(LinkKind::kRecoveryPhone, "x", "+44 20", false), "+44 20 is the recovery phone of x");
}

}  // namespace
}  // namespace holdfast::reach
