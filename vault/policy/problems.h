// Gathers what is wrong with a text while it is read, in whatever order it is found.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "vault/policy/document.h"

namespace holdfast::policy {

inline constexpr std::size_t kMaxProblems = 100;

class Problems {
 public:
  void Add(Position at, std::string message) { found_.push_back({at, std::move(message)}); }
  bool empty() const { return found_.empty(); }
  std::size_t size() const { return found_.size(); }

  // Whether to stop looking: whoever sends nothing but faults does not keep the vault busy.
  bool enough() const { return found_.size() >= 10 * kMaxProblems; }

  // In the order of the text, at most kMaxProblems: the last one then says that there are more.
  std::vector<Problem> Take();

 private:
  std::vector<Problem> found_;
};

}  // namespace holdfast::policy
