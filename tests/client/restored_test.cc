// A device believes a vault that says it was restored as far as the proofs go.
#include "client/restored.h"

#include <fstream>

#include "client/errors.h"
#include "gtest/gtest.h"
#include "tests/client/temp_home.h"
#include "vault/crypto/init.h"
#include "vault/crypto/signing.h"
#include "vault/evidence/restore.h"

namespace holdfast::client {
namespace {

using evidence::Checkpoint;

// A log under one origin.
struct Side {
  Side(const std::string& name, std::uint8_t seed)
      : signer(crypto::Signer::FromSeed(SecretBytes::CopyOf(Bytes(32, seed))).value()),
        verifier(evidence::NoteVerifier::Of(name, signer.public_key())) {}

  void Add(const std::string& leaf) {
    for (const auto& hash : edge.Append(evidence::HashLeaf(AsBytes(leaf)))) stored.push_back(hash);
  }
  Checkpoint Head() const { return {.origin = verifier.name, .size = edge.size(), .root = edge.Root()}; }
  std::string Note() const {
    return evidence::SignNote(evidence::FormatCheckpoint(Head()), verifier.name, signer);
  }
  std::vector<Bytes> ProofFrom(std::int64_t size) const {
    const auto proof = evidence::ConsistencyProof(size, edge.size(), [&](std::int64_t position) {
      return absl::StatusOr<evidence::Hash>(stored[static_cast<std::size_t>(position)]);
    });
    std::vector<Bytes> parts;
    for (const auto& hash : proof.value()) parts.push_back(ToBytes(hash));
    return parts;
  }

  crypto::Signer signer;
  evidence::NoteVerifier verifier;
  evidence::Edge edge;
  std::vector<evidence::Hash> stored;
};

class RestoredTest : public ::testing::Test {
 protected:
  // The old log has 9 entries; the backup was made at 5, and 3 were added since the restore.
  RestoredTest() {
    EXPECT_TRUE(crypto::Init().ok());
    for (int i = 0; i < 9; ++i) {
      old_.Add("old " + std::to_string(i));
      heads_.push_back(old_.Head());
      notes_.push_back(old_.Note());
      if (i == 4) restored_ = old_.Head();
    }
    for (int i = 0; i < 5; ++i) next_.Add("old " + std::to_string(i));
    for (int i = 0; i < 3; ++i) next_.Add("new " + std::to_string(i));
    restored_.origin = next_.verifier.name;
  }

  std::string Statement(std::optional<Checkpoint> last_known) const {
    return evidence::SignRestore({.ended = old_.verifier,
                                  .goes_on = next_.verifier,
                                  .restored = restored_,
                                  .last_known = std::move(last_known)},
                                 old_.signer, next_.signer);
  }
  // The vault's answer to a device that knows `known` entries.
  RestoredLog Answer(std::int64_t known) const {
    return {.steps = {{.statement = Statement(old_.Head()), .consistency = next_.ProofFrom(5)}},
            .note = next_.Note(),
            .consistency = next_.ProofFrom(std::min<std::int64_t>(known, 5))};
  }
  absl::StatusOr<Loss> Check(const std::optional<Checkpoint>& known, const RestoredLog& log) const {
    return CheckRestored(old_.verifier, known, log);
  }
  void ExpectRefused(const std::optional<Checkpoint>& known, const RestoredLog& log) const {
    EXPECT_EQ(ReasonOf(Check(known, log).status()), "VERIFICATION_FAILED") << Check(known, log).status();
  }
  const Checkpoint& At(std::int64_t size) const { return heads_[static_cast<std::size_t>(size - 1)]; }
  const std::string& NoteAt(std::int64_t size) const { return notes_[static_cast<std::size_t>(size - 1)]; }

