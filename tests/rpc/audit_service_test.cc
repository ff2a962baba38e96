#include "holdfast/v1/audit_service.grpc.pb.h"
#include "holdfast/v1/holder_service.grpc.pb.h"
#include "tests/rpc/live_vault.h"
#include "vault/evidence/note.h"
#include "vault/evidence/tree.h"

namespace holdfast::rpc {
namespace {

class AuditServiceTest : public LiveVault {
 protected:
  void SetUp() override {
    LiveVault::SetUp();
    stub_ = v1::AuditService::NewStub(officer().channel);
  }
  grpc::Status Checkpoint(std::int64_t known, v1::GetCheckpointResponse* response) {
    v1::GetCheckpointRequest request;
    request.set_known_size(known);
    grpc::ClientContext context;
    return stub_->GetCheckpoint(&context, request, response);
  }
  grpc::Status List(const v1::ListEventsRequest& request, v1::ListEventsResponse* response) {
    grpc::ClientContext context;
    return stub_->ListEvents(&context, request, response);
  }
  // Puts one event into the log: of the type "audit.read".
  void AddEvent() {
    v1::ListEventsRequest request;
    request.set_page_size(1);
    v1::ListEventsResponse response;
    ASSERT_TRUE(List(request, &response).ok());
  }
  evidence::Checkpoint Opened(const std::string& note) {
    const auto verifier = evidence::NoteVerifier::Parse(officer().enrolled.checkpoint_verifier());
    const auto checkpoint = evidence::OpenCheckpoint(note, *verifier);
    EXPECT_TRUE(checkpoint.ok()) << checkpoint.status();
    return checkpoint.ok() ? *checkpoint : evidence::Checkpoint();
  }
  struct Exported {
    std::vector<v1::Event> events;
    std::string checkpoint;
    grpc::Status status;
  };
  Exported Export(std::int64_t start) {
    Exported exported;
    v1::ExportEventsRequest request;
    request.set_start_index(start);
    grpc::ClientContext context;
    auto stream = stub_->ExportEvents(&context, request);
    v1::ExportEventsResponse response;
    while (stream->Read(&response)) {
      EXPECT_EQ(exported.checkpoint, "") << "the checkpoint comes last";
      exported.events.insert(exported.events.end(), response.events().begin(), response.events().end());
      exported.checkpoint = response.checkpoint();
    }
    exported.status = stream->Finish();
    return exported;
  }

