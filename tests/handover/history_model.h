// Who knows what, as a naive reader of the log would have it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace holdfast::handover {

using SecretKey = std::pair<std::string, std::string>;  // account, name

// Everything as people see it: values are numbers, whatever their spelling.
struct Model {
  struct Secret {
    std::vector<int> values;  // of version 1, 2, ...
    std::set<std::string> settled_for;  // persons; until the next value
    bool removed = false;
  };
  std::map<SecretKey, Secret> secrets;
  std::map<std::string, std::set<int>> known;  // by person
  std::map<std::string, std::string> person_of;
  std::map<std::string, std::string> open_cases;  // name, person
  std::set<std::string> waiting;                  // those of them that are not cut

  std::string KnownInForce(const std::string& person) {
    for (const auto& [key, secret] : secrets) {
      if (secret.removed || secret.values.empty() || secret.settled_for.contains(person)) continue;
      if (known[person].contains(secret.values.back())) return key.first + "/" + key.second;
    }
    return "";
  }
};

}  // namespace holdfast::handover
