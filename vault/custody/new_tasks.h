// A case gets a task, with a number of its own, in the transaction by which its person comes to know a value in force.
#pragma once

#include <string_view>

#include "vault/custody/tx.h"

namespace holdfast::custody {

// After a new value of the secret: one that equals what a leaver knows from elsewhere.
absl::Status AddTasksFor(WriteTx& tx, std::int64_t secret_id);
// After the person was said to know more.
absl::Status AddTasksOf(WriteTx& tx, std::string_view person);

}  // namespace holdfast::custody
