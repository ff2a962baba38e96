#include "client/export_json.h"

#include <charconv>
#include <utility>
#include <vector>

namespace holdfast::client {
namespace {

using Json = nlohmann::json;

// Not recursive, as a file may be nested as deep as it likes.
void WipeStrings(Json& root) {
  std::vector<Json*> rest = {&root};
  while (!rest.empty()) {
    Json& json = *rest.back();
    rest.pop_back();
    if (json.is_string()) Wipe(json.get_ref<std::string&>());
    if (json.is_structured())
      for (Json& child : json) rest.push_back(&child);
  }
}

// Builds the tree. A password of digits alone may be longer than 64 bits: it arrives as a float with its
// text.
class Builder final : public nlohmann::json_sax<Json> {
 public:
  bool null() override { return Add(nullptr); }
  bool boolean(bool value) override { return Add(value); }
  bool number_integer(std::int64_t value) override { return Add(value); }
  bool number_unsigned(std::uint64_t value) override { return Add(value); }
  bool number_float(double, const std::string& text) override { return Add(text); }
  bool string(std::string& value) override { return Add(std::move(value)); }
  bool binary(Json::binary_t&) override { return false; }
  bool start_object(std::size_t) override { return Open(Json::object()); }
  bool key(std::string& value) override {
    key_ = std::move(value);
    return true;
  }
  bool end_object() override { return Close(); }
  bool start_array(std::size_t) override { return Open(Json::array()); }
  bool end_array() override { return Close(); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    return false;
  }

  Json& root() { return root_; }

 private:
  Json* Place(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    if (open_.back()->is_array()) {
      open_.back()->push_back(std::move(value));
      return &open_.back()->back();
    }
    Json& place = (*open_.back())[key_];
    WipeStrings(place);  // a key that comes twice: the last one counts
    place = std::move(value);
    return &place;
  }
  bool Add(Json value) {
    Place(std::move(value));
    return true;
  }
  bool Open(Json value) {
    open_.push_back(Place(std::move(value)));
    return true;
  }
  bool Close() {
    open_.pop_back();
    return true;
  }

  Json root_;
  std::vector<Json*> open_;  // from the root; the last one takes what comes
  std::string key_;
};

}  // namespace

absl::StatusOr<ExportJson> ExportJson::Parse(const Plaintext& file) {
  std::string_view text = AsChars(file.ExposeSecret());
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  Builder builder;
  const bool ok = Json::sax_parse(text, &builder);
  ExportJson json(std::move(builder.root()));
  if (!ok) return InvalidField("FILE", "is not JSON in UTF-8");
  return json;
}

ExportJson::ExportJson(ExportJson&& other) noexcept : json_(std::move(other.json_)) {}

ExportJson::~ExportJson() { WipeStrings(json_); }

const Json& At(const Json& object, const char* key) {
  static const Json kNull;
  if (!object.is_object()) return kNull;
  const auto found = object.find(key);
  return found == object.end() ? kNull : *found;
}

absl::StatusOr<std::string> Text(const Json& object, const char* key, std::string_view field) {
  const Json& value = At(object, key);
  if (value.is_null()) return std::string();
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number() || value.is_boolean()) return value.dump();
  return InvalidField(field, "must be text");
}

absl::StatusOr<const Json*> List(const Json& object, const char* key, std::string_view field) {
  static const Json kEmpty = Json::array();
  const Json& value = At(object, key);
  if (value.is_null()) return &kEmpty;
  if (!value.is_array()) return InvalidField(field, "must be a list");
  return &value;
}

}  // namespace holdfast::client
