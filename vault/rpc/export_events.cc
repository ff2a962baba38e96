#include "vault/rpc/export_events.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "vault/evidence/note.h"
#include "vault/rpc/caller.h"
#include "vault/rpc/render.h"
#include "vault/rpc/status.h"

namespace holdfast::rpc {
namespace {

using policy::Action;

constexpr std::int64_t kPageSize = 100;

absl::Status Authorized(custody::Tx& tx, const custody::Caller& caller) {
  HF_ASSIGN_OR_RETURN(const auto actor, custody::Authenticate(tx, caller));
  return custody::Authorize(tx, actor, Action::kAuditRead, {}).status();
}

// Each step is started by the end of the one before, so no two run at once.
class Export final : public grpc::ServerWriteReactor<v1::ExportEventsResponse> {
 public:
  Export(Core& core, const grpc::CallbackServerContext& context, std::int64_t start)
      : core_(core), context_(context), next_(start) {}

  void Start() {
    auto caller = CallerOf(context_, "holdfast.v1.AuditService/ExportEvents");
    if (!caller.ok()) return End(caller.status());
    if (next_ < 0) return End(InvalidField("start_index", "must not be negative"));
    caller_ = *std::move(caller);
    auto ticket = core_.limits.Enter(context_, caller_.cert_sha256);
    if (!ticket.ok()) return End(ticket.status());
    ticket_ = *std::move(ticket);
    core_.ledger.Submit([this](custody::WriteTx& tx) { return Record(tx); }, Abandoned(),
                        [this](const absl::Status& status) { status.ok() ? Begin() : End(status); });
  }

 private:
  absl::Status Record(custody::WriteTx& tx) const {
    HF_ASSIGN_OR_RETURN(const auto actor, custody::Authenticate(tx, caller_));
    const custody::Target target{.texts = {{"query", fmt::format("all from index {}", next_)}}};
    HF_ASSIGN_OR_RETURN(const auto decision, custody::Authorize(tx, actor, Action::kAuditRead, target));
    HF_ASSIGN_OR_RETURN(const std::int64_t size, storage::EventStore(tx.db()).Size());
    if (next_ > size) return InvalidField("start_index", "is past the end of the log");
    audit::Event event = custody::EventFor(actor, Action::kAuditRead, target, decision);
    event.type = "audit.export";
    tx.Record(std::move(event));
    return absl::OkStatus();
  }

  void Begin() {
    note_ = core_.ledger.signed_checkpoint();
    const auto checkpoint = evidence::OpenCheckpoint(note_, core_.keys.checkpoint_verifier);
    if (!checkpoint.ok()) return End(checkpoint.status());
    size_ = checkpoint->size;
    SendNext();
  }

  void SendNext() {
    message_.Clear();
    if (core_.stopping)
      return End(
          MakeError(absl::StatusCode::kUnavailable, "STOPPING", "the server is stopping; resume later"));
    if (next_ >= size_) {
      message_.set_checkpoint(note_);
      return StartWriteAndFinish(&message_, grpc::WriteOptions(), grpc::Status::OK);
    }
    core_.ledger.Read(
        [this](custody::ReadTx& tx) { return ReadPage(tx); }, Abandoned(),
        [this](const absl::Status& status) { status.ok() ? Send() : End(status); });
  }

  void Send() {
    ticket_->OweInAnyCase(message_.ByteSizeLong());
    StartWrite(&message_);
  }

  absl::Status ReadPage(custody::ReadTx& tx) {
    HF_RETURN_IF_ERROR(Authorized(tx, caller_));
    const auto limit = static_cast<int>(std::min(kPageSize, size_ - next_));
    HF_ASSIGN_OR_RETURN(auto rows, storage::EventStore(tx.db()).From(next_, limit));
    Names names(tx);
    for (storage::EventRow& row : rows) {
      if (row.idx != next_) break;
      ++next_;
      HF_ASSIGN_OR_RETURN(const audit::Entry entry, audit::CheckedEntry(tx.db(), std::move(row)));
      HF_RETURN_IF_ERROR(Render(names, entry, *message_.add_events()));
    }
    if (message_.events_size() == limit) return absl::OkStatus();
    return audit::EntryMissing(next_);
  }

  void OnWriteDone(bool ok) override {
    ticket_->Paid();
    if (ok) return SendNext();
    End(MakeError(absl::StatusCode::kCancelled, "CANCELLED", "the caller is gone"));
  }
  void OnDone() override { delete this; }
  void End(const absl::Status& status) { Finish(ToGrpc(status)); }
  custody::Abandoned Abandoned() const {
    return [this] { return IsAbandoned(context_); };
  }

  Core& core_;
  const grpc::CallbackServerContext& context_;
  custody::Caller caller_;
  std::unique_ptr<CallLimits::Ticket> ticket_;
  std::int64_t next_;      // index of the next entry to send
  std::int64_t size_ = 0;  // of the checkpoint
  std::string note_;
  v1::ExportEventsResponse message_;
};

}  // namespace

grpc::ServerWriteReactor<v1::ExportEventsResponse>* StartExport(Core& core,
                                                                const grpc::CallbackServerContext& context,
                                                                const v1::ExportEventsRequest& request) {
  auto* stream = new Export(core, context, request.start_index());
  stream->Start();
  return stream;
}

}  // namespace holdfast::rpc
