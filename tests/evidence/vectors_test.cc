// Vectors made by others: the probes of transparency-dev/merkle, read where they are at hand, and the
// accumulated vectors of draft-ietf-plants-merkle-tree-certs ("Subtree Test Vectors").
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "fmt/core.h"
#include "tests/evidence/naive_tree.h"

namespace holdfast::evidence {
namespace {

using nlohmann::json;

std::optional<std::vector<json>> ReadProbes(const std::string& name) {
  std::ifstream file(std::string(HF_SOURCE_DIR) + "/../shared/vectors/" + name);
  if (!file) return std::nullopt;
  std::vector<json> probes;
  for (std::string line; std::getline(file, line);) probes.push_back(json::parse(line));
  return probes;
}

// Unsigned there: 2^64 - 1 stands for -1.
std::int64_t Number(const json& value) { return static_cast<std::int64_t>(value.get<std::uint64_t>()); }

// Some hashes are not 32 bytes long, which no Hash can be: any that is no hash of the tree stands for those.
Hash HashOf(const json& value, std::string_view role) {
  const Bytes bytes = Base64Decode(value.get<std::string>()).value();
  Hash hash = crypto::Sha256({AsBytes(role), bytes});
  if (bytes.size() == hash.size()) std::copy(bytes.begin(), bytes.end(), hash.begin());
  return hash;
}

std::vector<Bytes> ProofOf(const json& value) {
  std::vector<Bytes> proof;
  if (value.is_null()) return proof;
  for (const json& part : value) proof.push_back(Base64Decode(part.get<std::string>()).value());
  return proof;
}

TEST(OutsideProbes, OfInclusionAreJudgedAsTheirMakersSay) {
  const auto probes = ReadProbes("merkle_inclusion.jsonl");
  if (!probes.has_value()) GTEST_SKIP() << "the probes are not beside the checkout";
  EXPECT_EQ(probes->size(), 98u);
  for (const json& p : *probes) {
    const absl::Status verified =
        VerifyInclusion(Number(p["leafIdx"]), Number(p["treeSize"]), HashOf(p["leafHash"], "leaf"),
                        ProofOf(p["proof"]), HashOf(p["root"], "root"));
    EXPECT_EQ(!verified.ok(), p["wantErr"].get<bool>()) << p["case"];
  }
}

TEST(OutsideProbes, OfConsistencyAreJudgedAsTheirMakersSay) {
  const auto probes = ReadProbes("merkle_consistency.jsonl");
  if (!probes.has_value()) GTEST_SKIP() << "the probes are not beside the checkout";
  EXPECT_EQ(probes->size(), 98u);
  for (const json& p : *probes) {
    const absl::Status verified =
        VerifyConsistency(Number(p["size1"]), Number(p["size2"]), HashOf(p["root1"], "root"),
                          HashOf(p["root2"], "root"), ProofOf(p["proof"]));
    EXPECT_EQ(!verified.ok(), p["wantErr"].get<bool>()) << p["case"];
  }
}

constexpr std::size_t kMost = 130;

// [start, end) is a subtree when start is a multiple of the smallest power of two not below its size.
bool IsSubtree(std::size_t start, std::size_t end) {
  std::size_t width = 1;
  while (width < end - start) width *= 2;
  return start % width == 0;
}

std::string Line(const std::string& head, const std::vector<Hash>& proof) {
  std::string line = head;
  for (const Hash& hash : proof) line += " " + HexEncode(hash);
  return line + "\n";
}

std::string Sum(const std::string& text) { return HexEncode(crypto::Sha256(AsBytes(text))); }

TEST(AccumulatedVectors, OfSubtreeHashes) {
  const auto leaves = OneByteLeaves(kMost);
  std::string all;
  for (std::size_t end = 0; end <= kMost; ++end) {
    for (std::size_t start = 0; start <= end; ++start) {
      if (!IsSubtree(start, end)) continue;
      const StoredTree tree(Leaves(leaves).subspan(start, end - start));
      all += Line(fmt::format("[{}, {})", start, end), {tree.edge().Root()});
    }
  }
  EXPECT_EQ(Sum(all), "b82806ad4265bb151c1119c0f4db437bb4d1a1f887b3a7fba1cd4ebf552e3e81");
}

TEST(AccumulatedVectors, OfInclusionProofs) {
  const auto leaves = OneByteLeaves(kMost);
  std::string all;
  for (std::size_t end = 0; end <= kMost; ++end) {
    for (std::size_t start = 0; start <= end; ++start) {
      if (!IsSubtree(start, end)) continue;
      const std::size_t size = end - start;
      const StoredTree tree(Leaves(leaves).subspan(start, size));
      for (std::size_t i = 0; i < size; ++i) {
        const auto proof =
            InclusionProof(static_cast<std::int64_t>(i), static_cast<std::int64_t>(size), tree.reader());
        all += Line(fmt::format("{} [{}, {})", start + i, start, end), proof.value());
      }
    }
  }
  EXPECT_EQ(Sum(all), "ac2a8f989e44d99e399db448050ff5f19757df53cfb716aa81015d3955d8163f");
}

// The roots of [begin, end) for all ranges asked for: there are few, and the draft's proofs repeat them.
class Ranges {
 public:
  explicit Ranges(Leaves leaves) : leaves_(leaves) {}

  // SUBTREE_SUBPROOF of the draft for the subtree [start, end) of the tree [low, high).
  std::vector<Hash> Proof(std::size_t start, std::size_t end, std::size_t low, std::size_t high, bool known) {
    if (start == low && end == high) return known ? std::vector<Hash>{} : std::vector<Hash>{Root(low, high)};
    const std::size_t middle = low + NaiveSplit(high - low);
    const bool left = end <= middle;
    const bool across = start < middle && !left;
    std::vector<Hash> proof = left ? Proof(start, end, low, middle, known)
                                   : Proof(across ? middle : start, end, middle, high, known && !across);
    proof.push_back(left ? Root(middle, high) : Root(low, middle));
    return proof;
  }

 private:
  Hash Root(std::size_t begin, std::size_t end) {
    const auto [at, is_new] = roots_.try_emplace({begin, end});
    if (is_new) at->second = NaiveRoot(leaves_.subspan(begin, end - begin));
    return at->second;
  }

  const Leaves leaves_;
  std::map<std::pair<std::size_t, std::size_t>, Hash> roots_;
};

// Those from the first leaf on are the vault's own; it has no use for others.
TEST(AccumulatedVectors, OfConsistencyProofs) {
  const auto leaves = OneByteLeaves(kMost);
  const StoredTree tree(leaves);
  Ranges ranges(leaves);
  std::string all;
  for (std::size_t n = 0; n <= kMost; ++n) {
    for (std::size_t end = 0; end <= n; ++end) {
      for (std::size_t start = 0; start <= end; ++start) {
        if (!IsSubtree(start, end)) continue;
        std::vector<Hash> proof;
        if (start == 0) {
          proof =
              ConsistencyProof(static_cast<std::int64_t>(end), static_cast<std::int64_t>(n), tree.reader())
                  .value();
        } else if (start < end) {
          proof = ranges.Proof(start, end, 0, n, /*known=*/true);
        }
        all += Line(fmt::format("[{}, {}) {}", start, end, n), proof);
      }
    }
  }
  EXPECT_EQ(Sum(all), "10fa99b37bf9bf9ffa26b412fbd98bd75363256d0b75d61bc4538b9c9c5a0a74");
}

}  // namespace
}  // namespace holdfast::evidence
