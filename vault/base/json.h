// What is common to the small JSON files that vault and devices keep.
#pragma once

#include <string>

#include "nlohmann/json.hpp"

namespace holdfast {

// The string under `key`; null when it is absent or of another type, or `object` is no object.
inline const std::string* FindString(const nlohmann::json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() ? nullptr : found->get_ptr<const std::string*>();
}
inline std::string* FindString(nlohmann::json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() ? nullptr : found->get_ptr<std::string*>();
}
// The same as a copy; "" for null.
inline std::string TextIn(const nlohmann::json& object, const char* key) {
  const std::string* const text = FindString(object, key);
  return text == nullptr ? std::string() : *text;
}

// On one line, or with so many blanks a level. Bytes that are not UTF-8 are replaced.
template <class Json>
std::string Dumped(const Json& json, int indent = -1) {
  return json.dump(indent, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace);
}

}  // namespace holdfast
