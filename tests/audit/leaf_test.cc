#include <gtest/gtest.h>

#include "vault/audit/leaf.h"

namespace holdfast::audit {
namespace {

Event FullEvent() {
  return {.type = "secret.reveal",
          .actor = Ref{1, Bytes(16, 0x0a)},
          .account = Ref{2, Bytes(16, 0x0b)},
          .secret = Ref{3, Bytes(16, 0x0c)},
          .subject = Ref{4, Bytes(16, 0x0d)},
          .version = 3,
          .handover = Ref{5, Bytes(16, 0x0e)},
          .outcome = Outcome::kDenied,
          .rule = "floor.inactive",
          .texts = {{"reason", "r"}, {"peer", "p"}}};
}

LeafFrame Frame() {
  LeafFrame frame{.index = 42, .time = 1'795'315'747'123'456, .uptime = 7, .command = Bytes(16, 0x01)};
  frame.policy.fill(0x02);
  frame.state.fill(0x03);
  return frame;
}

std::string Repeat(const char* pair, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += pair;
  return text;
}

// Verifiers that others wrote depend on each byte of this.
TEST(Leaf, HasOneSpelling) {
  Commitment peer{.salt = Bytes(32, 1)};
  peer.hash.fill(0x04);
  Commitment reason{.salt = Bytes(32, 2)};
  reason.hash.fill(0x05);
  EXPECT_EQ(FormatLeaf(Frame(), FullEvent(), {{"reason", reason}, {"peer", peer}}),
            R"({"v":1,"index":42,"time":"2026-11-22T02:49:07.123456Z","uptime":7,"type":"secret.reveal","command":")" +
                Repeat("01", 16) + R"(","actor":")" + Repeat("0a", 16) + R"(","account":")" +
                Repeat("0b", 16) + R"(","secret":")" + Repeat("0c", 16) + R"(","subject":")" +
                Repeat("0d", 16) + R"(","version":3,"case":")" + Repeat("0e", 16) +
                R"(","outcome":"denied","rule":"floor.inactive","approval":null,"policy":")" +
                Repeat("02", 32) + R"(","state":")" + Repeat("03", 32) + R"(","texts":{"peer":")" +
                Repeat("04", 32) + R"(","reason":")" + Repeat("05", 32) + R"("}})");
}

TEST(Leaf, SpellsWhatIsAbsentAsNull) {
  const Event event{.type = "vault.init", .rule = "host.init"};
  EXPECT_EQ(FormatLeaf(Frame(), event, {}),
            R"({"v":1,"index":42,"time":"2026-11-22T02:49:07.123456Z","uptime":7,"type":"vault.init","command":")" +
                Repeat("01", 16) +
                R"(","actor":null,"account":null,"secret":null,"subject":null,"version":null,"case":null,)" +
                R"("outcome":"allowed","rule":"host.init","approval":null,"policy":")" + Repeat("02", 32) +
                R"(","state":")" + Repeat("03", 32) + R"(","texts":{}})");
}

TEST(Leaf, IsReadAsItWasWritten) {
  Commitment peer{.salt = Bytes(32, 1)};
  peer.hash.fill(0x04);
  const auto leaf = ParseLeaf(FormatLeaf(Frame(), FullEvent(), {{"peer", peer}}));
  ASSERT_TRUE(leaf.has_value());
  EXPECT_EQ(leaf->index, 42);
  EXPECT_EQ(leaf->time, Frame().time);
  EXPECT_EQ(leaf->uptime, 7);
  EXPECT_EQ(leaf->type, "secret.reveal");
  EXPECT_EQ(leaf->actor, Bytes(16, 0x0a));
  EXPECT_EQ(leaf->account, Bytes(16, 0x0b));
  EXPECT_EQ(leaf->secret, Bytes(16, 0x0c));
  EXPECT_EQ(leaf->subject, Bytes(16, 0x0d));
  EXPECT_EQ(leaf->version, 3);
  EXPECT_EQ(leaf->handover, Bytes(16, 0x0e));
  EXPECT_EQ(leaf->outcome, Outcome::kDenied);
  EXPECT_EQ(leaf->rule, "floor.inactive");
  EXPECT_EQ(leaf->commitments, (std::map<std::string, Bytes>{{"peer", Bytes(32, 0x04)}}));

  const auto blank = ParseLeaf(FormatLeaf(Frame(), {.type = "vault.init", .rule = "host.init"}, {}));
  ASSERT_TRUE(blank.has_value());
  EXPECT_FALSE(blank->actor || blank->account || blank->secret || blank->subject || blank->version || blank->handover);
  EXPECT_EQ(blank->outcome, Outcome::kAllowed);
  EXPECT_TRUE(blank->commitments.empty());
}

TEST(Leaf, IsNothingElseThanItsOneSpelling) {
  const std::string good = FormatLeaf(Frame(), FullEvent(), {});
  ASSERT_TRUE(ParseLeaf(good).has_value());
  for (std::size_t length = 0; length < good.size(); ++length) EXPECT_FALSE(ParseLeaf(good.substr(0, length)));
  for (std::size_t at = 0; at <= good.size(); ++at) {
    std::string blank = good;
    blank.insert(at, 1, ' ');
    // A blank within a word or a rule makes another word.
    const bool in_word = at > good.find("secret.reveal") && at < good.find("secret.reveal") + 14;
    const std::size_t rule = good.find("floor.");
    const bool at_word = at == good.find("secret.reveal") || (at >= rule && at < rule + 15);
    if (in_word || at_word) continue;
    EXPECT_FALSE(ParseLeaf(blank).has_value()) << blank;
  }
  EXPECT_FALSE(ParseLeaf(good + "\n").has_value());
  EXPECT_FALSE(ParseLeaf("").has_value());
}

TEST(Commitment, IsTheHashOfSaltAndTextWithANewSaltEachTime) {
  ASSERT_TRUE(crypto::Init().ok());
  const Commitment one = Commit("the same text");
  const Commitment two = Commit("the same text");
  EXPECT_EQ(one.salt.size(), 32u);
  EXPECT_EQ(one.hash, crypto::Sha256({one.salt, AsBytes("the same text")}));
  EXPECT_NE(one.salt, two.salt);
  EXPECT_NE(one.hash, two.hash);
}

}  // namespace
}  // namespace holdfast::audit
