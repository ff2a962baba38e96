// Every proof of every tree up to kMost leaves, compared with the naive tree and then spoilt.
#include <gtest/gtest.h>

#include "tests/evidence/naive_tree.h"

namespace holdfast::evidence {
namespace {

constexpr std::size_t kMost = 70;

std::int64_t Signed(std::size_t value) { return static_cast<std::int64_t>(value); }

void ExpectInvalid(const absl::Status& status) {
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(ReasonOf(status), "PROOF_INVALID");
}

class Proofs : public testing::Test {
 protected:
  Proofs() : leaves_(OneByteLeaves(kMost)), tree_(leaves_) {
    for (std::size_t size = 0; size <= kMost; ++size)
      roots_.push_back(NaiveRoot(Leaves(leaves_).first(size)));
  }

  const std::vector<Bytes> leaves_;
  const StoredTree tree_;
  std::vector<Hash> roots_;
};

// All ways to spoil a proof without touching what it is about. A flipped bit, one per byte and proof part,
// every part missing, an extra part at both ends, parts of a wrong length.
template <typename Verify>
void ExpectEveryChangeInvalid(const std::vector<Bytes>& proof, Verify verify) {
  for (std::size_t part = 0; part < proof.size(); ++part) {
    std::vector<Bytes> changed = proof;
    for (const std::size_t byte : {0, 17, 31}) {
      changed = proof;
      changed[part][byte] ^= 0x10;
      ExpectInvalid(verify(changed));
    }
    changed = proof;
    changed[part].pop_back();
    ExpectInvalid(verify(changed));
    changed[part].clear();
    ExpectInvalid(verify(changed));
    changed = proof;
    changed[part].push_back(0);
    ExpectInvalid(verify(changed));
    changed = proof;
    changed.erase(changed.begin() + static_cast<std::ptrdiff_t>(part));
    ExpectInvalid(verify(changed));
  }
  std::vector<Bytes> longer = proof;
  longer.emplace_back(32, 0);
  ExpectInvalid(verify(longer));
  longer = proof;
  longer.insert(longer.begin(), Bytes(32, 0));
  ExpectInvalid(verify(longer));
  longer.resize(1000, Bytes(32, 0));
  ExpectInvalid(verify(longer));
}

TEST_F(Proofs, OfInclusionAreThoseOfTheNaiveTreeAndVerify) {
  for (std::size_t size = 1; size <= kMost; ++size) {
    for (std::size_t index = 0; index < size; ++index) {
      const auto proof = InclusionProof(Signed(index), Signed(size), tree_.reader()).value();
      EXPECT_EQ(proof, NaivePath(index, Leaves(leaves_).first(size)));
      EXPECT_TRUE(
          VerifyInclusion(Signed(index), Signed(size), HashLeaf(leaves_[index]), ToProof(proof), roots_[size])
              .ok());
    }
  }
}

TEST_F(Proofs, OfConsistencyAreThoseOfTheNaiveTreeAndVerify) {
  for (std::size_t size = 1; size <= kMost; ++size) {
    for (std::size_t old = 1; old <= size; ++old) {
      const auto proof = ConsistencyProof(Signed(old), Signed(size), tree_.reader()).value();
      EXPECT_EQ(proof, NaiveSubproof(old, Leaves(leaves_).first(size), /*known=*/true));
      EXPECT_TRUE(
          VerifyConsistency(Signed(old), Signed(size), roots_[old], roots_[size], ToProof(proof)).ok());
    }
  }
}

TEST_F(Proofs, OfInclusionFailAfterAnyChange) {
  for (const std::size_t size : {1, 2, 3, 5, 8, 13, 64, 70}) {
    for (std::size_t index = 0; index < size; ++index) {
      const Hash leaf = HashLeaf(leaves_[index]);
      const auto proof = ToProof(InclusionProof(Signed(index), Signed(size), tree_.reader()).value());
      ExpectEveryChangeInvalid(proof, [&](const std::vector<Bytes>& changed) {
        return VerifyInclusion(Signed(index), Signed(size), leaf, changed, roots_[size]);
      });
      ExpectInvalid(
          VerifyInclusion(Signed(index), Signed(size), HashLeaf(AsBytes("x")), proof, roots_[size]));
      ExpectInvalid(VerifyInclusion(Signed(index), Signed(size), leaf, proof, roots_[size - 1]));
    }
  }
}

TEST_F(Proofs, OfInclusionHoldForOneIndexOnly) {
  for (const std::size_t size : {2, 3, 8, 13, 70}) {
    for (std::size_t index = 0; index < size; ++index) {
      const auto proof = ToProof(InclusionProof(Signed(index), Signed(size), tree_.reader()).value());
      for (std::size_t other = 0; other < size; ++other) {
        if (other == index) continue;
        ExpectInvalid(
            VerifyInclusion(Signed(other), Signed(size), HashLeaf(leaves_[index]), proof, roots_[size]));
      }
    }
  }
}

TEST_F(Proofs, OfConsistencyFailAfterAnyChange) {
  for (const std::size_t size : {2, 3, 5, 8, 13, 64, 70}) {
    for (std::size_t old = 1; old < size; ++old) {
      const auto proof = ToProof(ConsistencyProof(Signed(old), Signed(size), tree_.reader()).value());
      ExpectEveryChangeInvalid(proof, [&](const std::vector<Bytes>& changed) {
        return VerifyConsistency(Signed(old), Signed(size), roots_[old], roots_[size], changed);
      });
      ExpectInvalid(VerifyConsistency(Signed(old), Signed(size), roots_[old - 1], roots_[size], proof));
      ExpectInvalid(VerifyConsistency(Signed(old), Signed(size), roots_[old], roots_[size - 1], proof));
      ExpectInvalid(VerifyConsistency(Signed(size), Signed(old), roots_[size], roots_[old], proof));
    }
  }
}

TEST_F(Proofs, ForSizesThatAreNoneAreInvalid) {
  const std::vector<Bytes> proof(1, Bytes(32, 0));
  for (const std::int64_t size : {std::int64_t{0}, std::int64_t{-1}, INT64_MIN, INT64_MAX}) {
    for (const std::int64_t index : {std::int64_t{-1}, INT64_MIN, INT64_MAX, std::int64_t{0}}) {
      ExpectInvalid(VerifyInclusion(index, size, roots_[1], proof, roots_[1]));
      ExpectInvalid(VerifyConsistency(index, size, roots_[1], roots_[1], proof));
      ExpectInvalid(VerifyInclusion(index, size, roots_[1], {}, roots_[2]));
    }
  }
}

TEST_F(Proofs, BetweenEqualSizesAreEmptyAndCompareTheRoots) {
  EXPECT_TRUE(VerifyConsistency(5, 5, roots_[5], roots_[5], {}).ok());
  EXPECT_TRUE(VerifyConsistency(0, 0, EmptyRoot(), EmptyRoot(), {}).ok());
  EXPECT_TRUE(VerifyConsistency(INT64_MAX, INT64_MAX, roots_[5], roots_[5], {}).ok());
  ExpectInvalid(VerifyConsistency(5, 5, roots_[5], roots_[6], {}));
  ExpectInvalid(VerifyConsistency(5, 5, roots_[5], roots_[5], {Bytes(32, 0)}));
  ExpectInvalid(VerifyConsistency(0, 0, roots_[5], roots_[5], {}));
}

TEST_F(Proofs, FromAnEmptyTreeSayNothing) {
  EXPECT_TRUE(ConsistencyProof(0, 5, tree_.reader()).value().empty());
  ExpectInvalid(VerifyConsistency(0, 5, EmptyRoot(), roots_[5], {}));
  ExpectInvalid(VerifyConsistency(0, 5, roots_[1], roots_[5], {}));
}

}  // namespace
}  // namespace holdfast::evidence
