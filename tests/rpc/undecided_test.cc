// Every RPC decides through the policy: all methods of all services, called by somebody whom the policy in
// force permits nothing, are denied by it. A method that is not in the table below fails the test.
#include <fmt/format.h>
#include <google/protobuf/descriptor_database.h>
#include <google/protobuf/message.h>
#include <google/protobuf/text_format.h>
#include <grpcpp/generic/generic_stub.h>

#include <filesystem>
#include <future>
#include <map>
#include <set>

#include "tests/rpc/live_vault.h"
#include "vault/storage/event_store.h"

namespace holdfast::rpc {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::Message;
using google::protobuf::MessageFactory;
using google::protobuf::MethodDescriptor;

constexpr char kPackage[] = "holdfast.v1.";

// Under which security can change the policy, and nobody anything else.
constexpr char kNothing[] = R"toml(
format = 1
name = "nothing"
[[rule]]
id = "policy.security"
effect = "permit"
actions = ["policy.stage", "policy.activate", "approval.approve", "vault.confirm-restore"]
when = { role = ["security"] }
why = "so that another policy can follow"
)toml";

enum class Answer {
  kDenied,     // PERMISSION_DENIED by `rule`, recorded
  kEmptyList,  // a list that leaves out what may not be seen; `rule` says why it is not denied
  kUndecided,  // no policy could decide it; `rule` says why
};

struct Ask {
  std::string request;  // in text format; $NAMES are replaced
  std::string rule = "default.deny";
  Answer answer = Answer::kDenied;
};

constexpr char kSealed[] =
    R"({ box: "0123456789012345678901234567890123456789012345678901234567890123456789"
         server_key: "01234567890123456789012345678901" })";

