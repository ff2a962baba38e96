#include "client/secret_output.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "client/print.h"
#include "client/terminal.h"
#include "client/text_table.h"
#include "fmt/format.h"
#include "vault/base/text.h"

namespace holdfast::client {
namespace {

// RFC 8259, section 7.
void AppendEscaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
}

// What it is, and the value with control characters made visible.
absl::Status WriteTable(const google::protobuf::Message& about, const Plaintext& value) {
  HF_RETURN_IF_ERROR(WriteOut(ToTable(about)));
  std::string shown = Printable(AsChars(value.ExposeSecret()));
  std::string line = fmt::format("value: {}\n", shown);
  const absl::Status written = WriteOut(line);
  Wipe(shown);
  Wipe(line);
  return written;
}

// The response on one line, with "value", or "value_base64" when it is not text, in place of the box.
absl::Status WriteJson(const google::protobuf::Message& without_box, const Plaintext& value) {
  HF_ASSIGN_OR_RETURN(std::string json, ToJson(without_box));
  json.pop_back();  // the closing brace
  HF_RETURN_IF_ERROR(WriteOut(json));
  std::string member = SecretMember(value);
  const absl::Status written = WriteOut(member);
  Wipe(member);
  HF_RETURN_IF_ERROR(written);
  return WriteOut("}\n");
}

// Until Enter, where somebody can type it, or until the time is over.
void AwaitEnter(std::chrono::steady_clock::time_point until) {
  pollfd input = {.fd = isatty(STDIN_FILENO) == 1 ? STDIN_FILENO : -1, .events = POLLIN, .revents = 0};
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    if (left.count() <= 0) return;
    if (poll(&input, 1, static_cast<int>(left.count())) <= 0) continue;
    char typed = 0;
    if (read(STDIN_FILENO, &typed, 1) <= 0) input.fd = -1;  // nobody types any more
    if (typed == '\n') return;
  }
}

absl::Status ShowForAWhile(const v1::RevealSecretVersionResponse& response, const Plaintext& value) {
  constexpr Micros kLongest = kDay;
  const Micros show_for = std::min(response.show_for().seconds() * kSecond, kLongest);
  const auto until = std::chrono::steady_clock::now() + std::chrono::microseconds(show_for);
  const EchoOff echo_off;
  const OtherScreen screen;
  HF_RETURN_IF_ERROR(WriteOut(fmt::format("{}\n\n", Printable(response.version().name()))));
  std::string text = PrintableLines(value);
  const absl::Status written = WriteOut(text);
  Wipe(text);
  HF_RETURN_IF_ERROR(written);
  HF_RETURN_IF_ERROR(
      WriteOut(fmt::format("\n\nGone in {} seconds, or when you press Enter.\n", show_for / kSecond)));
  AwaitEnter(until);
  return absl::OkStatus();
}

}  // namespace

std::string SecretMember(const Plaintext& value) {
  constexpr std::size_t kLongestEscape = 6;
  const std::string_view text = AsChars(value.ExposeSecret());
  std::string member;
  member.reserve(32 + kLongestEscape * text.size());
  if (IsUtf8(text)) {
    member += ",\"value\":\"";
    AppendEscaped(member, text);
  } else {
    std::string encoded = Base64Encode(value.ExposeSecret());
    member += ",\"value_base64\":\"";
    member += encoded;
    Wipe(encoded);
  }
  member += '"';
  return member;
}

std::string PrintableLines(const Plaintext& value) {
  std::string_view rest = AsChars(value.ExposeSecret());
  std::string lines;
  lines.reserve(3 * rest.size() + 1);  // what is replaced takes three bytes
  for (bool more = true; more;) {
    const std::size_t end = rest.find('\n');
    more = end != rest.npos;
    std::string line = Printable(rest.substr(0, end));
    lines.append(line).append(more ? "\n" : "");
    Wipe(line);
    rest.remove_prefix(more ? end + 1 : rest.size());
  }
  return lines;
}

absl::Status WriteRevealed(const Globals& globals, const v1::RevealSecretVersionResponse& response,
                           const Plaintext& value) {
  const bool terminal = isatty(STDOUT_FILENO) == 1;
  v1::RevealSecretVersionResponse without_box = response;
  without_box.clear_value();
  if (globals.format() != OutputFormat::kTable) return WriteJson(without_box, value);
  if (terminal && response.has_show_for()) return ShowForAWhile(response, value);
  if (!globals.output.empty()) return WriteTable(response.version(), value);
  if (!terminal) return WriteOut(AsChars(value.ExposeSecret()));
  std::string text = PrintableLines(value);
  absl::Status written = WriteOut(text);
  if (written.ok()) written = WriteOut("\n");
  if (text != AsChars(value.ExposeSecret()))
    Note(globals,
         "Some characters stand for what a terminal must not see: the exact bytes go to a file or a pipe.");
  Wipe(text);
  return written;
}

absl::Status WriteCode(const Globals& globals, const v1::GenerateSecretCodeResponse& response,
                       const Plaintext& code) {
  v1::GenerateSecretCodeResponse without_box = response;
  without_box.clear_value();
  if (globals.format() != OutputFormat::kTable) return WriteJson(without_box, code);
  if (!globals.output.empty()) return WriteTable(response.version(), code);
  HF_RETURN_IF_ERROR(WriteOut(AsChars(code.ExposeSecret())));
  return WriteOut("\n");
}

}  // namespace holdfast::client
