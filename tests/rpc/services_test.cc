#include "vault/rpc/services.h"

#include <chrono>

#include "holdfast/v1/access_service.grpc.pb.h"
#include "holdfast/v1/account_service.grpc.pb.h"
#include "holdfast/v1/audit_service.grpc.pb.h"
#include "holdfast/v1/exposure_service.grpc.pb.h"
#include "holdfast/v1/handover_service.grpc.pb.h"
#include "holdfast/v1/holder_service.grpc.pb.h"
#include "holdfast/v1/import_service.grpc.pb.h"
#include "holdfast/v1/policy_service.grpc.pb.h"
#include "holdfast/v1/secret_service.grpc.pb.h"
#include "holdfast/v1/vault_service.grpc.pb.h"
#include "tests/rpc/live_vault.h"

namespace holdfast::rpc {
namespace {

// One unary call.
template <class Stub, class Request, class Response>
grpc::Status Call(Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                  const Request& request, Response* response) {
  grpc::ClientContext context;
  return (stub.*method)(&context, request, response);
}

class ServicesTest : public LiveVault {
 protected:
  v1::Holder MakeHolder(const std::string& id, const std::string& request_id, bool validate_only = false) {
    v1::CreateHolderRequest request;
    request.set_holder_id(id);
    request.mutable_holder()->add_roles(v1::ROLE_MEMBER);
    request.set_request_id(request_id);
    request.set_validate_only(validate_only);
    v1::Holder holder;
    auto stub = v1::HolderService::NewStub(officer().channel);
    const grpc::Status status = Call(*stub, &v1::HolderService::Stub::CreateHolder, request, &holder);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return holder;
  }
  v1::Vault Vault(const Device& device) {
    v1::Vault vault;
    auto stub = v1::VaultService::NewStub(device.channel);
    const grpc::Status status = Call(*stub, &v1::VaultService::Stub::GetVault, v1::GetVaultRequest(), &vault);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return vault;
  }
  // An honest device's request.
  static v1::EnrollRequest NewDevice() {
    v1::EnrollRequest request;
    request.set_csr(*pki::MakeCsr(*pki::GenerateP256Key()));
    request.set_box_key(std::string(AsChars(crypto::BoxKeyPair::Generate().public_key())));
    return request;
  }
  // For the officer, from a CA of somebody's own that names the same vault.
  static std::string OwnCertificate(const SecretBytes& key, const std::string& vault_id) {
    const SecretBytes ca_key = pki::GenerateP256Key().value();
    const std::string ca = pki::MakeCaCertificate(ca_key, vault_id, WallNow()).value();
    return pki::IssueHolderCertificate(ca_key, ca, *pki::MakeCsr(key), vault_id, "ana", WallNow(), kDay)->pem;
  }
  // The device's certificate on a new connection.
  std::shared_ptr<grpc::Channel> Again(const Device& device) {
    return Connect(device.enrolled.certificate(), device.key);
  }
  void MakeAccount(const std::string& id) {
    v1::CreateAccountRequest request;
    request.set_account_id(id);
    request.mutable_account()->set_platform("x");
    request.mutable_account()->set_owner("holders/ana");
    request.set_request_id("make-" + id);
    v1::Account account;
    auto stub = v1::AccountService::NewStub(officer().channel);
    const grpc::Status status = Call(*stub, &v1::AccountService::Stub::CreateAccount, request, &account);
    EXPECT_TRUE(status.ok()) << status.error_message();
  }
  grpc::Status Put(const std::string& value, v1::SecretVersion* version) {
    const v1::Vault vault = Vault(officer());
    crypto::BoxPublicKey server{};
    std::ranges::copy(AsBytes(vault.box_key()), server.begin());
    const auto box = crypto::SealBox({.purpose = "put",
                                      .request_id = "put-1",
                                      .account = "news",
                                      .secret = "password",
                                      .version = 0,
                                      .recipient = vault.vault_id()},
                                     WallNow() + kMinute, AsBytes(value), server, officer().box);
    v1::AddSecretVersionRequest request;
    request.set_parent("accounts/news/secrets/password");
    request.set_request_id("put-1");
    request.mutable_value()->set_box(std::string(AsChars(*box)));
    request.mutable_value()->set_server_key(vault.box_key());
    auto stub = v1::SecretService::NewStub(officer().channel);
    return Call(*stub, &v1::SecretService::Stub::AddSecretVersion, request, version);
  }
  grpc::Status Reveal(const Device& device, v1::RevealSecretVersionResponse* response) {
    v1::RevealSecretVersionRequest request;
    request.set_name("accounts/news/secrets/password");
    request.set_request_id("reveal-1");
    request.set_reason("to sign in");
    auto stub = v1::SecretService::NewStub(device.channel);
    return Call(*stub, &v1::SecretService::Stub::RevealSecretVersion, request, response);
  }
};

// Whatever the method and the request: nothing is looked at before the certificate.
template <class Service, class Request, class Response>
void ExpectNoEntry(const std::shared_ptr<grpc::Channel>& channel,
                   grpc::Status (Service::Stub::*method)(grpc::ClientContext*, const Request&, Response*)) {
  auto stub = Service::NewStub(channel);
  Response response;
  const grpc::Status status = Call(*stub, method, Request(), &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAUTHENTICATED) << Request::descriptor()->name();
  EXPECT_EQ(ReasonIn(status), "NO_CERTIFICATE") << Request::descriptor()->name();
}

TEST_F(ServicesTest, LetNobodyInWithoutACertificate) {
  const auto channel = anonymous();
  ExpectNoEntry<v1::AccessService>(channel, &v1::AccessService::Stub::CreateGrant);
  ExpectNoEntry<v1::AccessService>(channel, &v1::AccessService::Stub::ListGrants);
  ExpectNoEntry<v1::AccountService>(channel, &v1::AccountService::Stub::GetAccount);
  ExpectNoEntry<v1::AuditService>(channel, &v1::AuditService::Stub::GetCheckpoint);
  ExpectNoEntry<v1::AuditService>(channel, &v1::AuditService::Stub::ListEvents);
  ExpectNoEntry<v1::ExposureService>(channel, &v1::ExposureService::Stub::ListExposures);
  ExpectNoEntry<v1::HandoverService>(channel, &v1::HandoverService::Stub::StartHandover);
  ExpectNoEntry<v1::HolderService>(channel, &v1::HolderService::Stub::CreateHolder);
  ExpectNoEntry<v1::ImportService>(channel, &v1::ImportService::Stub::ImportItem);
  ExpectNoEntry<v1::PolicyService>(channel, &v1::PolicyService::Stub::GetPolicy);
  ExpectNoEntry<v1::PolicyService>(channel, &v1::PolicyService::Stub::StagePolicy);
  ExpectNoEntry<v1::SecretService>(channel, &v1::SecretService::Stub::RevealSecretVersion);
  ExpectNoEntry<v1::VaultService>(channel, &v1::VaultService::Stub::GetVault);
  grpc::ClientContext context;
  auto stub = v1::AuditService::NewStub(channel);
  auto stream = stub->ExportEvents(&context, v1::ExportEventsRequest());
  v1::ExportEventsResponse response;
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNAUTHENTICATED);
}

TEST_F(ServicesTest, TellACallerWhoTheyAreAndWhichVaultItIs) {
  const v1::Vault vault = Vault(officer());
  EXPECT_EQ(vault.caller().name(), "holders/ana");
  EXPECT_EQ(vault.custodian(), "holders/ana");
  EXPECT_EQ(vault.vault_id(), officer().enrolled.vault_id());
  EXPECT_EQ(vault.caller_fingerprint(), officer().enrolled.fingerprint());
  EXPECT_EQ(vault.server_version(), "1.2.3");
  crypto::PublicKey signer{};
  std::ranges::copy(AsBytes(officer().enrolled.box_signing_key()), signer.begin());
  crypto::BoxPublicKey box{};
  ASSERT_EQ(vault.box_key().size(), box.size());
  std::ranges::copy(AsBytes(vault.box_key()), box.begin());
  EXPECT_TRUE(
      crypto::VerifyBoxKey(signer, *HexDecode(vault.vault_id()), box, AsBytes(vault.box_key_signature())));
}

TEST_F(ServicesTest, CloseTheDoorToAStringThatNobodyMade) {
  v1::EnrollResponse response;
  // A string of the right form that nobody made, and a certificate that names a holder but that the vault did not
  // issue: closed in the handshake, before any request is read.
  const SecretBytes key = pki::GenerateP256Key().value();
  for (const std::string& certificate :
       {*pki::MakeEnrollmentCertificate(key, WallNow()), OwnCertificate(key, officer().enrolled.vault_id())}) {
    const grpc::Status status = TryEnroll(Connect(certificate, key), NewDevice(), &response);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
    EXPECT_EQ(status.error_details(), "");
  }
  EXPECT_EQ(ReasonIn(TryEnroll(anonymous(), NewDevice(), &response)), "NO_CERTIFICATE");
}

TEST_F(ServicesTest, RefuseToEnrollWithADevicesOwnCertificate) {
  v1::EnrollResponse response;
  EXPECT_EQ(ReasonIn(TryEnroll(officer().channel, NewDevice(), &response)), "ENROLLED_ALREADY");
}

TEST_F(ServicesTest, RefuseKeysThatADeviceMustNotHave) {
  const std::string string = MakeHolder("bob", "r1").enrollment();
  const auto channel = ConnectWith(string);
  v1::EnrollResponse response;
  const auto refused = [&](const v1::EnrollRequest& request) {
    const grpc::Status status = TryEnroll(channel, request, &response);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    return status.error_message();
  };
  v1::EnrollRequest request = NewDevice();
  const std::string good = request.box_key();
  request.set_box_key(std::string(32, '\0'));
  EXPECT_EQ(refused(request), "box_key: is a key of low order, which hides nothing");
  request.set_box_key('\x01' + std::string(31, '\0'));
  EXPECT_EQ(refused(request), "box_key: is a key of low order, which hides nothing");
  std::string respelled(AsChars(officer().box.public_key()));
  request.set_box_key(respelled);
  EXPECT_EQ(refused(request), "box_key: is that of a device which was enrolled before");
  respelled[31] = static_cast<char>(respelled[31] ^ 0x80);  // the same key to X25519
  request.set_box_key(respelled);
  EXPECT_EQ(refused(request), "box_key: is not an X25519 public key in its one spelling");
  request.set_box_key(std::string("\xee") + std::string(30, '\xff') + '\x7f');  // 1, plus the prime
  EXPECT_EQ(refused(request), "box_key: is not an X25519 public key in its one spelling");
  request.set_box_key(good.substr(1));
  EXPECT_EQ(refused(request), "box_key: must be 32 bytes");
  request.set_box_key(good);
  request.set_csr(*pki::MakeCsr(pki::ParseEnrollmentString(string)->key));
  EXPECT_EQ(refused(request), "csr: must be for a key that the device made, not for that of the string");
  EXPECT_TRUE(TryEnroll(channel, NewDevice(), &response).ok()) << "nothing of this used the string up";
}

TEST_F(ServicesTest, LetARevokedDeviceInAtNoHandshakeAndTellASuspendedHolderWhy) {
  const Device bob = Enroll(MakeHolder("bob", "r1").enrollment());
  const Device carol = Enroll(MakeHolder("carol", "r2").enrollment());
  EXPECT_EQ(Vault(bob).caller().name(), "holders/bob");
  EXPECT_EQ(Vault(carol).caller().name(), "holders/carol");
  v1::RevokeKeyRequest revoke;
  revoke.set_name("holders/bob");
  revoke.set_fingerprint(bob.enrolled.fingerprint());
  revoke.set_request_id("revoke");
  revoke.set_reason("lost");
  v1::SuspendHolderRequest suspend;
  suspend.set_name("holders/carol");
  suspend.set_request_id("suspend");
  suspend.set_reason("away");
  v1::Holder holder;
  auto holders = v1::HolderService::NewStub(officer().channel);
  ASSERT_TRUE(Call(*holders, &v1::HolderService::Stub::RevokeKey, revoke, &holder).ok());
  ASSERT_TRUE(Call(*holders, &v1::HolderService::Stub::SuspendHolder, suspend, &holder).ok());
  const auto ask = [](const std::shared_ptr<grpc::Channel>& channel) {
    v1::Vault vault;
    auto stub = v1::VaultService::NewStub(channel);
    return Call(*stub, &v1::VaultService::Stub::GetVault, v1::GetVaultRequest(), &vault);
  };
  EXPECT_EQ(ReasonIn(ask(bob.channel)), "KEY_REVOKED") << "a connection made before does nothing any more";
  EXPECT_EQ(ask(Again(bob)).error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(ReasonIn(ask(carol.channel)), "HOLDER_INACTIVE");
  EXPECT_EQ(ReasonIn(ask(Again(carol))), "HOLDER_INACTIVE");
}

TEST_F(ServicesTest, AdmitAStringTheMomentItIsMade) {
  for (int i = 0; i < 20; ++i) {
    const std::string id = "h" + std::to_string(i);
    EXPECT_TRUE(Enroll(MakeHolder(id, id).enrollment()).enrolled.certificate().starts_with("-----BEGIN"));
  }
}

TEST_F(ServicesTest, GiveAnEnrollmentStringOnceAndNotOnARepeat) {
  const v1::Holder made = MakeHolder("bob", "r1");
  const Device bob = Enroll(made.enrollment());
  EXPECT_EQ(Vault(bob).caller().name(), "holders/bob");
  EXPECT_FALSE(bob.enrolled.confirmed());
  const v1::Holder again = MakeHolder("bob", "r1");
  EXPECT_EQ(again.name(), "holders/bob");
  EXPECT_EQ(again.enrollment(), "");
  EXPECT_EQ(again.keys_size(), 1);
}

TEST_F(ServicesTest, DecideAndChangeNothingWhenOnlyAskedToValidate) {
  const v1::Holder planned = MakeHolder("bob", "r1", /*validate_only=*/true);
  EXPECT_EQ(planned.name(), "holders/bob");
  EXPECT_EQ(planned.enrollment(), "");
  v1::GetHolderRequest request;
  request.set_name("holders/bob");
  v1::Holder holder;
  auto stub = v1::HolderService::NewStub(officer().channel);
  EXPECT_EQ(Call(*stub, &v1::HolderService::Stub::GetHolder, request, &holder).error_code(),
            grpc::StatusCode::NOT_FOUND);
  EXPECT_NE(MakeHolder("bob", "r1").enrollment(), "") << "a plan uses up no request id";
}

TEST_F(ServicesTest, RefuseAnotherRequestUnderAUsedRequestId) {
  MakeHolder("bob", "r1");
  v1::CreateHolderRequest request;
  request.set_holder_id("carol");
  request.mutable_holder()->add_roles(v1::ROLE_MEMBER);
  request.set_request_id("r1");
  v1::Holder holder;
  auto stub = v1::HolderService::NewStub(officer().channel);
  const grpc::Status status = Call(*stub, &v1::HolderService::Stub::CreateHolder, request, &holder);
  EXPECT_EQ(ReasonIn(status), "REQUEST_ID_REUSED");
}

TEST_F(ServicesTest, PageThroughAListWithoutLossOrRepeat) {
  for (int i = 0; i < 4; ++i) MakeHolder("h" + std::to_string(i), "r" + std::to_string(i));
  auto stub = v1::HolderService::NewStub(officer().channel);
  v1::ListHoldersRequest request;
  request.set_page_size(2);
  std::vector<std::string> names;
  do {
    v1::ListHoldersResponse response;
    ASSERT_TRUE(Call(*stub, &v1::HolderService::Stub::ListHolders, request, &response).ok());
    for (const v1::Holder& holder : response.holders()) names.push_back(holder.name());
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(names, (std::vector<std::string>{"holders/ana", "holders/h0", "holders/h1", "holders/h2",
                                             "holders/h3"}));
}

TEST_F(ServicesTest, RevealAValueToTheCallingDeviceAlone) {
  MakeAccount("news");
  v1::SecretVersion version;
  const grpc::Status put = Put("correct horse", &version);
  ASSERT_TRUE(put.ok()) << put.error_message();
  EXPECT_EQ(version.name(), "accounts/news/secrets/password/versions/1");
  v1::RevealSecretVersionResponse revealed;
  const grpc::Status status = Reveal(officer(), &revealed);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(revealed.value().box().find("correct horse"), std::string::npos);
  crypto::BoxPublicKey server{};
  std::ranges::copy(AsBytes(revealed.value().server_key()), server.begin());
  const crypto::BoxHeader header{.purpose = "reveal",
                                 .request_id = "reveal-1",
                                 .account = "news",
                                 .secret = "password",
                                 .version = 1,
                                 .recipient = "ana"};
  const auto box = AsBytes(revealed.value().box());
  const auto opened = crypto::OpenBox(header, WallNow(), box, server, officer().box);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(AsChars(opened->ExposeSecret()), "correct horse");
  EXPECT_FALSE(crypto::OpenBox(header, WallNow(), box, server, crypto::BoxKeyPair::Generate()).ok());
}

TEST_F(ServicesTest, SendNothingOfAValueToWhoeverIsDenied) {
  MakeAccount("news");
  v1::SecretVersion version;
  ASSERT_TRUE(Put("correct horse", &version).ok());
  const Device bob = Enroll(MakeHolder("bob", "r1").enrollment());
  v1::RevealSecretVersionResponse revealed;
  const grpc::Status status = Reveal(bob, &revealed);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(ReasonIn(status), "DENIED");
  EXPECT_EQ(revealed.ByteSizeLong(), 0u);
}

TEST_F(ServicesTest, SurviveCallersWhoGiveUpAtAnyMoment) {
  auto holders = v1::HolderService::NewStub(officer().channel);
  auto vaults = v1::VaultService::NewStub(officer().channel);
  for (int i = 0; i < 60; ++i) {
    const auto deadline = std::chrono::system_clock::now() + std::chrono::microseconds(100 * i);
    grpc::ClientContext read_context;
    read_context.set_deadline(deadline);
    v1::Vault vault;
    const auto read = vaults->GetVault(&read_context, v1::GetVaultRequest(), &vault).error_code();
    EXPECT_TRUE(read == grpc::StatusCode::OK || read == grpc::StatusCode::DEADLINE_EXCEEDED) << read;
    grpc::ClientContext write_context;
    write_context.set_deadline(deadline);
    v1::CreateHolderRequest request;
    request.set_holder_id("h" + std::to_string(i));
    request.mutable_holder()->add_roles(v1::ROLE_MEMBER);
    request.set_request_id("r" + std::to_string(i));
    v1::Holder holder;
    const auto write = holders->CreateHolder(&write_context, request, &holder).error_code();
    EXPECT_TRUE(write == grpc::StatusCode::OK || write == grpc::StatusCode::DEADLINE_EXCEEDED) << write;
  }
  // Done or not done, whoever asks again under the same id gets what they asked for.
  for (int i = 0; i < 60; ++i)
    EXPECT_EQ(MakeHolder("h" + std::to_string(i), "r" + std::to_string(i)).name(),
              "holders/h" + std::to_string(i));
}

TEST_F(ServicesTest, AnswerAboutAHiddenAccountAsAboutOneThatIsNotThere) {
  MakeAccount("news");
  const Device bob = Enroll(MakeHolder("bob", "r1").enrollment());
  auto stub = v1::AccountService::NewStub(bob.channel);
  v1::GetAccountRequest request;
  v1::Account account;
  request.set_name("accounts/news");
  const grpc::Status hidden = Call(*stub, &v1::AccountService::Stub::GetAccount, request, &account);
  request.set_name("accounts/none");
  const grpc::Status absent = Call(*stub, &v1::AccountService::Stub::GetAccount, request, &account);
  EXPECT_EQ(hidden.error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(hidden.error_message(), absent.error_message());
  EXPECT_EQ(hidden.error_details(), absent.error_details());
  v1::ListAccountsResponse list;
  ASSERT_TRUE(Call(*stub, &v1::AccountService::Stub::ListAccounts, v1::ListAccountsRequest(), &list).ok());
  EXPECT_EQ(list.accounts_size(), 0);
}

}  // namespace
}  // namespace holdfast::rpc
