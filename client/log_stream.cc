#include "client/log_stream.h"

#include <chrono>

#include "fmt/format.h"
#include "holdfast/v1/audit_service.grpc.pb.h"
#include "vault/base/text.h"

namespace holdfast::client {
namespace {

constexpr std::chrono::hours kDeadline(1);

absl::StatusOr<LogEntry> EntryOf(const v1::Event& event) {
  LogEntry entry{.index = event.index(), .leaf = event.leaf(), .texts = {}};
  // An export writes leaves as JSON text: other bytes would not survive it.
  if (!IsUtf8(entry.leaf))
    return VerificationFailed(fmt::format("entry {} is not a leaf of this log", entry.index));
  for (const v1::EventText& text : event.texts()) {
    if (!text.absent())
      entry.texts[text.field()] = LogText{.salt = ToBytes(AsBytes(text.salt())), .text = text.text()};
  }
  return entry;
}

}  // namespace

absl::StatusOr<std::string> StreamLog(Session& session, std::int64_t start,
                                      const std::function<absl::Status(const LogEntry&)>& take) {
  const auto service = v1::AuditService::NewStub(session.channel());
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kDeadline);
  v1::ExportEventsRequest request;
  request.set_start_index(start);
  const auto reader = service->ExportEvents(&context, request);
  v1::ExportEventsResponse message;
  std::string checkpoint;
  absl::Status taken;
  while (taken.ok() && reader->Read(&message)) {
    for (const v1::Event& event : message.events()) {
      const auto entry = EntryOf(event);
      taken = entry.ok() ? take(*entry) : entry.status();
      if (!taken.ok()) break;
    }
    checkpoint = message.checkpoint();
  }
  if (!taken.ok()) {
    context.TryCancel();
    reader->Finish();  // its answer is our own cancellation
    return taken;
  }
  HF_RETURN_IF_ERROR(session.Explain(reader->Finish()));
  if (checkpoint.empty()) return VerificationFailed("the export ended without a checkpoint");
  return checkpoint;
}

}  // namespace holdfast::client
