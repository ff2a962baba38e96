// Bounds what one device has under way at a time: calls, and answers that it has not read. Without such bounds a few
// clients that ask and never read hold gigabytes here. Thread safe.
#pragma once

#include <grpcpp/server_context.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "vault/base/bytes.h"
#include "vault/base/status.h"

namespace holdfast::rpc {

class CallLimits {
 public:
  using Clock = std::chrono::steady_clock;
  struct Limits {
    int calls = 200;
    std::size_t unread_bytes = 4 * 1024 * 1024;
    std::chrono::seconds deadline{60};  // for an answer to be there and read, whatever the caller asked for
  };

  CallLimits() = default;
  explicit CallLimits(const Limits& limits) : limits_(limits) {}
  CallLimits(const CallLimits&) = delete;
  CallLimits& operator=(const CallLimits&) = delete;

 private:
  struct Device {
    int calls = 0;
    std::size_t unread = 0;
  };
  struct Entry {
    Device* device = nullptr;
    Bytes certificate;
    const grpc::CallbackServerContext* context = nullptr;
    std::size_t unread = 0;
    Clock::time_point until;
    bool cancelled = false;
  };

 public:
  // One call, from its start to the moment its answer has been taken.
  class Ticket {
   public:
    Ticket(CallLimits& owner, std::list<Entry>::iterator entry) : owner_(owner), entry_(entry) {}
    Ticket(const Ticket&) = delete;
    Ticket& operator=(const Ticket&) = delete;
    ~Ticket() { owner_.Leave(entry_); }

    // An answer of this size is about to leave, and counts until it is read. RESOURCE_EXHAUSTED, reason
    // UNREAD_ANSWERS, when the device has so much unread already that it must not.
    absl::Status Owe(std::size_t bytes) { return owner_.Owe(*entry_, bytes, /*always=*/false); }
    // The same for the answer to what was done: it leaves in any case.
    void OweInAnyCase(std::size_t bytes) { owner_.Owe(*entry_, bytes, /*always=*/true).IgnoreError(); }
    // Of a stream: what was owed has been read, and the deadline begins anew.
    void Paid() { owner_.Paid(*entry_); }

   private:
    CallLimits& owner_;
    const std::list<Entry>::iterator entry_;
  };

  // RESOURCE_EXHAUSTED, reason TOO_MANY_CALLS, to be repeated when the first of those under way is past its deadline,
  // or sooner if one ends. `context` must live until the ticket is gone.
  absl::StatusOr<std::unique_ptr<Ticket>> Enter(const grpc::CallbackServerContext& context,
                                                const Bytes& certificate_sha256);
  // Cancels the calls that are past the deadline.
  void Sweep(Clock::time_point now);

 private:
  std::int64_t MillisToDeadline(const Device& device, Clock::time_point now) const;  // REQUIRES: mutex_
  absl::Status Owe(Entry& entry, std::size_t bytes, bool always);
  void Paid(Entry& entry);
  void Leave(std::list<Entry>::iterator entry);

  const Limits limits_{};
  std::mutex mutex_;  // guards all below
  std::map<Bytes, Device> devices_;
  std::list<Entry> entries_;
  // Cancelling runs without the mutex, as it may end the call on the spot; meanwhile its context must stay.
  const Entry* cancelling_ = nullptr;
  std::thread::id canceller_;
  std::condition_variable cancelled_;
};

}  // namespace holdfast::rpc
