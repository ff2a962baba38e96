// Takes the seeds of one item from wherever they stand, so that they come in as seeds. A seed that makes no
// codes is left out and said. Not thread safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "client/import_item.h"
#include "vault/crypto/totp.h"

namespace holdfast::client {

class ImportSeeds {
 public:
  explicit ImportSeeds(ImportEntry& entry) : entry_(entry) {}

  // The source's own field for seeds.
  void TakeTotp(std::string text);
  // True when the value was a seed by its form or by `name`, and is dealt with. `field` is the file's word
  // for it; `id` the secret that it becomes when the account has a seed already.
  bool Take(std::string_view field, std::string_view name, std::string_view id, std::string_view text);
  // `text` without the URIs of seeds in it; each place says which secret came of it.
  std::string TakeFromText(std::string_view field, std::string text);

 private:
  // The id of the secret; "" when it makes no codes.
  std::string Add(std::string_view field, std::string_view id, std::string_view text);

  ImportEntry& entry_;
  struct Known {
    std::string id;
    crypto::Totp totp;
  };
  std::vector<Known> known_;
};

}  // namespace holdfast::client
