#include "vault/reach/explain.h"

#include <fmt/format.h>

namespace holdfast::reach {

std::string Phrase(LinkKind kind, std::string_view account, std::string_view through, bool through_holder) {
  switch (kind) {
    case LinkKind::kRecoversThrough:
      return fmt::format("{} recovers through {}", account, through);
    case LinkKind::kSignsInWith:
      return fmt::format("{} signs in with {}{}", account, through_holder ? "a login of " : "", through);
    case LinkKind::kAdministeredBy:
      return fmt::format("{} is administered by {}", account, through);
    case LinkKind::kConnectedApp:
      return through_holder ? fmt::format("{} has a connected app of {}", account, through)
                            : fmt::format("{} is a connected app of {}", through, account);
    case LinkKind::kRecoveryPhone:
      return through_holder ? fmt::format("{} recovers by the phone of {}", account, through)
                            : fmt::format("{} is the recovery phone of {}", through, account);
  }
  return {};
}

std::string Explain(const std::vector<Reached>& closure, const std::vector<std::size_t>& path,
                    std::string_view opening, const std::vector<std::string>& names) {
  std::string text(opening);
  const std::size_t untold = path.size() > kMaxTold + 2 ? path.size() - kMaxTold - 2 : 0;
  for (std::size_t i = 1; i < path.size(); ++i) {
    if (untold > 0 && i == kMaxTold + 1) {
      text += fmt::format("; {} more links", untold);
      i += untold;
    }
    const bool first_named = i > 1 || opening.empty();
    const bool through_holder = closure[path[i - 1]].node.kind == NodeKind::kHolder;
    if (!text.empty()) text += "; ";
    text += Phrase(closure[path[i]].last->kind, names[i], first_named ? std::string_view(names[i - 1]) : "it",
                   through_holder);
  }
  return text;
}

}  // namespace holdfast::reach
