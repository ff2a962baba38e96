// The JSON of another store's export: every secret of an organisation in one tree. Overwritten when it ends.
// Not thread safe.
#pragma once

#include <string>
#include <string_view>

#include "nlohmann/json.hpp"
#include "vault/base/secret_bytes.h"
#include "vault/base/status.h"

namespace holdfast::client {

class ExportJson {
 public:
  using Json = nlohmann::json;

  // Numbers that a double or 64 bits would change are kept as the text that the file has.
  static absl::StatusOr<ExportJson> Parse(const Plaintext& file);
  ExportJson(ExportJson&& other) noexcept;
  ExportJson& operator=(ExportJson&&) = delete;
  ExportJson(const ExportJson&) = delete;
  ExportJson& operator=(const ExportJson&) = delete;
  ~ExportJson();

  const Json& root() const { return json_; }

 private:
  explicit ExportJson(Json json) : json_(std::move(json)) {}

  Json json_;
};

// Null when absent, or when `object` is none.
const nlohmann::json& At(const nlohmann::json& object, const char* key);

// "" when absent or null. Numbers and truth values are taken as they are written: "007" comes as text, 7 as
// "7".
absl::StatusOr<std::string> Text(const nlohmann::json& object, const char* key, std::string_view field);

// Empty when absent or null.
absl::StatusOr<const nlohmann::json*> List(const nlohmann::json& object, const char* key,
                                           std::string_view field);

}  // namespace holdfast::client
