#include "vault/evidence/tree.h"

#include <algorithm>
#include <bit>

namespace holdfast::evidence {
namespace {

constexpr std::uint8_t kLeafPrefix = 0x00;
constexpr std::uint8_t kNodePrefix = 0x01;
constexpr std::int64_t kMaxSize = std::int64_t{1} << 62;  // stored positions still fit 63 bits

std::uint64_t Unsigned(std::int64_t value) { return static_cast<std::uint64_t>(value); }

// The largest power of two below `size`. REQUIRES: size > 1.
std::int64_t SplitOf(std::int64_t size) {
  return static_cast<std::int64_t>(std::bit_floor(Unsigned(size - 1)));
}

absl::Status OutOfRange() {
  return MakeError(absl::StatusCode::kInvalidArgument, "TREE_RANGE", "no such leaf or tree size");
}

// The roots of the complete subtrees that leaves [begin, end) fall into, largest first.
// REQUIRES: begin is a multiple of the smallest power of two not below end - begin.
absl::StatusOr<std::vector<Hash>> CompleteRoots(std::int64_t begin, std::int64_t end,
                                                const HashReader& reader) {
  std::vector<Hash> roots;
  while (begin < end) {
    const int level = std::bit_width(Unsigned(end - begin)) - 1;
    HF_ASSIGN_OR_RETURN(const Hash root, reader(StoredPosition(level, begin >> level)));
    roots.push_back(root);
    begin += std::int64_t{1} << level;
  }
  return roots;
}

// REQUIRES: not empty.
Hash Fold(const std::vector<Hash>& roots) {
  Hash root = roots.back();
  for (std::size_t i = roots.size() - 1; i > 0; --i) root = HashNode(roots[i - 1], root);
  return root;
}

absl::StatusOr<Hash> RangeRoot(std::int64_t begin, std::int64_t end, const HashReader& reader) {
  HF_ASSIGN_OR_RETURN(const std::vector<Hash> roots, CompleteRoots(begin, end, reader));
  return Fold(roots);
}

}  // namespace

Hash HashLeaf(ByteView leaf) { return crypto::Sha256({ByteView(&kLeafPrefix, 1), leaf}); }

Hash HashNode(const Hash& left, const Hash& right) {
  return crypto::Sha256({ByteView(&kNodePrefix, 1), left, right});
}

Hash EmptyRoot() { return crypto::Sha256(ByteView()); }

// A tree of n leaves holds a complete subtree of 2^k leaves floor(n / 2^k) times; the sum over k is
// 2n - popcount(n).
std::int64_t StoredCount(std::int64_t size) { return 2 * size - std::popcount(Unsigned(size)); }

// A complete subtree is stored `level` places after its last leaf, which completes it.
std::int64_t StoredPosition(int level, std::int64_t offset) {
  const std::int64_t last_leaf = ((offset + 1) << level) - 1;
  return StoredCount(last_leaf) + level;
}

absl::StatusOr<Edge> Edge::Load(std::int64_t size, const HashReader& reader) {
  if (size < 0 || size > kMaxSize) return OutOfRange();
  Edge edge;
  HF_ASSIGN_OR_RETURN(edge.roots_, CompleteRoots(0, size, reader));
  edge.size_ = size;
  return edge;
}

std::vector<Hash> Edge::Append(const Hash& leaf) {
  std::vector<Hash> stored = {leaf};
  Hash root = leaf;
  // Like a carry: each set low bit of the size is a complete subtree that this leaf doubles.
  for (std::uint64_t carry = Unsigned(size_); (carry & 1) != 0; carry >>= 1) {
    root = HashNode(roots_.back(), root);
    roots_.pop_back();
    stored.push_back(root);
  }
  roots_.push_back(root);
  ++size_;
  return stored;
}

Hash Edge::Root() const { return roots_.empty() ? EmptyRoot() : Fold(roots_); }

absl::StatusOr<Hash> RootAt(std::int64_t size, const HashReader& reader) {
  HF_ASSIGN_OR_RETURN(const Edge edge, Edge::Load(size, reader));
  return edge.Root();
}

// RFC 6962, section 2.1.1, walked from the root down.
absl::StatusOr<std::vector<Hash>> InclusionProof(std::int64_t index, std::int64_t size,
                                                 const HashReader& reader) {
  if (index < 0 || index >= size || size > kMaxSize) return OutOfRange();
  std::vector<Hash> proof;
  std::int64_t begin = 0;
  std::int64_t end = size;
  while (end - begin > 1) {
    const std::int64_t middle = begin + SplitOf(end - begin);
    const bool left = index < middle;
    HF_ASSIGN_OR_RETURN(const Hash sibling,
                        left ? RangeRoot(middle, end, reader) : RangeRoot(begin, middle, reader));
    proof.push_back(sibling);
    (left ? end : begin) = middle;
  }
  std::reverse(proof.begin(), proof.end());
  return proof;
}

// RFC 6962, section 2.1.2, walked from the root down. The subtree that ends at old_size is left out when
// it is the whole old tree: the verifier knows its root.
absl::StatusOr<std::vector<Hash>> ConsistencyProof(std::int64_t old_size, std::int64_t new_size,
                                                   const HashReader& reader) {
  if (old_size < 0 || old_size > new_size || new_size > kMaxSize) return OutOfRange();
  std::vector<Hash> proof;
  if (old_size == 0) return proof;
  std::int64_t begin = 0;
  std::int64_t end = new_size;
  while (end != old_size) {
    const std::int64_t middle = begin + SplitOf(end - begin);
    const bool left = old_size <= middle;
    HF_ASSIGN_OR_RETURN(const Hash sibling,
                        left ? RangeRoot(middle, end, reader) : RangeRoot(begin, middle, reader));
    proof.push_back(sibling);
    (left ? end : begin) = middle;
  }
  if (begin != 0) {
    HF_ASSIGN_OR_RETURN(const Hash rest, RangeRoot(begin, end, reader));
    proof.push_back(rest);
  }
  std::reverse(proof.begin(), proof.end());
  return proof;
}

}  // namespace holdfast::evidence
