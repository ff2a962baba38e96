// The record, and the proofs that it is whole. Reading it is recorded in it.
#include <algorithm>

#include "holdfast/v1/audit_service.grpc.pb.h"
#include "vault/audit/log.h"
#include "vault/evidence/note.h"
#include "vault/rpc/call.h"
#include "vault/rpc/export_events.h"
#include "vault/rpc/list_events.h"
#include "vault/rpc/services.h"
#include "vault/storage/recovery_store.h"

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

void AddProof(const std::vector<evidence::Hash>& proof, google::protobuf::RepeatedPtrField<std::string>* out) {
  for (const evidence::Hash& hash : proof) out->Add(std::string(AsChars(hash)));
}

// For a caller who knows the log under an earlier origin: how it went on from there. Sets `known` to what is left of
// what they know. FAILED_PRECONDITION, reason ORIGIN_UNKNOWN, when it never was of this log.
absl::Status AddRestores(custody::ReadTx& tx, const std::string& origin, std::int64_t size, std::int64_t& known,
                         v1::GetCheckpointResponse& out) {
  HF_ASSIGN_OR_RETURN(const auto restores, storage::RecoveryStore(tx.db()).Restores());
  std::string began = custody::CheckpointOrigin(tx.keys().vault_id);
  bool found = false;
  for (const storage::Restore& restore : restores) {
    found = found || began == origin;
    if (found) {
      known = std::min(known, restore.entries);
      v1::Restore& added = *out.add_restores();
      added.set_statement(restore.statement);
      HF_ASSIGN_OR_RETURN(const auto proof,
                          evidence::ConsistencyProof(restore.entries, size, audit::StoredHashes(tx.db())));
      AddProof(proof, added.mutable_consistency());
    }
    HF_ASSIGN_OR_RETURN(const auto verifier, evidence::NoteVerifier::Parse(restore.verifier));
    began = verifier.name;
  }
  if (found || began == origin) return absl::OkStatus();
  return MakeError(absl::StatusCode::kFailedPrecondition, "ORIGIN_UNKNOWN",
                   "this vault's log never had that origin: the caller knows another restore of the vault, or "
                   "another vault");
}

// The note is taken before the snapshot is: so the snapshot holds all that the note covers.
absl::StatusOr<Query<v1::GetCheckpointResponse>> PrepareCheckpoint(const Core& core,
                                                                   const v1::GetCheckpointRequest& message) {
  std::string note = core.ledger.signed_checkpoint();
  HF_ASSIGN_OR_RETURN(const auto checkpoint, evidence::OpenCheckpoint(note, core.keys.checkpoint_verifier));
  return [origin = message.origin(), from = message.known_size(), size = checkpoint.size, note = std::move(note)](
             custody::ReadTx& tx, const Actor& actor, v1::GetCheckpointResponse& out) -> absl::Status {
    HF_RETURN_IF_ERROR(custody::Authorize(tx, actor, Action::kVaultRead, {}).status());
    std::int64_t known = from;
    if (!origin.empty()) HF_RETURN_IF_ERROR(AddRestores(tx, origin, size, known, out));
    HF_RETURN_IF_ERROR(CheckKnownSize(known, size));
    out.set_checkpoint(note);
    if (known == 0) return absl::OkStatus();
    HF_ASSIGN_OR_RETURN(const auto proof,
                        evidence::ConsistencyProof(known, size, audit::StoredHashes(tx.db())));
    AddProof(proof, out.mutable_consistency());
    return absl::OkStatus();
  };
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

  Reactor* ListEvents(Context* context, const v1::ListEventsRequest* request,
                      v1::ListEventsResponse* response) override {
    return StartListing(core_, *context, *request, *response);
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
