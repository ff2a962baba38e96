// The Merkle tree as RFC 6962 section 2.1 writes it down: recursive over the list of all leaves. Slow and
// obvious; what it is compared with shares nothing with it but SHA-256. Also a store of hashes for tests.
#pragma once

#include <span>
#include <vector>

#include "vault/evidence/tree.h"

namespace holdfast::evidence {

using Leaves = std::span<const Bytes>;

inline std::size_t NaiveSplit(std::size_t n) {
  std::size_t k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

inline Hash Concatenate(std::uint8_t prefix, ByteView a, ByteView b) {
  Bytes bytes = {prefix};
  bytes.insert(bytes.end(), a.begin(), a.end());
  bytes.insert(bytes.end(), b.begin(), b.end());
  return crypto::Sha256(bytes);
}

// MTH(D).
inline Hash NaiveRoot(Leaves d) {
  if (d.empty()) return crypto::Sha256(ByteView());
  if (d.size() == 1) return Concatenate(0, d[0], {});
  const std::size_t k = NaiveSplit(d.size());
  return Concatenate(1, NaiveRoot(d.first(k)), NaiveRoot(d.subspan(k)));
}

// PATH(m, D).
inline std::vector<Hash> NaivePath(std::size_t m, Leaves d) {
  if (d.size() <= 1) return {};
  const std::size_t k = NaiveSplit(d.size());
  std::vector<Hash> path = m < k ? NaivePath(m, d.first(k)) : NaivePath(m - k, d.subspan(k));
  path.push_back(NaiveRoot(m < k ? d.subspan(k) : d.first(k)));
  return path;
}

// SUBPROOF(m, D, b).
inline std::vector<Hash> NaiveSubproof(std::size_t m, Leaves d, bool known) {
  if (m == d.size()) return known ? std::vector<Hash>{} : std::vector<Hash>{NaiveRoot(d)};
  const std::size_t k = NaiveSplit(d.size());
  std::vector<Hash> proof =
      m <= k ? NaiveSubproof(m, d.first(k), known) : NaiveSubproof(m - k, d.subspan(k), /*known=*/false);
  proof.push_back(NaiveRoot(m <= k ? d.subspan(k) : d.first(k)));
  return proof;
}

// A tree in memory, built by Edge, that keeps every hash it is told to store.
class StoredTree {
 public:
  StoredTree() = default;
  explicit StoredTree(Leaves leaves) {
    for (const Bytes& leaf : leaves) Append(leaf);
  }

  void Append(ByteView leaf) {
    for (const Hash& hash : edge_.Append(HashLeaf(leaf))) stored_.push_back(hash);
  }

  const Edge& edge() const { return edge_; }
  const std::vector<Hash>& stored() const { return stored_; }
  HashReader reader() const {
    return [this](std::int64_t position) -> absl::StatusOr<Hash> {
      if (position < 0 || position >= static_cast<std::int64_t>(stored_.size()))
        return MakeError(absl::StatusCode::kNotFound, "NO_HASH", "no such hash");
      return stored_[static_cast<std::size_t>(position)];
    };
  }

 private:
  Edge edge_;
  std::vector<Hash> stored_;
};

// Leaves 00, 01, 02 ... of one byte each.
inline std::vector<Bytes> OneByteLeaves(std::size_t count) {
  std::vector<Bytes> leaves;
  for (std::size_t i = 0; i < count; ++i) leaves.push_back({static_cast<std::uint8_t>(i)});
  return leaves;
}

inline std::vector<Bytes> ToProof(const std::vector<Hash>& hashes) {
  std::vector<Bytes> proof;
  for (const Hash& hash : hashes) proof.emplace_back(hash.begin(), hash.end());
  return proof;
}

}  // namespace holdfast::evidence
