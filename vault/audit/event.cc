#include "vault/audit/event.h"

#include <fmt/format.h>

#include <iterator>

namespace holdfast::audit {
namespace {

std::string Pseudonym(const std::optional<Ref>& ref) {
  return ref.has_value() ? fmt::format("\"{}\"", HexEncode(ref->pseudonym)) : "null";
}

}  // namespace

Bytes NewPseudonym() { return crypto::RandomBytes(16); }

Commitment Commit(std::string_view text) {
  Commitment commitment;
  commitment.salt = crypto::RandomBytes(32);
  commitment.hash = crypto::Sha256({commitment.salt, AsBytes(text)});
  return commitment;
}

std::string FormatLeaf(const LeafFrame& frame, const Event& event,
                       const std::map<std::string, Commitment>& commitments) {
  std::string leaf = fmt::format(
      R"({{"v":1,"index":{},"time":"{}","uptime":{},"type":"{}","command":"{}","actor":{},"account":{},"secret":{},"subject":{},)",
      frame.index, FormatTime(frame.time), frame.uptime, event.type, HexEncode(frame.command), Pseudonym(event.actor),
      Pseudonym(event.account), Pseudonym(event.secret), Pseudonym(event.subject));
  fmt::format_to(
      std::back_inserter(leaf),
      R"("version":{},"case":{},"outcome":"{}","rule":"{}","approval":{},"policy":"{}","state":"{}","texts":{{)",
      event.version.has_value() ? std::to_string(*event.version) : "null", Pseudonym(event.handover),
      event.outcome == Outcome::kAllowed ? "allowed" : "denied", event.rule,
      event.approval.has_value() ? std::to_string(*event.approval) : "null", HexEncode(frame.policy),
      HexEncode(frame.state));
  std::string_view separator;
  for (const auto& [field, commitment] : commitments) {
    fmt::format_to(std::back_inserter(leaf), R"({}"{}":"{}")", separator, field, HexEncode(commitment.hash));
    separator = ",";
  }
  leaf += "}}";
  return leaf;
}

}  // namespace holdfast::audit
