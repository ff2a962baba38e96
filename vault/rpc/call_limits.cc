#include "vault/rpc/call_limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "vault/base/retry.h"

namespace holdfast::rpc {
namespace {

constexpr std::chrono::seconds kSwept{1};  // by then a call that is past its deadline is cancelled

}  // namespace

absl::StatusOr<std::unique_ptr<CallLimits::Ticket>> CallLimits::Enter(const grpc::CallbackServerContext& context,
                                                                      const Bytes& certificate_sha256) {
  const std::lock_guard lock(mutex_);
  Device& device = devices_[certificate_sha256];
  if (device.calls >= limits_.calls) {
    absl::Status status =
        MakeError(absl::StatusCode::kResourceExhausted, "TOO_MANY_CALLS",
                  fmt::format("this device has {} calls under way, and no more are taken", device.calls));
    SetRetryAfter(status, MillisToDeadline(device, Clock::now()));
    return status;
  }
  ++device.calls;
  entries_.push_back({.device = &device,
                      .certificate = certificate_sha256,
                      .context = &context,
                      .until = Clock::now() + limits_.deadline});
  return std::make_unique<Ticket>(*this, std::prev(entries_.end()));
}

std::int64_t CallLimits::MillisToDeadline(const Device& device, Clock::time_point now) const {
  Clock::time_point first = now + limits_.deadline;
  for (const Entry& entry : entries_)
    if (entry.device == &device) first = std::min(first, entry.until);
  return std::max<std::int64_t>(std::chrono::ceil<std::chrono::milliseconds>(first + kSwept - now).count(), 0);
}

absl::Status CallLimits::Owe(Entry& entry, std::size_t bytes, bool always) {
  const std::lock_guard lock(mutex_);
  // One answer of whatever size is always given, or large ones never were.
  if (!always && entry.device->unread > 0 && entry.device->unread + bytes > limits_.unread_bytes) {
    return MakeError(absl::StatusCode::kResourceExhausted, "UNREAD_ANSWERS",
                     "this device has too many answers that it has not read; read them first");
  }
  entry.unread += bytes;
  entry.device->unread += bytes;
  return absl::OkStatus();
}

void CallLimits::Paid(Entry& entry) {
  const std::lock_guard lock(mutex_);
  entry.device->unread -= std::exchange(entry.unread, 0);
  entry.until = Clock::now() + limits_.deadline;
}

void CallLimits::Leave(std::list<Entry>::iterator entry) {
  std::unique_lock lock(mutex_);
  cancelled_.wait(lock, [&] { return cancelling_ != &*entry || canceller_ == std::this_thread::get_id(); });
  entry->device->unread -= entry->unread;
  if (--entry->device->calls == 0) devices_.erase(entry->certificate);
  entries_.erase(entry);
}

void CallLimits::Sweep(Clock::time_point now) {
  std::unique_lock lock(mutex_);
  for (;;) {
    const auto late = std::ranges::find_if(entries_, [&](const Entry& e) { return !e.cancelled && e.until <= now; });
    if (late == entries_.end()) return;
    late->cancelled = true;
    cancelling_ = &*late;
    canceller_ = std::this_thread::get_id();
    lock.unlock();
    late->context->TryCancel();
    lock.lock();
    cancelling_ = nullptr;
    cancelled_.notify_all();
  }
}

}  // namespace holdfast::rpc
