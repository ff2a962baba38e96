#include "vault/custody/knowledge.h"

#include "vault/storage/exposure_store.h"

namespace holdfast::custody {

absl::Status RecordKnown(WriteTx& tx, const storage::Holder& holder, std::int64_t secret_id,
                         std::int64_t version) {
  return storage::ExposureStore(tx.db()).Record(holder.id, secret_id, version, ExposureHow::kKnown, tx.now());
}

}  // namespace holdfast::custody
