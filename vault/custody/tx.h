// What a command or a query works on: one consistent view of the database, the time, the keys. Whatever a
// decision rests on is read through the same Tx as its effect is written. Not thread safe; lives on the
// stack.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "vault/audit/event.h"
#include "vault/base/clock.h"
#include "vault/custody/keys.h"
#include "vault/custody/policies.h"
#include "vault/storage/connection.h"

namespace holdfast::custody {

class WriteTx;
using Work = std::function<absl::Status(WriteTx&)>;

class Tx {
 public:
  Tx(storage::Connection& db, Micros now, Micros elapsed, const Keys& keys,
     std::shared_ptr<const Policy> policy)
      : db_(db), now_(now), elapsed_(elapsed), keys_(keys), policy_(std::move(policy)) {}
  Tx(const Tx&) = delete;
  Tx& operator=(const Tx&) = delete;

  storage::Connection& db() const { return db_; }
  Micros now() const { return now_; }
  // How long the vault has been open in its life (elapsed.h): for waits that no clock may shorten.
  Micros elapsed() const { return elapsed_; }
  const Keys& keys() const { return keys_; }
  // What decides here.
  const Policy& policy() const { return *policy_; }

  // Work to run instead if this command is undone: recording a refusal, or that a dry run told something.
  void DoInstead(Work work) { instead_ = std::move(work); }
  void RecordInstead(audit::Event event);
  bool has_instead() const { return instead_ != nullptr; }
  Work TakeInstead() { return std::move(instead_); }

  // Work to do by itself before this, which is then begun again, once. Whoever sets it returns an error.
  void DoFirst(Work work) { first_ = std::move(work); }
  Work TakeFirst() { return std::move(first_); }

  // That the policy was asked. What nobody decided is not answered.
  void set_decided() { decided_ = true; }
  bool decided() const { return decided_; }

  // Undo everything on success: the answer says what would have happened.
  void set_dry_run(bool dry_run) { dry_run_ = dry_run; }
  bool dry_run() const { return dry_run_; }

 private:
  storage::Connection& db_;
  Micros now_;
  Micros elapsed_;
  const Keys& keys_;
  std::shared_ptr<const Policy> policy_;
  Work instead_;
  Work first_;
  bool decided_ = false;
  bool dry_run_ = false;
};

using ReadTx = Tx;

// Work that a failed command or query leaves behind.
struct Undone {
  Work first;
  Work instead;

  static Undone Of(Tx& tx) { return {.first = tx.TakeFirst(), .instead = tx.TakeInstead()}; }
};

class WriteTx : public Tx {
 public:
  using Tx::Tx;

  // To be appended, in order, when the command succeeds.
  void Record(audit::Event event) { events_.push_back(std::move(event)); }
  const std::vector<audit::Event>& events() const { return events_; }
  // Forgets what was recorded after the first `count`: of what was only rehearsed.
  void ForgetEvents(std::size_t count) { events_.resize(count); }

 private:
  std::vector<audit::Event> events_;
};

inline void Tx::RecordInstead(audit::Event event) {
  DoInstead([event = std::move(event)](WriteTx& tx) {
    tx.Record(event);
    return absl::OkStatus();
  });
}

}  // namespace holdfast::custody