const std::map<std::string, Ask>& Table() {
  const std::string sealed = kSealed;
  static const std::map<std::string, Ask> table = {
      {"AccessService/CreateGrant",
       {R"(grant { account: "accounts/news" holder: "holders/leo" } request_id: "w" reason: "x")"}},
      {"AccessService/RevokeGrant", {R"(name: "accounts/news/grants/leo" request_id: "w" reason: "x")"}},
      {"AccessService/ListGrants", {R"(account: "accounts/news")"}},
      {"AccountService/CreateAccount",
       {R"(account_id: "fresh" account { platform: "x" owner: "holders/mia" } request_id: "w" reason: "x")"}},
      {"AccountService/GetAccount", {R"(name: "accounts/news")"}},
      {"AccountService/ListAccounts", {"", "each account is decided by itself", Answer::kEmptyList}},
      {"AccountService/UpdateAccount",
       {R"(account { name: "accounts/news" purpose: "x" } update_mask { paths: "purpose" } request_id: "w"
           reason: "x")"}},
      {"AccountService/ReviewAccount", {R"(name: "accounts/news" request_id: "w" reason: "x")"}},
      {"AccountService/RenameAccount",
       {R"(name: "accounts/news" account_id: "fresh" request_id: "w" reason: "x")"}},
      {"AccountService/ArchiveAccount", {R"(name: "accounts/news" request_id: "w" reason: "x")"}},
      {"AccountService/UnarchiveAccount", {R"(name: "accounts/news" request_id: "w" reason: "x")"}},
      {"AccountService/LinkAccount",
       {R"(name: "accounts/news" link { kind: LINK_KIND_RECOVERY_PHONE outside: "+44" } request_id: "w" reason: "x")"}},
      {"AccountService/UnlinkAccount",
       {R"(name: "accounts/news" link { kind: LINK_KIND_RECOVERY_PHONE outside: "+44" } request_id: "w" reason: "x")"}},
      {"ApprovalService/GetApproval", {R"(name: "$APPROVAL")"}},
      {"ApprovalService/ListApprovals", {""}},
      {"ApprovalService/ApproveApproval", {R"(name: "$APPROVAL" request_id: "w" reason: "x")"}},
      {"ApprovalService/RejectApproval", {R"(name: "$APPROVAL" request_id: "w" reason: "x")"}},
      {"ApprovalService/WithdrawApproval", {R"(name: "$APPROVAL" request_id: "w" reason: "x")"}},
      {"AuditService/GetCheckpoint", {""}},
      {"AuditService/ListEvents", {""}},
      {"AuditService/ExportEvents", {""}},
      {"BreakGlassService/RequestBreakGlass",
       {R"(secret: "accounts/news/secrets/password" request_id: "w" reason: "x")"}},
      {"BreakGlassService/GetBreakGlass", {R"(name: "$GLASS")"}},
      {"BreakGlassService/ListBreakGlass", {"", "each is decided by itself", Answer::kEmptyList}},
      {"BreakGlassService/VetoBreakGlass", {R"(name: "$GLASS" request_id: "w" reason: "x")"}},
      {"BreakGlassService/RevealBreakGlass", {R"(name: "$GLASS" request_id: "w")"}},
      {"BreakGlassService/ReviewBreakGlass", {R"(name: "$GLASS" request_id: "w" reason: "x")"}},
      {"EnrollmentService/Enroll",
       {R"(csr: "$CSR" box_key: "01234567890123456789012345678901")",
        "a device that enrolls has no key yet, so nobody is known: its enrollment string decides",
        Answer::kUndecided}},
      {"ExposureService/ListExposures", {R"(account: "accounts/news")"}},
      {"ExposureService/ListReach", {R"(holder: "holders/leo")"}},
      {"FindingService/ListFindings", {"", "each finding is decided by itself", Answer::kEmptyList}},
      {"HandoverService/StartHandover", {R"(leaver: "holders/leo" request_id: "w" reason: "x")"}},
      {"HandoverService/ChangeHandover",
       {R"(name: "$HANDOVER" to: "holders/mia" request_id: "w" reason: "x")"}},
      {"HandoverService/CutHandover", {R"(name: "$HANDOVER" request_id: "w")"}},
      {"HandoverService/CancelHandover", {R"(name: "$HANDOVER" request_id: "w" reason: "x")"}},
      {"HandoverService/GetHandover", {R"(name: "$HANDOVER")"}},
      {"HandoverService/ListHandovers", {""}},
      {"HandoverService/ListHandoverTasks", {R"(parent: "$HANDOVER")"}},
      {"HandoverService/CloseHandover", {R"(name: "$HANDOVER" request_id: "w")"}},
      {"HolderService/CreateHolder",
       {R"(holder_id: "new" holder { roles: ROLE_MEMBER } request_id: "w" reason: "x")"}},
      {"HolderService/GetHolder", {R"(name: "holders/leo")"}},
      {"HolderService/ListHolders", {""}},
      {"HolderService/UpdateHolder",
       {R"(holder { name: "holders/leo" display_name: "x" } update_mask { paths: "display_name" }
           request_id: "w" reason: "x")"}},
      {"HolderService/IssueEnrollment", {R"(name: "holders/leo" request_id: "w" reason: "x")"}},
      {"HolderService/ConfirmKey",
       {R"(name: "holders/leo" fingerprint: "$FINGERPRINT" request_id: "w" reason: "x")"}},
      {"HolderService/RevokeKey",
       {R"(name: "holders/leo" fingerprint: "$FINGERPRINT" request_id: "w" reason: "x")"}},
      {"HolderService/RenewKey", {R"(csr: "$CSR" request_id: "w")"}},
      {"HolderService/SuspendHolder", {R"(name: "holders/leo" request_id: "w" reason: "x")"}},
      {"HolderService/ResumeHolder", {R"(name: "holders/leo" request_id: "w" reason: "x")"}},
      {"HolderService/ConfirmSuspension", {R"(name: "holders/leo" request_id: "w" reason: "x")"}},
      {"ImportService/ImportItem",
       {R"(run_id: "r" source { system: "bitwarden" title: "x" } account_id: "fresh" platform: "x" request_id: "w"
           components { secret: "password" kind: "password" values )" +
        sealed + " }"}},
      {"PolicyService/GetPolicy", {R"(name: "policies/active")"}},
      {"PolicyService/ListPolicies", {""}},
      {"PolicyService/StagePolicy",
       {R"(source: "format = 1" request_id: "w" reason: "x")", "floor.policy-by-security"}},
      {"PolicyService/ActivatePolicy",
       {R"(name: "policies/1" request_id: "w" reason: "x")", "floor.policy-by-security"}},
      {"PolicyService/ExplainDecision", {R"(holder: "holders/mia" action: "secret.reveal")"}},
      {"SecretService/AddSecretVersion",
       {R"(parent: "accounts/news/secrets/password" request_id: "w" reason: "x" value )" + sealed}},
      {"SecretService/RevealSecretVersion",
       {R"(name: "accounts/news/secrets/password" request_id: "w" reason: "x")"}},
      {"SecretService/GenerateSecretCode",
       {R"(name: "accounts/news/secrets/password" request_id: "w" reason: "x")"}},
      {"SecretService/ListSecrets", {R"(parent: "accounts/news")"}},
      {"SecretService/ListSecretVersions", {R"(parent: "accounts/news/secrets/password")"}},
      {"SecretService/AttestSecret",
       {R"(name: "accounts/news/secrets/password/versions/1" evidence: "x" request_id: "w" current: true)"}},
      {"SecretService/DestroySecretVersion",
       {R"(name: "accounts/news/secrets/password/versions/1" request_id: "w" reason: "x")"}},
      {"SecretService/RemoveSecret",
       {R"(name: "accounts/news/secrets/password" request_id: "w" reason: "x")"}},
      {"ExposureService/AddExposure",
       {R"(holder: "holders/leo" version: "accounts/news/secrets/password" request_id: "w" reason: "x")"}},
      {"HandoverService/SettleHandoverTask",
       {R"(name: "handovers/1/tasks/1" outcome: TASK_OUTCOME_CLOSED evidence: "x" request_id: "w")"}},
      {"VaultService/ConfirmRestore", {R"(request_id: "w" reason: "x")", "floor.restore-by-security"}},
      {"VaultService/GetVault", {""}},
      {"VaultService/SetCustodian", {R"(holder: "holders/leo" request_id: "w" reason: "x")"}},
  };
  return table;
}

// "HolderService/GetHolder" of all services of the package, whether the vault offers them or not.
std::map<std::string, const MethodDescriptor*> AllMethods() {
  std::vector<std::string> files;
  EXPECT_TRUE(DescriptorPool::internal_generated_database()->FindAllFileNames(&files));
  std::map<std::string, const MethodDescriptor*> methods;
  for (const std::string& name : files) {
    const auto* file = DescriptorPool::generated_pool()->FindFileByName(name);
    if (file == nullptr || file->package() != "holdfast.v1") continue;
    for (int i = 0; i < file->service_count(); ++i) {
      for (int j = 0; j < file->service(i)->method_count(); ++j) {
        const MethodDescriptor* method = file->service(i)->method(j);
        methods[file->service(i)->name() + "/" + method->name()] = method;
      }
    }
  }
  return methods;
}

std::unique_ptr<Message> NewMessage(const google::protobuf::Descriptor* type) {
  return std::unique_ptr<Message>(MessageFactory::generated_factory()->GetPrototype(type)->New());
}

std::string TextIn(const Message& message, const char* field) {
  return message.GetReflection()->GetString(message, message.GetDescriptor()->FindFieldByName(field));
}

// Bytes for text format.
std::string Escaped(std::string_view bytes) {
  std::string escaped;
  for (const char c : bytes) escaped += fmt::format("\\{:03o}", static_cast<unsigned char>(c));
  return escaped;
}

// A detail of a refusal, "" when there is none.
std::string DetailIn(const grpc::Status& status, const std::string& key) {
  v1::ErrorStatus details;
  v1::ErrorInfo info;
  if (!details.ParseFromString(status.error_details())) return "";
  for (const google::protobuf::Any& any : details.details()) {
    if (!any.type_url().ends_with("ErrorInfo") || !info.ParseFromString(any.value())) continue;
    if (const auto found = info.metadata().find(key); found != info.metadata().end()) return found->second;
  }
  return "";
}

class UndecidedTest : public LiveVault {
 protected:
  struct Reply {
    grpc::Status status;
    std::unique_ptr<Message> response;  // the first, of a stream
  };

  // One call of any method, of one answer or many.
  Reply Call(const std::shared_ptr<grpc::Channel>& channel, const std::string& name, std::string text) {
    const MethodDescriptor* method = AllMethods().at(name);
    for (const auto& [placeholder, value] : names_) {
      const std::size_t at = text.find(placeholder);
      if (at != text.npos) text.replace(at, placeholder.size(), value);
    }
    const auto request = NewMessage(method->input_type());
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, request.get())) << name << ": " << text;
    Reply reply{{}, NewMessage(method->output_type())};
    const grpc::Slice sent(request->SerializeAsString());
    grpc::ByteBuffer out(&sent, 1);
    grpc::ByteBuffer in;
    grpc::ClientContext context;
    grpc::CompletionQueue queue;
    grpc::GenericStub stub(channel);
    const auto call = stub.PrepareCall(&context, "/" + std::string(kPackage) + name, &queue);
    const auto wait = [&queue] {
      void* tag = nullptr;
      bool ok = false;
      return queue.Next(&tag, &ok) && ok;
    };
    call->StartCall(nullptr);
    wait();
    call->WriteLast(out, {}, nullptr);
    wait();
    call->Read(&in, nullptr);
    if (wait()) {
      grpc::Slice received;
      EXPECT_TRUE(in.DumpToSingleSlice(&received).ok());
      EXPECT_TRUE(reply.response->ParseFromArray(received.begin(), static_cast<int>(received.size())));
    }
    call->Finish(&reply.status, nullptr);
    wait();
    return reply;
  }
  // One that must work.
  std::unique_ptr<Message> Ok(const Device& device, const std::string& name, const std::string& text) {
    Reply reply = Call(device.channel, name, text);
    EXPECT_TRUE(reply.status.ok()) << name << ": " << reply.status.error_message();
    return std::move(reply.response);
  }

  Device Join(const std::string& id, const std::string& role, const Device& confirmer) {
    const auto holder =
        Ok(officer(), "HolderService/CreateHolder",
           "holder_id: \"" + id + "\" holder { roles: " + role + " } request_id: \"join-" + id + "\"");
    Device device = Enroll(TextIn(*holder, "enrollment"));
    Ok(confirmer, "HolderService/ConfirmKey",
       "name: \"holders/" + id + "\" fingerprint: \"" + device.enrolled.fingerprint() +
           "\" request_id: \"confirm-" + id + "\"");
    return device;
  }

  void PutPassword() {
    const auto vault = Ok(officer(), "VaultService/GetVault", "");
    crypto::BoxPublicKey server{};
    const std::string key = TextIn(*vault, "box_key");
    std::ranges::copy(AsBytes(key), server.begin());
    const auto box = crypto::SealBox({.purpose = "put",
                                      .request_id = "put",
                                      .account = "news",
                                      .secret = "password",
                                      .recipient = TextIn(*vault, "vault_id")},
                                     WallNow() + kMinute, AsBytes("correct horse"), server, officer().box);
    names_["$BOX"] = Escaped(AsChars(*box));
    Ok(officer(), "SecretService/AddSecretVersion",
       R"(parent: "accounts/news/secrets/password" request_id: "put" value { box: "$BOX" server_key: ")" +
           Escaped(key) + "\" }");
  }

  // Something of every kind to ask for, and then the policy that permits nothing.
  void Furnish() {
    otto_ = Join("otto", "ROLE_SECURITY", officer());
    mia_ = Join("mia", "ROLE_MEMBER", otto_);
    names_["$CSR"] = Escaped(*pki::MakeCsr(*pki::GenerateP256Key()));
    names_["$FINGERPRINT"] = Join("leo", "ROLE_MEMBER", otto_).enrolled.fingerprint();
    Join("lea", "ROLE_MEMBER", otto_);
    Ok(officer(), "AccountService/CreateAccount",
       R"(account_id: "news" account { platform: "x" owner: "holders/ana" tier: 3 } request_id: "news")");
    PutPassword();
    Ok(officer(), "AccessService/CreateGrant",
       R"(grant { account: "accounts/news" holder: "holders/leo" } request_id: "grant" reason: "x")");
    names_["$GLASS"] =
        TextIn(*Ok(otto_, "BreakGlassService/RequestBreakGlass",
                   R"(secret: "accounts/news/secrets/password" request_id: "glass" reason: "x")"),
               "name");
    names_["$HANDOVER"] = TextIn(*Ok(officer(), "HandoverService/StartHandover",
                                     R"(leaver: "holders/lea" request_id: "go" reason: "x")"),
                                 "name");
    PermitNothing();
  }

  void PermitNothing() {
    const auto staged = Ok(officer(), "PolicyService/StagePolicy",
                           "source: \"" + Escaped(kNothing) + "\" request_id: \"stage\"");
    const std::string activate =
        "name: \"" + TextIn(*staged, "name") + "\" request_id: \"activate\" reason: \"for the test\"";
    const Reply asked = Call(officer().channel, "PolicyService/ActivatePolicy", activate);
    names_["$APPROVAL"] = DetailIn(asked.status, "approval");
    Ok(otto_, "ApprovalService/ApproveApproval", R"(name: "$APPROVAL" request_id: "yes" reason: "x")");
    Ok(officer(), "PolicyService/ActivatePolicy", activate);
  }

  // How many refusals stand in the log.
  std::size_t Denials() {
    std::size_t denials = 0;
    std::promise<absl::Status> done;
    core().ledger.Read(
        [&](custody::ReadTx& tx) -> absl::Status {
          HF_ASSIGN_OR_RETURN(const auto events,
                              storage::EventStore(tx.db()).List({.outcome = storage::EventOutcome::kDenied},
                                                                {.first = 0, .last = 10'000}, 10'000));
          denials = events.size();
          return absl::OkStatus();
        },
        nullptr, [&](const absl::Status& status) { done.set_value(status); });
    EXPECT_TRUE(done.get_future().get().ok());
    return denials;
  }

  Device otto_;
  Device mia_;
  std::map<std::string, std::string> names_;
};

