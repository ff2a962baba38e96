// A client believes that a log goes on under another key when the key before it signed that.
#include "vault/evidence/restore.h"

#include <gtest/gtest.h>

namespace holdfast::evidence {
namespace {

crypto::Signer NewSigner() { return crypto::Signer::FromSeed(SecretBytes::Random(32)).value(); }

struct Origin {
  explicit Origin(const std::string& name)
      : signer(NewSigner()), verifier(NoteVerifier::Of(name, signer.public_key())) {}
  crypto::Signer signer;
  NoteVerifier verifier;
};

Checkpoint At(std::int64_t size, const std::string& origin) {
  return {.origin = origin, .size = size, .root = crypto::Sha256(AsBytes(std::to_string(size)))};
}

class RestoreTest : public ::testing::Test {
 protected:
  RestoreStatement Statement(const Origin& ended, const Origin& goes_on) const {
    return {.ended = ended.verifier,
            .goes_on = goes_on.verifier,
            .restored = At(5, goes_on.verifier.name),
            .last_known = At(9, ended.verifier.name)};
  }
  std::string Signed(const Origin& ended, const Origin& goes_on) const {
    return SignRestore(Statement(ended, goes_on), ended.signer, goes_on.signer);
  }

  Origin first_{"holdfast/aa"};
  Origin second_{"holdfast/aa/01"};
  Origin third_{"holdfast/aa/02"};
};

TEST_F(RestoreTest, SaysAllThatWasSigned) {
  const auto opened = OpenRestore(Signed(first_, second_), first_.verifier);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->ended.ToString(), first_.verifier.ToString());
  EXPECT_EQ(opened->goes_on.ToString(), second_.verifier.ToString());
  EXPECT_EQ(opened->restored.size, 5);
  EXPECT_EQ(opened->restored.root, At(5, "").root);
  EXPECT_EQ(opened->restored.origin, second_.verifier.name);
  ASSERT_TRUE(opened->last_known.has_value());
  EXPECT_EQ(opened->last_known->size, 9);
}

TEST_F(RestoreTest, NeedsNoLastKnownCheckpoint) {
  RestoreStatement statement = Statement(first_, second_);
  statement.last_known.reset();
  const auto opened = OpenRestore(SignRestore(statement, first_.signer, second_.signer), first_.verifier);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_FALSE(opened->last_known.has_value());
}

TEST_F(RestoreTest, NeedsBothKeys) {
  const Origin stranger("holdfast/aa");  // the right name, another key
  const auto restore = Statement(first_, second_);
  EXPECT_FALSE(OpenRestore(SignRestore(restore, stranger.signer, second_.signer), first_.verifier).ok());
  EXPECT_FALSE(OpenRestore(SignRestore(restore, first_.signer, stranger.signer), first_.verifier).ok());
  EXPECT_FALSE(OpenRestore(Signed(stranger, second_), first_.verifier).ok());
}

TEST_F(RestoreTest, EveryFlippedBitIsRefused) {
  const std::string note = Signed(first_, second_);
  for (std::size_t i = 0; i < note.size(); ++i) {
    std::string bad = note;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    EXPECT_FALSE(OpenRestore(bad, first_.verifier).ok()) << i;
  }
}

TEST_F(RestoreTest, RefusesWhatMakesNoSense) {
  RestoreStatement statement = Statement(first_, second_);
  statement.last_known->size = 4;  // fewer than were restored
  EXPECT_FALSE(OpenRestore(SignRestore(statement, first_.signer, second_.signer), first_.verifier).ok());
  EXPECT_FALSE(OpenRestore(Signed(first_, first_), first_.verifier).ok());
  // A checkpoint is no statement, and a statement no checkpoint.
  const std::string checkpoint =
      SignNote(FormatCheckpoint(At(5, first_.verifier.name)), first_.verifier.name, first_.signer);
  EXPECT_FALSE(OpenRestore(checkpoint, first_.verifier).ok());
  EXPECT_FALSE(OpenCheckpoint(Signed(first_, second_), first_.verifier).ok());
  EXPECT_FALSE(OpenRestore("", first_.verifier).ok());
}

TEST_F(RestoreTest, AreFollowedFromWhereOneStands) {
  const std::vector<std::string> notes = {Signed(first_, second_), Signed(second_, third_)};
  const auto steps = [&](const Origin& start) {
    const auto chain = FollowRestores(notes, start.verifier);
    EXPECT_TRUE(chain.ok()) << chain.status();
    return chain.ok() ? static_cast<int>(chain->size()) : -1;
  };
  EXPECT_EQ(steps(first_), 2);
  EXPECT_EQ(steps(second_), 1);
  EXPECT_EQ(steps(third_), 0);
  EXPECT_EQ(steps(Origin("holdfast/bb")), 0);
}

TEST_F(RestoreTest, DoNotLeadOnOverAGap) {
  EXPECT_FALSE(FollowRestores({Signed(first_, second_), Signed(first_, third_)}, first_.verifier).ok());
  const Origin stranger("holdfast/aa/01");
  EXPECT_FALSE(FollowRestores({Signed(first_, second_), Signed(stranger, third_)}, first_.verifier).ok());
}

}  // namespace
}  // namespace holdfast::evidence
