// The Merkle tree of RFC 6962 (section 2.1): SHA-256, 0x00 before a leaf, 0x01 before an inner node.
// Pure functions over hashes; where the hashes are kept is the caller's business.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "vault/base/bytes.h"
#include "vault/base/status.h"
#include "vault/crypto/init.h"

namespace holdfast::evidence {

using Hash = crypto::Digest;

Hash HashLeaf(ByteView leaf);
Hash HashNode(const Hash& left, const Hash& right);
Hash EmptyRoot();  // SHA-256 of nothing

// The stored position of the hash of the complete subtree of 2^level leaves that starts at leaf
// (offset << level). Positions are dense and only ever appended: leaf n is followed at once by every
// inner node it completes.
std::int64_t StoredPosition(int level, std::int64_t offset);
// How many hashes a tree of `size` leaves stores.
std::int64_t StoredCount(std::int64_t size);

// Reads stored hashes by position.
using HashReader = std::function<absl::StatusOr<Hash>(std::int64_t position)>;

// The growing right edge of a tree: the roots of its complete subtrees, largest first.
class Edge {
 public:
  Edge() = default;
  static absl::StatusOr<Edge> Load(std::int64_t size, const HashReader& reader);
  // Appends a leaf hash; returns the hashes to store, in order, from StoredPosition(0, old size) on.
  std::vector<Hash> Append(const Hash& leaf);
  std::int64_t size() const { return size_; }
  Hash Root() const;

 private:
  std::int64_t size_ = 0;
  std::vector<Hash> roots_;
};

absl::StatusOr<Hash> RootAt(std::int64_t size, const HashReader& reader);
// REQUIRES (else INVALID_ARGUMENT): 0 <= index < size; 0 <= old_size <= new_size.
absl::StatusOr<std::vector<Hash>> InclusionProof(std::int64_t index, std::int64_t size,
                                                 const HashReader& reader);
absl::StatusOr<std::vector<Hash>> ConsistencyProof(std::int64_t old_size, std::int64_t new_size,
                                                   const HashReader& reader);

// OK, or DATA_LOSS with reason PROOF_INVALID. Proof parts of the wrong length are invalid, not a crash.
// Consistency from size 0 to a larger one is refused, as other verifiers do: it would prove nothing.
absl::Status VerifyInclusion(std::int64_t index, std::int64_t size, const Hash& leaf,
                             const std::vector<Bytes>& proof, const Hash& root);
absl::Status VerifyConsistency(std::int64_t old_size, std::int64_t new_size, const Hash& old_root,
                               const Hash& new_root, const std::vector<Bytes>& proof);

}  // namespace holdfast::evidence
