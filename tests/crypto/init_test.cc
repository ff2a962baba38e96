#include "vault/crypto/init.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace holdfast::crypto {
namespace {

TEST(Init, MayBeCalledAgain) {
  EXPECT_TRUE(Init().ok());
  EXPECT_TRUE(Init().ok());
}

TEST(LockedMemory, IsRefusedWhereTheLimitForbidsIt) {
  rlimit old{};
  ASSERT_EQ(getrlimit(RLIMIT_MEMLOCK, &old), 0);
  const rlimit none{.rlim_cur = 0, .rlim_max = old.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_MEMLOCK, &none), 0);
  const absl::Status probed = ProbeLockedMemory();
  ASSERT_EQ(setrlimit(RLIMIT_MEMLOCK, &old), 0);
  if (probed.ok()) GTEST_SKIP() << "this user may lock memory beyond the limit";
  EXPECT_EQ(probed.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonOf(probed), "MEMORY_NOT_LOCKED");
}

TEST(LockedMemory, IsGrantedWithinTheLimit) {
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_MEMLOCK, &limit), 0);
  if (limit.rlim_cur < 1024 * 1024) GTEST_SKIP() << "the limit on locked memory is low here";
  EXPECT_TRUE(ProbeLockedMemory().ok());
}

TEST(RandomBytes, HaveTheSizeAskedForAndDiffer) {
  EXPECT_TRUE(RandomBytes(0).empty());
  EXPECT_EQ(RandomBytes(33).size(), 33u);
  EXPECT_NE(RandomBytes(16), RandomBytes(16));
}

// FIPS 180-4 examples.
TEST(Sha256, MatchesTheStandard) {
  EXPECT_EQ(HexEncode(Sha256(ByteView())),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(HexEncode(Sha256(AsBytes("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(HexEncode(Sha256(AsBytes("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(Sha256, OfPartsIsThatOfTheirConcatenation) {
  EXPECT_EQ(Sha256({AsBytes("a"), ByteView(), AsBytes("bc")}), Sha256(AsBytes("abc")));
}

}  // namespace
}  // namespace holdfast::crypto
