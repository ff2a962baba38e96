// Pages of lists of which everybody sees those rows that they may see.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "vault/base/status.h"
#include "vault/rpc/page.h"

namespace holdfast::rpc {

inline constexpr int kLookedAtMost = 2000;  // rows, for one page: it may be short, or empty, and not the last

// One page, as it was shown.
struct Shown {
  bool first = true;  // no page before it
  int rows = 0;
  std::string next;  // the token of the next page, if there is one

  // Of all there is to list, none was shown.
  bool nothing() const { return first && rows == 0 && next.empty(); }
};

// `fetch(after, limit)`: rows by ascending id. `sees(row)`: whether the caller may see it. `show(row)` adds it to
// the answer.
template <class Fetch, class Sees, class Show>
absl::StatusOr<Shown> ShowVisible(const Page& page, Fetch fetch, Sees sees, Show show) {
  constexpr int kLeastFetched = 100;
  Shown shown{.first = !page.position().has_value()};
  std::int64_t last = page.after();
  for (int looked_at = 0; looked_at < kLookedAtMost;) {
    const int limit = std::max(page.limit() + 1, kLeastFetched);
    HF_ASSIGN_OR_RETURN(const auto rows, fetch(last, limit));
    for (const auto& row : rows) {
      if (shown.rows == page.limit()) {
        shown.next = page.TokenFor(last);
        return shown;
      }
      ++looked_at;
      last = row.id;
      HF_ASSIGN_OR_RETURN(const bool is_visible, sees(row));
      if (!is_visible) continue;
      HF_RETURN_IF_ERROR(show(row));
      ++shown.rows;
    }
    if (static_cast<int>(rows.size()) < limit) return shown;
  }
  shown.next = page.TokenFor(last);
  return shown;
}

}  // namespace holdfast::rpc
