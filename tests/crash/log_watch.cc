#include "tests/crash/log_watch.h"

#include <set>

#include "client/log_check.h"
#include "client/witness.h"
#include "holdfast/v1/audit_service.grpc.pb.h"
#include "nlohmann/json.hpp"

namespace holdfast::crash {
namespace {

using Audit = v1::AuditService;

absl::Status Take(const v1::Event& event, client::LogCheck& check,
                  std::map<std::string, std::set<std::string>>& commands) {
  client::LogEntry entry{.index = event.index(), .leaf = event.leaf(), .texts = {}};
  for (const v1::EventText& text : event.texts()) {
    entry.texts[text.field()] = {.salt = ToBytes(AsBytes(text.salt())), .text = text.text()};
    if (text.field() != "reason") continue;
    commands[text.text()].insert(nlohmann::json::parse(entry.leaf)["command"].get<std::string>());
  }
  return check.Add(entry);
}

}  // namespace

absl::StatusOr<evidence::Checkpoint> LogWatch::Open(const testing::ApiClient& client,
                                                    const std::string& note) const {
  HF_ASSIGN_OR_RETURN(const auto verifier,
                      evidence::NoteVerifier::Parse(client.identity().checkpoint_verifier));
  return evidence::OpenCheckpoint(note, verifier);
}

absl::Status LogWatch::Advance(const testing::ApiClient& client) {
  v1::GetCheckpointRequest request;
  request.set_known_size(known_.size);
  HF_ASSIGN_OR_RETURN(const auto answer, client.Call<Audit>(&Audit::StubInterface::GetCheckpoint, request));
  HF_ASSIGN_OR_RETURN(const evidence::Checkpoint next, Open(client, answer.checkpoint()));
  std::vector<Bytes> proof;
  for (const std::string& hash : answer.consistency()) proof.push_back(ToBytes(AsBytes(hash)));
  if (known_.size > 0) HF_RETURN_IF_ERROR(client::CheckExtends(known_, next, proof));
  known_ = next;
  return absl::OkStatus();
}

absl::StatusOr<std::map<std::string, int>> LogWatch::Recompute(const testing::ApiClient& client) {
  HF_ASSIGN_OR_RETURN(auto verifier, evidence::NoteVerifier::Parse(client.identity().checkpoint_verifier));
  const auto service = Audit::NewStub(client.channel());
  grpc::ClientContext context;
  const auto reader = service->ExportEvents(&context, {});
  client::LogCheck check(std::move(verifier), {known_});
  std::map<std::string, std::set<std::string>> commands;
  std::string note;
  v1::ExportEventsResponse message;
  absl::Status taken;
  while (taken.ok() && reader->Read(&message)) {
    for (const v1::Event& event : message.events()) {
      if (taken.ok()) taken = Take(event, check, commands);
    }
    if (!message.checkpoint().empty()) note = message.checkpoint();
  }
  if (!taken.ok()) context.TryCancel();
  const grpc::Status ended = reader->Finish();
  HF_RETURN_IF_ERROR(taken);
  if (!ended.ok()) return client::FromGrpc(ended, "the server");
  HF_ASSIGN_OR_RETURN(const evidence::Checkpoint last, Open(client, note));
  HF_RETURN_IF_ERROR(check.Finish(last));
  known_ = last;
  std::map<std::string, int> counts;
  for (const auto& [reason, ids] : commands) counts[reason] = static_cast<int>(ids.size());
  return counts;
}

}  // namespace holdfast::crash
