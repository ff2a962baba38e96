// Records that the server started or stopped: the log shows when it ran.
#pragma once

#include <string>

#include "vault/custody/tx.h"

namespace holdfast::custody {

// `type`: "server.start" or "server.stop". `version` of the server's software, for people and auditors.
Work RecordServer(std::string type, std::string version);

}  // namespace holdfast::custody
