#include "client/import_seeds.h"

#include <algorithm>
#include <utility>

#include "client/import_fit.h"
#include "fmt/format.h"
#include "vault/crypto/seed_search.h"

namespace holdfast::client {
namespace {

constexpr std::string_view kFirst = "totp";
constexpr std::string_view kOwnField = "login.totp";

bool Same(const crypto::Totp& a, const crypto::Totp& b) {
  return a.hash == b.hash && a.style == b.style && a.length == b.length && a.period == b.period &&
         a.seed.EqualsConstantTime(b.seed);
}

}  // namespace

std::string ImportSeeds::Add(std::string_view field, std::string_view id, std::string_view text) {
  Plaintext value = Plaintext::CopyOf(AsBytes(text));
  auto totp = crypto::ParseTotp(value);
  if (!totp.ok()) {
    entry_.left_out.push_back(
        fmt::format("{} makes no codes and is left out: {}", field, MessageOf(totp.status())));
    return "";
  }
  const auto same = std::ranges::find_if(known_, [&](const Known& k) { return Same(k.totp, *totp); });
  if (same != known_.end()) {
    entry_.changed.push_back(fmt::format("{} is the seed of secret {} again: kept once", field, same->id));
    return same->id;
  }
  std::string taken(known_.empty() ? kFirst : id);
  if (std::ranges::count(known_, taken, &Known::id) > 0)
    taken = fmt::format("{}-{}", kFirst, known_.size() + 1);
  std::vector<ImportValue> values(1);
  values[0].value = std::move(value);
  AddSecret(entry_, taken, "totp", std::move(values));
  known_.push_back({.id = taken, .totp = *std::move(totp)});
  if (field != kOwnField)
    entry_.changed.push_back(fmt::format("{} is a seed: it comes in as secret {}", field, taken));
  return taken;
}

void ImportSeeds::TakeTotp(std::string text) {
  if (!text.empty()) Add(kOwnField, kFirst, text);
  Wipe(text);
}

bool ImportSeeds::Take(std::string_view field, std::string_view name, std::string_view id,
                       std::string_view text) {
  if (!crypto::IsSeed(name, Plaintext::CopyOf(AsBytes(text)))) return false;
  Add(field, id, text);
  return true;
}

std::string ImportSeeds::TakeFromText(std::string_view field, std::string text) {
  std::size_t from = 0;
  while (const auto range = crypto::FindSeedUri(text, from)) {
    const std::string taken = Add(fmt::format("a URI in {}", field), kFirst,
                                  std::string_view(text).substr(range->begin, range->size));
    const std::string instead = taken.empty() ? "(seed left out)" : fmt::format("(seed: secret {})", taken);
    std::string rest = text.substr(0, range->begin) + instead + text.substr(range->begin + range->size);
    from = range->begin + instead.size();
    Wipe(text);
    text = std::move(rest);
  }
  return text;
}

}  // namespace holdfast::client
