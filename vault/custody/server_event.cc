#include "vault/custody/server_event.h"

#include <utility>

namespace holdfast::custody {

Work RecordServer(std::string type, std::string version) {
  return [type = std::move(type), version = std::move(version)](WriteTx& tx) {
    audit::Event event;
    event.type = type;
    event.rule = "host.serve";
    event.texts["version"] = version;
    tx.Record(std::move(event));
    return absl::OkStatus();
  };
}

}  // namespace holdfast::custody
