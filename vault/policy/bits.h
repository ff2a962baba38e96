// A set of small numbers whose bound is known when it is made.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace holdfast::policy {

class Bits {
 public:
  explicit Bits(std::size_t bound = 0) : words_((bound + 63) / 64) {}

  void set(std::size_t i) { words_[i / 64] |= std::uint64_t{1} << (i % 64); }
  bool test(std::size_t i) const { return (words_[i / 64] >> (i % 64) & 1) != 0; }
  bool any() const {
    return std::ranges::any_of(words_, [](std::uint64_t word) { return word != 0; });
  }
  // REQUIRES, for all below: both have the same bound.
  bool Intersects(const Bits& other) const {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      if ((words_[i] & other.words_[i]) != 0) return true;
    }
    return false;
  }
  void BecomeBoth(const Bits& a, const Bits& b) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] = a.words_[i] & b.words_[i];
  }
  void Add(const Bits& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
  }
  // Those in this and in `other`, in their order.
  template <typename Visit>
  void ForEachIn(const Bits& other, Visit visit) const {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      for (std::uint64_t word = words_[i] & other.words_[i]; word != 0; word &= word - 1)
        visit(i * 64 + static_cast<std::size_t>(std::countr_zero(word)));
    }
  }

  bool operator==(const Bits&) const = default;

  struct Hash {
    std::size_t operator()(const Bits& bits) const {
      const auto* const bytes = reinterpret_cast<const char*>(bits.words_.data());
      return std::hash<std::string_view>()({bytes, bits.words_.size() * sizeof(std::uint64_t)});
    }
  };

 private:
  std::vector<std::uint64_t> words_;
};

}  // namespace holdfast::policy
