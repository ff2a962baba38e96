#include "vault/custody/knowers.h"

#include <utility>

#include "vault/custody/knowledge.h"

namespace holdfast::custody {

absl::StatusOr<Knowers> Knowers::Find(WriteTx& tx, const Actor& actor, const ImportItem& item,
                                      const storage::Holder& owner) {
  Knowers knowers;
  if (item.known_by_nobody) return knowers;
  bool owner_is_named = false;
  for (const std::string& name : item.known_by) {
    auto holder = FindHolder(tx, name);
    if (!holder.ok()) return InvalidField("known_by", MessageOf(holder.status()));
    owner_is_named = owner_is_named || holder->id == owner.id;
    if (holder->id != actor.holder.id)
      knowers.knowers_.push_back({.holder = *std::move(holder), .named = true});
  }
  if (!owner_is_named && owner.id != actor.holder.id) knowers.knowers_.push_back({.holder = owner});
  return knowers;
}

absl::Status Knowers::Record(WriteTx& tx, Knower& knower, const storage::Secret& secret, std::int64_t from) {
  for (std::int64_t version = from; version <= secret.current_version; ++version)
    HF_RETURN_IF_ERROR(RecordKnown(tx, knower.holder, secret.id, version));
  knower.recorded = true;
  return absl::OkStatus();
}

absl::Status Knowers::RecordAll(WriteTx& tx, const storage::Secret& secret) {
  for (Knower& knower : knowers_) HF_RETURN_IF_ERROR(Record(tx, knower, secret, 1));
  return absl::OkStatus();
}

absl::Status Knowers::RecordNewest(WriteTx& tx, const storage::Secret& secret) {
  for (Knower& knower : knowers_)
    if (knower.named) HF_RETURN_IF_ERROR(Record(tx, knower, secret, secret.current_version));
  return absl::OkStatus();
}

void Knowers::RecordEvents(WriteTx& tx, const Actor& actor, const Target& item, const Permit& permit) const {
  for (const Knower& knower : knowers_) {
    if (!knower.recorded) continue;
    const Target about{.account = item.account, .subject = &knower.holder};
    audit::Event event = EventFor(actor, policy::Action::kImport, about, permit);
    event.type = "import.known";
    tx.Record(std::move(event));
  }
}

}  // namespace holdfast::custody
