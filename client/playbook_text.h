// Playbooks for readers: as text, as tables, as JSON.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "nlohmann/json.hpp"
#include "vault/playbook/library.h"
#include "vault/playbook/order.h"

namespace holdfast::client {

// In lines of at most `width` columns where words allow, each after `indent` spaces.
std::string Wrapped(std::string_view text, std::size_t indent, std::size_t width);

// All there is to know of one, with the steps given, in their order.
std::string PlaybookText(const playbook::Playbook& playbook, const std::vector<playbook::DueStep>& steps);
nlohmann::ordered_json PlaybookJson(const playbook::Playbook& playbook,
                                    const std::vector<playbook::DueStep>& steps);

// One line a playbook.
std::string PlaybookTable(std::span<const playbook::Playbook> playbooks);
nlohmann::ordered_json PlaybookSummary(const playbook::Playbook& playbook);

// One line a fact: with its source, or with the step that asks a person to check it.
std::string FactTable(std::span<const playbook::Playbook> playbooks);
nlohmann::ordered_json FactsJson(const playbook::Playbook& playbook);

}  // namespace holdfast::client