TEST_F(UndecidedTest, TheTableHoldsEveryMethodOfEveryServiceAndNoOther) {
  const auto methods = AllMethods();
  EXPECT_GT(methods.size(), 50U);
  for (const auto& [name, method] : methods)
    EXPECT_TRUE(Table().contains(name)) << name << " is not in the table";
  for (const auto& [name, ask] : Table()) EXPECT_TRUE(methods.contains(name)) << name << " is no method";
  // What is written in proto/ is what is looked at.
  std::set<std::string> files;
  for (const auto& [name, method] : methods) files.insert(method->file()->name());
  for (const auto& entry : std::filesystem::directory_iterator(HF_SOURCE_DIR "/proto/holdfast/v1")) {
    const std::string file = "holdfast/v1/" + entry.path().filename().string();
    if (!file.ends_with("_service.proto")) continue;
    EXPECT_TRUE(files.contains(file)) << file;
  }
}

TEST_F(UndecidedTest, WhomThePolicyPermitsNothingIsDeniedEverythingByIt) {
  Furnish();
  for (const auto& [name, ask] : Table()) {
    const std::size_t denials = Denials();
    const Reply reply = Call(mia_.channel, name, ask.request);
    switch (ask.answer) {
      case Answer::kDenied:
        EXPECT_EQ(reply.status.error_code(), grpc::StatusCode::PERMISSION_DENIED)
            << name << ": " << reply.status.error_message();
        EXPECT_EQ(DetailIn(reply.status, "rule"), ask.rule) << name << ": " << reply.status.error_message();
        EXPECT_EQ(Denials(), denials + 1) << name << ": a refusal is recorded";
        break;
      case Answer::kEmptyList:
        // It decided: a call that goes well without having asked the policy fails.
        EXPECT_TRUE(reply.status.ok()) << name << ": " << reply.status.error_message();
        break;
      case Answer::kUndecided:
        EXPECT_EQ(ReasonIn(reply.status), "ENROLLED_ALREADY") << name << ": " << reply.status.error_message();
        break;
    }
    EXPECT_EQ(reply.response->ByteSizeLong(), 0U) << name << ": " << ask.rule;
  }
}

