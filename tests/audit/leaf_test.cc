#include <gtest/gtest.h>

#include "vault/audit/event.h"

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
  LeafFrame frame{.index = 42, .time = 1'795'315'747'123'456, .command = Bytes(16, 0x01)};
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
            R"({"v":1,"index":42,"time":"2026-11-22T02:49:07.123456Z","type":"secret.reveal","command":")" +
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
            R"({"v":1,"index":42,"time":"2026-11-22T02:49:07.123456Z","type":"vault.init","command":")" +
                Repeat("01", 16) +
                R"(","actor":null,"account":null,"secret":null,"subject":null,"version":null,"case":null,)" +
                R"("outcome":"allowed","rule":"host.init","approval":null,"policy":")" + Repeat("02", 32) +
                R"(","state":")" + Repeat("03", 32) + R"(","texts":{}})");
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
