#include "client/secret_output.h"

#include "client/print.h"
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

absl::Status WriteRawSecret(const Plaintext& value, bool for_people) {
  HF_RETURN_IF_ERROR(WriteOut(AsChars(value.ExposeSecret())));
  return for_people ? WriteOut("\n") : absl::OkStatus();
}

absl::Status WriteSecretTable(const v1::RevealSecretVersionResponse& response, const Plaintext& value) {
  HF_RETURN_IF_ERROR(WriteOut(ToTable(response.version())));
  std::string shown = Printable(AsChars(value.ExposeSecret()));
  std::string line = fmt::format("value: {}\n", shown);
  const absl::Status written = WriteOut(line);
  Wipe(shown);
  Wipe(line);
  return written;
}

absl::Status WriteSecretJson(const v1::RevealSecretVersionResponse& response, const Plaintext& value) {
  v1::RevealSecretVersionResponse without_box = response;
  without_box.clear_value();
  HF_ASSIGN_OR_RETURN(std::string json, ToJson(without_box));
  json.pop_back();  // the closing brace
  HF_RETURN_IF_ERROR(WriteOut(json));
  std::string member = SecretMember(value);
  const absl::Status written = WriteOut(member);
  Wipe(member);
  HF_RETURN_IF_ERROR(written);
  return WriteOut("}\n");
}

}  // namespace holdfast::client
