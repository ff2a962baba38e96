#include "vault/evidence/tree.h"

#include <gtest/gtest.h>

#include "tests/evidence/naive_tree.h"

namespace holdfast::evidence {
namespace {

constexpr std::size_t kMost = 130;

struct Known {
  std::string_view leaf;  // hex
  std::string_view root;  // of the tree up to and with this leaf
};

// The reference tree of certificate-transparency's tests: eight leaves.
constexpr Known kReference[] = {
    {"", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
    {"00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
    {"10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
    {"2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
    {"3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
    {"40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
    {"5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
    {"606162636465666768696a6b6c6d6e6f", "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"}};

TEST(Tree, HasTheRootsOfTheReferenceTree) {
  EXPECT_EQ(HexEncode(EmptyRoot()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  StoredTree tree;
  EXPECT_EQ(tree.edge().Root(), EmptyRoot());
  for (const auto& [leaf, root] : kReference) {
    tree.Append(HexDecode(leaf).value());
    EXPECT_EQ(HexEncode(tree.edge().Root()), root);
  }
}

TEST(Tree, HashesLeavesAndNodesApart) {
  const Hash left = HashLeaf(AsBytes("left"));
  const Hash right = HashLeaf(AsBytes("right"));
  Bytes both = ToBytes(left);
  both.insert(both.end(), right.begin(), right.end());
  EXPECT_NE(HashNode(left, right), HashLeaf(both));
}

// golang.org/x/mod/sumdb/tlog writes: level 0 at 0, 1, 3, 4, 7, 8, 10, 11, 15; level 1 at 2, 5, 9, 12; level
// 2 at 6, 13; level 3 at 14.
TEST(StoredPosition, IsThatOfGoTlog) {
  const std::vector<std::vector<std::int64_t>> levels = {
      {0, 1, 3, 4, 7, 8, 10, 11, 15, 16, 18}, {2, 5, 9, 12, 17}, {6, 13}, {14}};
  for (std::size_t level = 0; level < levels.size(); ++level)
    for (std::size_t offset = 0; offset < levels[level].size(); ++offset)
      EXPECT_EQ(StoredPosition(static_cast<int>(level), static_cast<std::int64_t>(offset)),
                levels[level][offset]);
}

TEST(StoredPosition, HoldsTheRootOfItsSubtree) {
  const auto leaves = OneByteLeaves(kMost);
  const StoredTree tree(leaves);
  for (int level = 0; level < 8; ++level) {
    const std::size_t width = std::size_t{1} << level;
    for (std::size_t offset = 0; (offset + 1) * width <= kMost; ++offset) {
      const auto position = StoredPosition(level, static_cast<std::int64_t>(offset));
      EXPECT_EQ(tree.stored().at(static_cast<std::size_t>(position)),
                NaiveRoot(Leaves(leaves).subspan(offset * width, width)));
    }
  }
}

TEST(StoredCount, CountsWhatEveryAppendReturned) {
  StoredTree tree;
  for (std::size_t size = 0; size <= kMost; ++size) {
    EXPECT_EQ(StoredCount(static_cast<std::int64_t>(size)), static_cast<std::int64_t>(tree.stored().size()));
    EXPECT_EQ(StoredPosition(0, static_cast<std::int64_t>(size)),
              static_cast<std::int64_t>(tree.stored().size()));
    tree.Append(Bytes{1});
  }
}

TEST(Edge, RootsAreThoseOfTheNaiveTree) {
  const auto leaves = OneByteLeaves(kMost);
  StoredTree tree;
  for (std::size_t size = 0; size < kMost; ++size) {
    EXPECT_EQ(tree.edge().Root(), NaiveRoot(Leaves(leaves).first(size)));
    tree.Append(leaves[size]);
  }
}

TEST(Edge, LoadsAtEverySizeAndGrowsOn) {
  const auto leaves = OneByteLeaves(kMost);
  const StoredTree tree(leaves);
  const Hash next = HashLeaf(AsBytes("next"));
  for (std::size_t size = 0; size <= kMost; ++size) {
    const StoredTree grown(Leaves(leaves).first(size));
    Edge expected = grown.edge();
    Edge edge = Edge::Load(static_cast<std::int64_t>(size), tree.reader()).value();
    EXPECT_EQ(edge.size(), static_cast<std::int64_t>(size));
    EXPECT_EQ(edge.Root(), expected.Root());
    EXPECT_EQ(edge.Append(next), expected.Append(next));
    EXPECT_EQ(edge.Root(), expected.Root());
    EXPECT_EQ(RootAt(static_cast<std::int64_t>(size), tree.reader()).value(), grown.edge().Root());
  }
}

TEST(Edge, PassesOnTheReadersError) {
  const StoredTree tree(OneByteLeaves(5));
  EXPECT_EQ(ReasonOf(Edge::Load(6, tree.reader()).status()), "NO_HASH");
  EXPECT_EQ(ReasonOf(RootAt(100, tree.reader()).status()), "NO_HASH");
  EXPECT_EQ(ReasonOf(InclusionProof(0, 9, tree.reader()).status()), "NO_HASH");
  EXPECT_EQ(ReasonOf(ConsistencyProof(4, 9, tree.reader()).status()), "NO_HASH");
}

TEST(Ranges, OutsideTheTreeAreRefused) {
  const StoredTree tree(OneByteLeaves(5));
  const auto refused = [](const absl::Status& status) {
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(ReasonOf(status), "TREE_RANGE");
  };
  constexpr std::int64_t kHuge = INT64_MAX;
  for (const auto& [index, size] :
       {std::pair<std::int64_t, std::int64_t>{-1, 5}, {5, 5}, {0, 0}, {0, -1}, {0, kHuge}})
    refused(InclusionProof(index, size, tree.reader()).status());
  for (const auto& [from, to] : {std::pair<std::int64_t, std::int64_t>{-1, 5}, {5, 4}, {-2, -1}, {1, kHuge}})
    refused(ConsistencyProof(from, to, tree.reader()).status());
  refused(Edge::Load(-1, tree.reader()).status());
  refused(RootAt(kHuge, tree.reader()).status());
}

}  // namespace
}  // namespace holdfast::evidence