TEST_F(UndecidedTest, AConnectionMadeWithAnEnrollmentStringMayEnrollAndNothingElse) {
  const auto zoe = Ok(officer(), "HolderService/CreateHolder",
                      R"(holder_id: "zoe" holder { roles: ROLE_SECURITY } request_id: "zoe" reason: "x")");
  const auto channel = ConnectWith(TextIn(*zoe, "enrollment"));
  Furnish();
  for (const auto& [name, ask] : Table()) {
    if (name == "EnrollmentService/Enroll") continue;
    const Reply reply = Call(channel, name, ask.request);
    EXPECT_EQ(reply.status.error_code(), grpc::StatusCode::UNAUTHENTICATED) << name;
    EXPECT_EQ(ReasonIn(reply.status), "KEY_UNKNOWN") << name << ": " << reply.status.error_message();
    EXPECT_EQ(reply.response->ByteSizeLong(), 0U) << name;
  }
  v1::EnrollRequest request;
  request.set_csr(*pki::MakeCsr(*pki::GenerateP256Key()));
  request.set_box_key(std::string(AsChars(crypto::BoxKeyPair::Generate().public_key())));
  v1::EnrollResponse response;
  EXPECT_TRUE(TryEnroll(channel, request, &response).ok());
}

}  // namespace
}  // namespace holdfast::rpc
