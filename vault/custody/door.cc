#include "vault/custody/door.h"

#include <algorithm>
#include <utility>

namespace holdfast::custody {
namespace {

using storage::Presentable;

void Sort(std::vector<Presentable>& entries) { std::ranges::sort(entries, {}, &Presentable::sha256); }

const Presentable* Find(const std::vector<Presentable>& entries, ByteView sha256) {
  const auto less = [](const Presentable& entry, ByteView wanted) {
    return std::ranges::lexicographical_compare(entry.sha256, wanted);
  };
  const auto found = std::lower_bound(entries.begin(), entries.end(), sha256, less);
  return found != entries.end() && std::ranges::equal(found->sha256, sha256) ? &*found : nullptr;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const DoorTable>> DoorTable::Load(storage::Connection& db, Micros now) {
  storage::KeyStore keys(db);
  auto table = std::make_shared<DoorTable>();
  HF_ASSIGN_OR_RETURN(table->devices_, keys.PresentableDevices());
  HF_ASSIGN_OR_RETURN(table->strings_, keys.PresentableStrings(now - kStringRemembered));
  Sort(table->devices_);
  Sort(table->strings_);
  return std::shared_ptr<const DoorTable>(std::move(table));
}

bool DoorTable::KnowsDevice(ByteView certificate_sha256, Micros now) const {
  const Presentable* entry = Find(devices_, certificate_sha256);
  return entry != nullptr && now < entry->until;
}

std::optional<std::int64_t> DoorTable::EndedDevice(ByteView certificate_sha256, Micros now) const {
  const Presentable* entry = Find(devices_, certificate_sha256);
  return entry != nullptr && now >= entry->until ? std::optional(entry->id) : std::nullopt;
}

bool DoorTable::KnowsString(ByteView key_sha256, Micros now) const {
  const Presentable* entry = Find(strings_, key_sha256);
  return entry != nullptr && now < entry->until + kStringRemembered;
}

void Door::Publish(std::shared_ptr<const DoorTable> table) {
  const std::lock_guard lock(mutex_);
  table_.swap(table);
}

void Door::NoteRefused(std::int64_t device) {
  const std::lock_guard lock(mutex_);
  ++refused_[device];
}

std::map<std::int64_t, std::int64_t> Door::TakeRefused() {
  const std::lock_guard lock(mutex_);
  return std::exchange(refused_, {});
}

std::shared_ptr<const DoorTable> Door::table() const {
  const std::lock_guard lock(mutex_);
  return table_;
}

}  // namespace holdfast::custody