  std::unique_ptr<v1::AuditService::Stub> stub_;
};

TEST_F(AuditServiceTest, ProvesThatANewerCheckpointExtendsAnOlder) {
  v1::GetCheckpointResponse first;
  ASSERT_TRUE(Checkpoint(0, &first).ok());
  EXPECT_EQ(first.consistency_size(), 0);
  for (int i = 0; i < 5; ++i) AddEvent();
  const evidence::Checkpoint older = Opened(first.checkpoint());
  v1::GetCheckpointResponse second;
  ASSERT_TRUE(Checkpoint(older.size, &second).ok());
  const evidence::Checkpoint newer = Opened(second.checkpoint());
  EXPECT_EQ(newer.size, older.size + 5);
  std::vector<Bytes> proof;
  for (const std::string& hash : second.consistency()) proof.push_back(ToBytes(AsBytes(hash)));
  EXPECT_TRUE(evidence::VerifyConsistency(older.size, newer.size, older.root, newer.root, proof).ok());
}

TEST_F(AuditServiceTest, SaysSoWhenTheCallerKnowsALongerLog) {
  v1::GetCheckpointResponse response;
  const grpc::Status ahead = Checkpoint(1'000'000, &response);
  EXPECT_EQ(ahead.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(ReasonIn(ahead), "CHECKPOINT_AHEAD");
  EXPECT_EQ(Checkpoint(-1, &response).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(AuditServiceTest, RecordsEveryPageOfAQueryWithWhatWasAsked) {
  AddEvent();
  AddEvent();
  v1::ListEventsRequest request;
  request.set_type("audit.*");
  request.set_page_size(1);
  v1::ListEventsResponse first;
  ASSERT_TRUE(List(request, &first).ok());
  ASSERT_EQ(first.events_size(), 1);
  request.set_page_token(first.next_page_token());
  v1::ListEventsResponse second;
  ASSERT_TRUE(List(request, &second).ok());
  ASSERT_EQ(second.events_size(), 1);
  EXPECT_EQ(second.events(0).index(), first.events(0).index() - 1);
  v1::ListEventsRequest all;
  v1::ListEventsResponse newest;
  ASSERT_TRUE(List(all, &newest).ok());
  for (const int i : {0, 1}) {
    EXPECT_EQ(newest.events(i).type(), "audit.read");
    EXPECT_EQ(newest.events(i).actor(), "holders/ana");
    ASSERT_EQ(newest.events(i).texts_size(), 3);  // device, peer, query
    EXPECT_EQ(newest.events(i).texts(2).field(), "query");
    EXPECT_EQ(newest.events(i).texts(2).text(), "type=audit.*");
  }
}

TEST_F(AuditServiceTest, FiltersByGroupByTypeAndByOutcome) {
  AddEvent();
  const auto types = [this](const std::string& type, v1::Outcome outcome) {
    v1::ListEventsRequest request;
    request.set_type(type);
    request.set_outcome(outcome);
    v1::ListEventsResponse response;
    EXPECT_TRUE(List(request, &response).ok());
    std::set<std::string> found;
    for (const v1::Event& event : response.events()) found.insert(event.type());
    return found;
  };
  EXPECT_EQ(types("key.*", v1::OUTCOME_UNSPECIFIED), std::set<std::string>{"key.enroll"});
  EXPECT_EQ(types("audit.read", v1::OUTCOME_ALLOWED), std::set<std::string>{"audit.read"});
  EXPECT_EQ(types("audit.*", v1::OUTCOME_DENIED), std::set<std::string>());
  // A type that no event has and none could have is a slip, not an empty answer.
  v1::ListEventsRequest slip;
  slip.set_type("audit");
  v1::ListEventsResponse response;
  const grpc::Status status = List(slip, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(status.error_message().substr(0, 6), "type: ");
}

TEST_F(AuditServiceTest, ExportsALogThatHashesToItsCheckpoint) {
  for (int i = 0; i < 105; ++i) AddEvent();  // more than one message's worth
  const Exported exported = Export(0);
  ASSERT_TRUE(exported.status.ok()) << exported.status.error_message();
  const evidence::Checkpoint checkpoint = Opened(exported.checkpoint);
  ASSERT_EQ(checkpoint.size, std::ssize(exported.events));
  EXPECT_EQ(exported.events.back().type(), "audit.export") << "the export itself is covered";
  evidence::Edge edge;
  for (const v1::Event& event : exported.events) {
    EXPECT_EQ(event.index(), edge.size());
    edge.Append(evidence::HashLeaf(AsBytes(event.leaf())));
  }
  EXPECT_EQ(edge.Root(), checkpoint.root);
}

TEST_F(AuditServiceTest, ResumesAnExportWhereItBroke) {
  const Exported whole = Export(0);
  const Exported rest = Export(2);
  ASSERT_TRUE(rest.status.ok());
  EXPECT_EQ(rest.events.front().leaf(), whole.events[2].leaf());
  const std::int64_t size = Opened(rest.checkpoint).size;
  const Exported last = Export(size);
  ASSERT_TRUE(last.status.ok());
  ASSERT_EQ(last.events.size(), 1u) << "its own record alone";
  EXPECT_EQ(last.events.front().index(), size);
  EXPECT_EQ(Export(1'000'000).status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(Export(-1).status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(AuditServiceTest, ShowsATextThatIsNotTheRecordedOneAsAbsentAndGoesOn) {
  for (const char* change : {"texts = x''", "texts = x'00ff'", "texts = randomblob(300)",
                             "texts = CAST(replace(CAST(texts AS TEXT), 'all', 'one') AS BLOB)",
                             "texts = (SELECT texts FROM event WHERE idx = 0)"}) {
    AddEvent();
    v1::ListEventsResponse newest;
    ASSERT_TRUE(List({}, &newest).ok());
    const std::int64_t index = newest.events(0).index();
    ASSERT_NO_FATAL_FAILURE(
        Tamper(std::string("UPDATE event SET ") + change + " WHERE idx = " + std::to_string(index)));
    v1::ListEventsResponse after;
    ASSERT_TRUE(List({}, &after).ok());
    const v1::Event& shown = after.events(1);
    ASSERT_EQ(shown.index(), index) << change;
    EXPECT_EQ(shown.type(), "audit.read");
    bool absent = false;
    for (const v1::EventText& text : shown.texts()) {
      if (text.field() != "query") continue;
      absent = text.absent();
      EXPECT_EQ(text.text(), "") << change;
    }
    EXPECT_TRUE(absent) << change;
    const Exported exported = Export(0);
    EXPECT_TRUE(exported.status.ok()) << exported.status.error_message();
  }
}

TEST_F(AuditServiceTest, SaysWhichEntryIsNotTheRecordedOne) {
  for (int i = 0; i < 3; ++i) AddEvent();
  v1::ListEventsResponse response;
  ASSERT_TRUE(List({}, &response).ok());
  const std::string where = " WHERE idx = " + std::to_string(response.events(1).index());
  const std::string entry = "entry " + std::to_string(response.events(1).index());
  const std::string restore = "UPDATE event SET leaf = (SELECT value FROM vault_kept)" + where;
  const auto expect_said = [&] {
    for (const grpc::Status& status : {List({}, &response), Export(0).status}) {
      EXPECT_EQ(status.error_code(), grpc::StatusCode::DATA_LOSS);
      EXPECT_EQ(ReasonIn(status), "LOG_DAMAGED");
    }
    EXPECT_EQ(List({}, &response).error_message().substr(0, entry.size()), entry);
  };
  ASSERT_NO_FATAL_FAILURE(Tamper("CREATE TEMP TABLE vault_kept AS SELECT leaf AS value FROM event" + where));
  ASSERT_NO_FATAL_FAILURE(Tamper(
      "UPDATE event SET leaf = CAST(replace(CAST(leaf AS TEXT), 'allowed', 'refused') AS BLOB)" + where));
  expect_said();
  ASSERT_NO_FATAL_FAILURE(Tamper(restore));
  ASSERT_TRUE(List({}, &response).ok());
  // A row that is gone is said too, not passed over.
  ASSERT_NO_FATAL_FAILURE(Tamper("DELETE FROM event" + where));
  expect_said();
}

TEST_F(AuditServiceTest, NamesNobodyElseThanTheLeafDoes) {
  v1::CreateHolderRequest make;
  make.set_holder_id("bob");
  make.mutable_holder()->add_roles(v1::ROLE_MEMBER);
  make.set_request_id("r1");
  v1::Holder made;
  grpc::ClientContext context;
  ASSERT_TRUE(v1::HolderService::NewStub(officer().channel)->CreateHolder(&context, make, &made).ok());
  AddEvent();
  ASSERT_NO_FATAL_FAILURE(Tamper("UPDATE event SET actor_id = 2 WHERE idx = (SELECT max(idx) FROM event)"));
  v1::ListEventsResponse response;
  const grpc::Status status = List({}, &response);
  EXPECT_EQ(ReasonIn(status), "LOG_DAMAGED") << status.error_message();
}

TEST_F(AuditServiceTest, EndsStreamsWhenTheServerStops) {
  stopping_ = true;
  const Exported exported = Export(0);
  EXPECT_EQ(exported.status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(exported.checkpoint, "");
}

TEST_F(AuditServiceTest, IsForAuditorsAndSecurityAndRecordsWhoElseTried) {
  v1::CreateHolderRequest make;
  make.set_holder_id("bob");
  make.mutable_holder()->add_roles(v1::ROLE_MEMBER);
  make.set_request_id("r1");
  v1::Holder made;
  grpc::ClientContext context;
  ASSERT_TRUE(v1::HolderService::NewStub(officer().channel)->CreateHolder(&context, make, &made).ok());
  const Device bob = Enroll(made.enrollment());
  auto stub = v1::AuditService::NewStub(bob.channel);
  grpc::ClientContext list_context;
  v1::ListEventsResponse response;
  EXPECT_EQ(stub->ListEvents(&list_context, v1::ListEventsRequest(), &response).error_code(),
            grpc::StatusCode::PERMISSION_DENIED);
  grpc::ClientContext export_context;
  auto stream = stub->ExportEvents(&export_context, v1::ExportEventsRequest());
  v1::ExportEventsResponse message;
  EXPECT_FALSE(stream->Read(&message));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::PERMISSION_DENIED);
  v1::ListEventsRequest denials;
  denials.set_actor("holders/bob");
  denials.set_outcome(v1::OUTCOME_DENIED);
  ASSERT_TRUE(List(denials, &response).ok());
  EXPECT_EQ(response.events_size(), 2);
}

}  // namespace
}  // namespace holdfast::rpc