  Side old_{"holdfast/aa", 1};
  Side next_{"holdfast/aa/01", 2};
  Checkpoint restored_;
  std::vector<Checkpoint> heads_;
  std::vector<std::string> notes_;
};

TEST_F(RestoredTest, SaysHowMuchOfWhatTheDeviceSawIsLost) {
  const auto loss = Check(At(8), Answer(8));
  ASSERT_TRUE(loss.ok()) << loss.status();
  EXPECT_EQ(loss->restored, 5);
  EXPECT_EQ(loss->seen, 8);
  EXPECT_NE(loss->text.find("3 entries that this device has seen are lost"), std::string::npos) << loss->text;
  EXPECT_NE(loss->text.find("says it lost 4"), std::string::npos) << loss->text;
}

TEST_F(RestoredTest, SaysWhenNothingThatTheDeviceSawIsLost) {
  for (const std::int64_t known : {1, 3, 5}) {
    const auto loss = Check(At(known), Answer(known));
    ASSERT_TRUE(loss.ok()) << known << loss.status();
    EXPECT_NE(loss->text.find("is still there"), std::string::npos) << loss->text;
  }
}

TEST_F(RestoredTest, ATreeThatDoesNotHoldWhatTheDeviceSawIsRefused) {
  Checkpoint other = At(3);
  other.root[0] ^= 1;
  ExpectRefused(other, Answer(3));
  RestoredLog log = Answer(3);
  log.consistency[0][0] ^= 1;
  ExpectRefused(At(3), log);
}

TEST_F(RestoredTest, AStatementOfAnyOtherKeyIsRefused) {
  const Side stranger("holdfast/aa", 9);
  RestoredLog log = Answer(8);
  log.steps[0].statement = evidence::SignRestore(
      {.ended = stranger.verifier, .goes_on = next_.verifier, .restored = restored_, .last_known = std::nullopt},
      stranger.signer, next_.signer);
  ExpectRefused(At(8), log);
  log.steps.clear();
  ExpectRefused(At(8), log);
}

TEST_F(RestoredTest, ALogThatLacksWhatItSaysWasRestoredIsRefused) {
  RestoredLog log = Answer(8);
  log.steps[0].consistency[0][0] ^= 1;
  ExpectRefused(At(8), log);
  log = Answer(8);
  log.note = old_.Note();  // of the old key
  ExpectRefused(At(8), log);
}

TEST_F(RestoredTest, TwoLogsOfOneSizeUnderTheOldKeyConvictTheVault) {
  Checkpoint other = At(9);
  other.root[0] ^= 1;
  ExpectRefused(other, Answer(9));
}

TEST_F(RestoredTest, AVaultThatAdmitsToLessThanTheDeviceSawIsToldOn) {
  RestoredLog log = Answer(9);
  log.steps[0].statement = Statement(At(6));
  const auto loss = Check(At(9), log);
  ASSERT_TRUE(loss.ok()) << loss.status();
  EXPECT_NE(loss->text.find("tell your auditors"), std::string::npos) << loss->text;
}

TEST_F(RestoredTest, NobodyToAskIsAnErrorOfItsOwn) {
  const auto loss = Check(At(8), Answer(8));
  ASSERT_TRUE(loss.ok());
  SetAcceptRestore(false);
  const absl::Status asked = AskToAccept(*loss, "evidence");
  EXPECT_EQ(ReasonOf(asked), "RESTORE_NOT_ACCEPTED");
  EXPECT_EQ(ExitCodeOf(asked), ExitCode::kVerification);
  EXPECT_NE(MessageOf(asked).find("--accept-restore"), std::string_view::npos) << asked;
}

TEST_F(RestoredTest, AcceptedItIsRememberedWithTheOldCheckpointAsEvidence) {
  TempHome home;
  auto witness = Witness::Load(home.path(), old_.verifier.ToString());
  ASSERT_TRUE(witness.ok());
  ASSERT_TRUE(witness->Advance(NoteAt(8), {}).ok());
  const std::string evidence = witness->EvidencePath();
  ASSERT_TRUE(witness->Accept({Statement(old_.Head())}, next_.Note()).ok());

  auto later = Witness::Load(home.path(), old_.verifier.ToString());  // the pinned key stays
  ASSERT_TRUE(later.ok()) << later.status();
  EXPECT_EQ(later->verifier().ToString(), next_.verifier.ToString());
  EXPECT_EQ(later->known_size(), 8);
  std::ifstream kept(evidence);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(kept), {}), NoteAt(8));
  next_.Add("one more");
  EXPECT_TRUE(later->Advance(next_.Note(), next_.ProofFrom(8)).ok());
  // Under the key that ended nothing counts any more.
  EXPECT_FALSE(later->Advance(old_.Note(), {}).ok());
}

TEST_F(RestoredTest, StoppedBetweenAcceptingAndRememberingItStandsAtWhatWasRestored) {
  TempHome home;
  auto witness = Witness::Load(home.path(), old_.verifier.ToString());
  ASSERT_TRUE(witness.ok());
  ASSERT_TRUE(witness->Advance(NoteAt(8), {}).ok());
  ASSERT_TRUE(witness->Accept({Statement(old_.Head())}, next_.Note()).ok());
  std::ofstream(home.File("checkpoint")) << NoteAt(8);
  const auto later = Witness::Load(home.path(), old_.verifier.ToString());
  ASSERT_TRUE(later.ok()) << later.status();
  EXPECT_EQ(later->known_size(), 5);
  EXPECT_EQ(later->known()->origin, next_.verifier.name);
}

TEST_F(RestoredTest, OlderCheckpointsAreKeptToHoldARestoredLogAgainst) {
  TempHome home;
  auto witness = Witness::Load(home.path(), old_.verifier.ToString());
  ASSERT_TRUE(witness.ok());
  for (const std::int64_t size : {2, 4, 8}) ASSERT_TRUE(witness->Remember(NoteAt(size)).ok());
  const auto older = witness->OlderThan(5);
  ASSERT_TRUE(older.ok() && older->has_value());
  EXPECT_EQ((*older)->size, 4);
  EXPECT_FALSE(witness->OlderThan(1)->has_value());
}

TEST_F(RestoredTest, AManyTimesOlderMemoryStaysSmall) {
  TempHome home;
  auto witness = Witness::Load(home.path(), next_.verifier.ToString());
  ASSERT_TRUE(witness.ok());
  for (int i = 0; i < 300; ++i) {
    next_.Add("more");
    ASSERT_TRUE(witness->Remember(next_.Note()).ok());
  }
  std::ifstream file(home.File("checkpoints.json"));
  const std::string text(std::istreambuf_iterator<char>(file), {});
  EXPECT_LT(text.size(), 64u * 512u);
  EXPECT_TRUE(witness->OlderThan(next_.edge.size())->has_value());
}

TEST_F(RestoredTest, AMemoryOfRestoresThatWasTamperedWithIsRefused) {
  TempHome home;
  const Side stranger("holdfast/aa", 9);
  auto witness = Witness::Load(home.path(), old_.verifier.ToString());
  ASSERT_TRUE(witness->Accept({Statement(old_.Head())}, next_.Note()).ok());
  for (const std::string& bad : {std::string("{}"), std::string("[1]"), std::string("no")}) {
    std::ofstream(home.File("restores.json")) << bad;
    EXPECT_EQ(ReasonOf(Witness::Load(home.path(), old_.verifier.ToString()).status()), "VERIFICATION_FAILED") << bad;
  }
}

}  // namespace
}  // namespace holdfast::client
