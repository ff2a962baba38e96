// Verification of proofs, as RFC 9162 sections 2.1.3.2 and 2.1.4.2 lay it out; the names fn, sn, fr and sr
// are theirs. RFC 6962 proofs have the same form.
#include <algorithm>
#include <bit>
#include <optional>

#include "vault/evidence/tree.h"

namespace holdfast::evidence {
namespace {

absl::Status Invalid(std::string_view message) {
  return MakeError(absl::StatusCode::kDataLoss, "PROOF_INVALID", message);
}

// No tree is 64 levels deep: a longer proof is refused before any of it is hashed.
constexpr std::size_t kMaxProof = 64;

std::optional<std::vector<Hash>> ToHashes(const std::vector<Bytes>& proof) {
  if (proof.size() > kMaxProof) return std::nullopt;
  std::vector<Hash> hashes;
  for (const Bytes& part : proof) {
    Hash hash;
    if (part.size() != hash.size()) return std::nullopt;
    std::copy(part.begin(), part.end(), hash.begin());
    hashes.push_back(hash);
  }
  return hashes;
}

// The way up from a node: `fn` is its number in its level, `sn` the number of the last node there.
struct Path {
  std::uint64_t fn = 0;
  std::uint64_t sn = 0;

  bool IsRightOrLast() const { return (fn & 1) != 0 || fn == sn; }
  void Up() { fn >>= 1, sn >>= 1; }
  // A last node without a sibling is its own parent; those levels have no part in the proof.
  void SkipLevelsWithoutSibling() {
    while ((fn & 1) == 0 && fn != 0) Up();
  }
};

}  // namespace

absl::Status VerifyInclusion(std::int64_t index, std::int64_t size, const Hash& leaf,
                             const std::vector<Bytes>& proof, const Hash& root) {
  if (index < 0 || index >= size) return Invalid("the tree has no such leaf");
  const auto hashes = ToHashes(proof);
  if (!hashes.has_value()) return Invalid("the proof is malformed");
  Path path{.fn = static_cast<std::uint64_t>(index), .sn = static_cast<std::uint64_t>(size - 1)};
  Hash r = leaf;
  for (const Hash& p : *hashes) {
    if (path.sn == 0) return Invalid("the proof is too long");
    if (path.IsRightOrLast()) {
      r = HashNode(p, r);
      path.SkipLevelsWithoutSibling();
    } else {
      r = HashNode(r, p);
    }
    path.Up();
  }
  if (path.sn != 0) return Invalid("the proof is too short");
  if (r != root) return Invalid("the proof does not lead to the root");
  return absl::OkStatus();
}

absl::Status VerifyConsistency(std::int64_t old_size, std::int64_t new_size, const Hash& old_root,
                               const Hash& new_root, const std::vector<Bytes>& proof) {
  if (old_size < 0 || old_size > new_size) return Invalid("the tree shrank");
  auto hashes = ToHashes(proof);
  if (!hashes.has_value()) return Invalid("the proof is malformed");
  if (old_size == 0 && old_root != EmptyRoot()) return Invalid("the root of an empty tree is another");
  if (old_size == new_size) {
    if (!hashes->empty()) return Invalid("the proof is too long");
    return old_root == new_root ? absl::OkStatus() : Invalid("two roots for one size");
  }
  // Any tree extends the empty one: to call that verified would say more than it is.
  if (old_size == 0) return Invalid("an empty tree proves nothing");
  // An old tree that is complete is itself the first node.
  if (std::has_single_bit(static_cast<std::uint64_t>(old_size))) hashes->insert(hashes->begin(), old_root);
  if (hashes->empty()) return Invalid("the proof is too short");
  Path path{.fn = static_cast<std::uint64_t>(old_size - 1), .sn = static_cast<std::uint64_t>(new_size - 1)};
  while ((path.fn & 1) != 0) path.Up();
  Hash fr = hashes->front();
  Hash sr = fr;
  for (std::size_t i = 1; i < hashes->size(); ++i) {
    const Hash& c = (*hashes)[i];
    if (path.sn == 0) return Invalid("the proof is too long");
    if (path.IsRightOrLast()) {
      fr = HashNode(c, fr);
      sr = HashNode(c, sr);
      path.SkipLevelsWithoutSibling();
    } else {
      sr = HashNode(sr, c);
    }
    path.Up();
  }
  if (path.sn != 0) return Invalid("the proof is too short");
  if (fr != old_root) return Invalid("the proof does not lead to the old root");
  if (sr != new_root) return Invalid("the proof does not lead to the new root");
  return absl::OkStatus();
}

}  // namespace holdfast::evidence
