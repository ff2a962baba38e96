// Typed reading of what playbooks are made of, with a problem at its place for what will not do.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vault/playbook/playbook.h"
#include "vault/policy/fields.h"
#include "vault/policy/names.h"

namespace holdfast::playbook {

using policy::Fields;
using policy::Problems;
using policy::TomlNode;

// One table of the file. Where a key is needed and missing, or will not do, the value is empty and the
// problem is noted.
class Reader {
 public:
  // `what` says what the table is: "a step".
  Reader(const TomlNode& table, std::string_view what, std::span<const std::string_view> known,
         Problems& problems)
      : fields_(table, what, known, problems), at_(table.at), what_(what), problems_(problems) {}

  const Fields& fields() const { return fields_; }
  Problems& problems() const { return problems_; }
  Position at() const { return at_; }

  // [a-z0-9][a-z0-9._-]*, at most 63 bytes.
  std::string Id() const;
  // One line that can be seen as a whole; `hint` says what to write when a needed one is missing.
  std::string Needed(std::string_view key, std::size_t max_bytes, std::string_view hint) const;
  std::string Optional(std::string_view key, std::size_t max_bytes) const;
  // https only: a person will be sent there to type a password.
  std::string Url(std::string_view key) const;
  // Ids, each once; empty when the key is not there.
  std::vector<Ref> Refs(std::string_view key, std::string_view example) const;
  // Words of `allowed`, each once; empty when the key is not there.
  std::vector<std::string> Words(std::string_view key, std::span<const std::string_view> allowed) const;

  template <typename Enum>
  Enum NeededWord(std::string_view key) const {
    const TomlNode* const node = fields_.Need(key, Choices(Names<Enum>()));
    return node == nullptr ? Enum{} : Word<Enum>(*node, key, Enum{});
  }
  template <typename Enum>
  Enum OptionalWord(std::string_view key, Enum otherwise) const {
    const TomlNode* const node = fields_.Find(key);
    return node == nullptr ? otherwise : Word<Enum>(*node, key, otherwise);
  }

  static std::string Choices(std::span<const std::string_view> names);

 private:
  std::string Line(const TomlNode& node, std::string_view key, std::size_t max_bytes) const;
  std::optional<std::size_t> Number(const TomlNode& node, std::string_view key,
                                    std::span<const std::string_view> names) const;
  template <typename Enum>
  Enum Word(const TomlNode& node, std::string_view key, Enum otherwise) const {
    const auto number = Number(node, key, Names<Enum>());
    return number.has_value() ? static_cast<Enum>(*number) : otherwise;
  }

  Fields fields_;
  Position at_;
  std::string what_;
  Problems& problems_;
};

// Each table of an array of tables, [[key]], of at most `most`.
void ForEachTable(const Fields& fields, std::string_view key, std::size_t most, Problems& problems,
                  const std::function<void(const TomlNode& table)>& read);

// Each of [[source]], [[hold]], [[step]] and [[wait]].
Source ReadSource(const TomlNode& table, Problems& problems);
Hold ReadHold(const TomlNode& table, Problems& problems);
Step ReadStep(const TomlNode& table, Problems& problems);
Wait ReadWait(const TomlNode& table, Problems& problems);
// [password].
PasswordRules ReadPassword(const TomlNode& table, Problems& problems);

}  // namespace holdfast::playbook
