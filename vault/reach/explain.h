// Paths of the graph as sentences.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "vault/reach/graph.h"

namespace holdfast::reach {

// "x-acme-news recovers through mail-social". `through_holder`: it is a person's own phone, login or app.
std::string Phrase(LinkKind kind, std::string_view account, std::string_view through, bool through_holder);

// Links of one path that are told; of a longer one also the last.
inline constexpr std::size_t kMaxTold = 16;

// "alice knows password v3 of mail-social; x-acme-news recovers through it". `path`: of PathTo(). `names`: of
// its nodes, in order. `opening`: why its first node is open; may be empty where that is a holder.
std::string Explain(const std::vector<Reached>& closure, const std::vector<std::size_t>& path,
                    std::string_view opening, const std::vector<std::string>& names);

}  // namespace holdfast::reach
