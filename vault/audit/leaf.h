// Reading a leaf: what people are shown of the log comes from these bytes, which the tree covers.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "vault/audit/event.h"

namespace holdfast::audit {

// A leaf's members, as in event.h. Pseudonyms stand for rows.
struct Leaf {
  std::int64_t index = 0;
  Micros time = 0;
  Micros uptime = 0;
  std::string type;
  std::optional<Bytes> actor;
  std::optional<Bytes> account;
  std::optional<Bytes> secret;
  std::optional<Bytes> subject;
  std::optional<std::int64_t> version;
  std::optional<Bytes> handover;
  Outcome outcome = Outcome::kAllowed;
  std::string rule;
  std::map<std::string, Bytes> commitments;  // by field
};

// None unless the text has exactly the form that FormatLeaf() gives it.
std::optional<Leaf> ParseLeaf(std::string_view text);

}  // namespace holdfast::audit
