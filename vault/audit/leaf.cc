#include "vault/audit/leaf.h"

#include <charconv>

namespace holdfast::audit {
namespace {

constexpr std::string_view kNull = "null";

// Reads a leaf from left to right. After the first mismatch nothing matches any more.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool ok() const { return ok_; }
  bool at_end() const { return ok_ && rest_.empty(); }

  bool TakeIf(std::string_view literal) {
    if (!ok_ || !rest_.starts_with(literal)) return false;
    rest_.remove_prefix(literal.size());
    return true;
  }
  void Take(std::string_view literal) { ok_ = TakeIf(literal); }
  std::int64_t Number(std::string_view before) {
    Take(before);
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), number);
    if (error != std::errc()) ok_ = false;
    if (ok_) rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return number;
  }
  std::optional<std::int64_t> OptionalNumber(std::string_view before) {
    Take(before);
    if (TakeIf(kNull)) return std::nullopt;
    return Number("");
  }
  // Strings of a leaf need no escapes.
  std::string String(std::string_view before) {
    Take(before);
    Take("\"");
    const std::size_t end = rest_.find_first_of("\"\\");
    if (end == rest_.npos) ok_ = false;
    if (!ok_) return "";
    const std::string text(rest_.substr(0, end));
    rest_.remove_prefix(end);
    Take("\"");
    return text;
  }
  Bytes Hex(std::string_view before) {
    auto bytes = HexDecode(String(before));
    if (!bytes.has_value()) ok_ = false;
    return ok_ ? *std::move(bytes) : Bytes();
  }
  std::optional<Bytes> OptionalHex(std::string_view before) {
    Take(before);
    if (TakeIf(kNull)) return std::nullopt;
    return Hex("");
  }
  void Expect(bool what) { ok_ = ok_ && what; }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

Outcome TakeOutcome(Scanner& in) {
  const std::string word = in.String(",\"outcome\":");
  in.Expect(word == "allowed" || word == "denied");
  return word == "denied" ? Outcome::kDenied : Outcome::kAllowed;
}

void TakeCommitments(Scanner& in, std::map<std::string, Bytes>& out) {
  in.Take(",\"texts\":{");
  while (in.ok() && !in.TakeIf("}")) {
    if (!out.empty()) in.Take(",");
    const std::string field = in.String("");
    Bytes hash = in.Hex(":");
    in.Expect(out.emplace(field, std::move(hash)).second);
  }
  in.Take("}");
}

}  // namespace

std::optional<Leaf> ParseLeaf(std::string_view text) {
  Scanner in(text);
  Leaf leaf;
  leaf.index = in.Number(R"({"v":1,"index":)");
  const auto time = ParseTime(in.String(",\"time\":"));
  leaf.time = time.value_or(0);
  in.Expect(time.has_value());
  leaf.uptime = in.Number(",\"uptime\":");
  leaf.type = in.String(",\"type\":");
  in.Hex(",\"command\":");
  leaf.actor = in.OptionalHex(",\"actor\":");
  leaf.account = in.OptionalHex(",\"account\":");
  leaf.secret = in.OptionalHex(",\"secret\":");
  leaf.subject = in.OptionalHex(",\"subject\":");
  leaf.version = in.OptionalNumber(",\"version\":");
  leaf.handover = in.OptionalHex(",\"case\":");
  leaf.outcome = TakeOutcome(in);
  leaf.rule = in.String(",\"rule\":");
  in.OptionalNumber(",\"approval\":");
  in.Hex(",\"policy\":");
  in.Hex(",\"state\":");
  TakeCommitments(in, leaf.commitments);
  if (!in.at_end()) return std::nullopt;
  return leaf;
}

}  // namespace holdfast::audit
