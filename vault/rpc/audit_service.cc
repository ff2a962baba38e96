// The record, and the proofs that it is whole. Reading it is recorded in it.
#include "holdfast/v1/audit_service.grpc.pb.h"
#include "vault/audit/log.h"
#include "vault/evidence/note.h"
#include "vault/rpc/call.h"
#include "vault/rpc/event_query.h"
#include "vault/rpc/export_events.h"
#include "vault/rpc/page.h"
#include "vault/rpc/render.h"
#include "vault/rpc/services.h"

namespace holdfast::rpc {
namespace {

using custody::Actor;
using policy::Action;

absl::Status CheckKnownSize(std::int64_t known, std::int64_t size) {
  if (known < 0) return InvalidField("known_size", "must not be negative");
  if (known <= size) return absl::OkStatus();
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "CHECKPOINT_AHEAD",
      "the caller knows a longer log than the vault has: the vault was rolled back, or is another one");
}

// The note is taken before the snapshot is: so the snapshot holds all that the note covers.
absl::StatusOr<Query<v1::GetCheckpointResponse>> PrepareCheckpoint(const Core& core,
                                                                   const v1::GetCheckpointRequest& message) {
  std::string note = core.ledger.signed_checkpoint();
  HF_ASSIGN_OR_RETURN(const auto checkpoint, evidence::OpenCheckpoint(note, core.keys.checkpoint_verifier));
  return [known = message.known_size(), size = checkpoint.size, note = std::move(note)](
             custody::ReadTx& tx, const Actor& actor, v1::GetCheckpointResponse& out) -> absl::Status {
    HF_RETURN_IF_ERROR(custody::Authorize(tx, actor, Action::kVaultRead, {}).status());
    HF_RETURN_IF_ERROR(CheckKnownSize(known, size));
    out.set_checkpoint(note);
    if (known == 0) return absl::OkStatus();
    HF_ASSIGN_OR_RETURN(const auto proof,
                        evidence::ConsistencyProof(known, size, audit::StoredHashes(tx.db())));
    for (const evidence::Hash& hash : proof) out.add_consistency(std::string(AsChars(hash)));
    return absl::OkStatus();
  };
}

absl::Status ListAndRecord(custody::WriteTx& tx, const Actor& actor, const v1::ListEventsRequest& message,
                           v1::ListEventsResponse& out) {
  const custody::Target target{.texts = {{"query", QueryText(message)}}};
  HF_ASSIGN_OR_RETURN(const auto decision, custody::Authorize(tx, actor, Action::kAuditRead, target));
  HF_ASSIGN_OR_RETURN(const Page page, Page::Of(tx, actor, message));
  HF_ASSIGN_OR_RETURN(const auto filter, FilterOf(tx, message));
  HF_ASSIGN_OR_RETURN(auto rows, storage::EventStore(tx.db()).List(
                                     filter, storage::EventOrder::kNewestFirst,
                                     page.position().value_or(storage::kNewestEvent), page.limit() + 1));
  if (rows.size() > static_cast<std::size_t>(page.limit())) {
    out.set_next_page_token(page.TokenFor(rows.back().idx));
    rows.pop_back();
  }
  if (rows.empty()) HF_RETURN_IF_ERROR(CheckTypeIsKnown(tx, message));
  Names names(tx);
  for (const storage::EventRow& row : rows) HF_RETURN_IF_ERROR(Render(names, row, *out.add_events()));
  tx.Record(custody::EventFor(actor, Action::kAuditRead, target, decision));
  return absl::OkStatus();
}

class AuditService final : public v1::AuditService::CallbackService {
 public:
  explicit AuditService(Core& core) : core_(core) {}

 private:
  Reactor* GetCheckpoint(Context* context, const v1::GetCheckpointRequest* request,
                         v1::GetCheckpointResponse* response) override {
    return Read(core_, context, "holdfast.v1.AuditService/GetCheckpoint", request, response,
                std::bind_front(PrepareCheckpoint, std::cref(core_)));
  }

  // A reading call that writes: the query's own event.
  Reactor* ListEvents(Context* context, const v1::ListEventsRequest* request,
                      v1::ListEventsResponse* response) override {
    auto* call = new Call<v1::ListEventsResponse>(*context, *response);
    auto caller = CallerOf(*context, "holdfast.v1.AuditService/ListEvents");
    if (!caller.ok()) return Fail(call, caller.status());
    const absl::Status checked = CheckEventQuery(*request);
    if (!checked.ok()) return Fail(call, checked);
    call->Submit(core_.ledger, [request, response, caller = *std::move(caller)](custody::WriteTx& tx) {
      const auto actor = custody::Authenticate(tx, caller);
      return actor.ok() ? ListAndRecord(tx, *actor, *request, *response) : actor.status();
    });
    return call;
  }

  grpc::ServerWriteReactor<v1::ExportEventsResponse>* ExportEvents(
      Context* context, const v1::ExportEventsRequest* request) override {
    return StartExport(core_, *context, *request);
  }

  Core& core_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeAuditService(Core& core) { return std::make_unique<AuditService>(core); }

}  // namespace holdfast::rpc
