// What the log records of one action, and the exact bytes it becomes.
//
// A leaf is one line of JSON, without a line break, with these keys in this order and no blanks:
//   {"v":1,"index":N,"time":"RFC 3339, micros","uptime":N,"type":"secret.reveal","command":H16,
//    "actor":P,"account":P,"secret":P,"subject":P,"version":N|null,"case":P,
//    "outcome":"allowed"|"denied","rule":"...","approval":N|null,"policy":H32,"state":H32,
//    "texts":{"reason":H32,...}}
// "uptime" counts the microseconds that the vault was open in its life (custody/elapsed.h): waits count it. "approval"
// is the index of the event by which the action was approved, "policy" the SHA-256 of the policy that
// decided. P is a 16-byte pseudonym in hexadecimal or null, H16 and H32 are that many bytes in hexadecimal.
// Whatever is personal or free text stands in "texts" as SHA-256(salt || text) alone, keys in ascending
// order; salts (32 bytes) and texts are kept beside the leaf and can be erased without breaking the tree.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "vault/base/bytes.h"
#include "vault/base/clock.h"
#include "vault/crypto/init.h"
#include "vault/storage/event_store.h"

namespace holdfast::audit {

// A row of the database and the pseudonym that stands for it in leaves.
struct Ref {
  std::int64_t id = 0;
  Bytes pseudonym;
};

// 16 random bytes, made once with the row.
Bytes NewPseudonym();

using Outcome = storage::EventOutcome;

struct Event {
  std::string type;  // lower-case words with dots; never user data
  std::optional<Ref> actor;
  std::optional<Ref> account;
  std::optional<Ref> secret;
  std::optional<Ref> subject;
  std::optional<std::int64_t> version;
  std::optional<Ref> handover;
  Outcome outcome = Outcome::kAllowed;
  std::string rule;                          // id of the rule that decided
  std::optional<std::int64_t> approval;      // index of the event that approved
  std::map<std::string, std::string> texts;  // field -> text; empty texts are left out
};

struct Commitment {
  Bytes salt;
  crypto::Digest hash{};
};

// Everything of a leaf that is not the event's own.
struct LeafFrame {
  std::int64_t index = 0;
  Micros time = 0;
  Micros uptime = 0;
  Bytes command;  // 16 bytes, one for all events of a command
  crypto::Digest policy{};
  crypto::Digest state{};
};

Commitment Commit(std::string_view text);
std::string FormatLeaf(const LeafFrame& frame, const Event& event,
                       const std::map<std::string, Commitment>& commitments);

}  // namespace holdfast::audit
