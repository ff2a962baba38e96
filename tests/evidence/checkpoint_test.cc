#include <gtest/gtest.h>

#include "vault/evidence/note.h"

namespace holdfast::evidence {
namespace {

// The text of the example in C2SP tlog-checkpoint.
constexpr std::string_view kExample =
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

crypto::Signer TestSigner() { return crypto::Signer::FromSeed(SecretBytes::CopyOf(Bytes(32, 7))).value(); }

void ExpectInvalid(const absl::Status& status) {
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(ReasonOf(status), "NOTE_INVALID");
}

TEST(Checkpoint, OfTheSpecificationIsParsedAndWrittenTheSame) {
  const Checkpoint checkpoint = ParseCheckpoint(kExample).value();
  EXPECT_EQ(checkpoint.origin, "example.com/behind-the-sofa");
  EXPECT_EQ(checkpoint.size, 20852163);
  EXPECT_EQ(HexEncode(checkpoint.root), "0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62");
  EXPECT_EQ(FormatCheckpoint(checkpoint), kExample);
}

TEST(Checkpoint, TakesTheSmallestAndTheLargestSize) {
  for (const std::int64_t size : {std::int64_t{0}, INT64_MAX}) {
    const Checkpoint checkpoint{.origin = "o", .size = size, .root = EmptyRoot()};
    EXPECT_EQ(ParseCheckpoint(FormatCheckpoint(checkpoint)).value().size, size);
  }
}

TEST(Checkpoint, IsRefusedInAnyOtherForm) {
  const std::string root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
  for (const std::string& bad : std::vector<std::string>{"",
                                                         "\n",
                                                         "o\n1\n" + root,
                                                         "o\n1\n" + root + "\n\n",
                                                         "o\n1\n" + root + "\nextension\n",
                                                         "\n1\n" + root + "\n",
                                                         "o\n\n" + root + "\n",
                                                         "o\n1\n\n",
                                                         "o\n1\n",
                                                         "o\n01\n" + root + "\n",
                                                         "o\n00\n" + root + "\n",
                                                         "o\n-1\n" + root + "\n",
                                                         "o\n+1\n" + root + "\n",
                                                         "o\n 1\n" + root + "\n",
                                                         "o\n1 \n" + root + "\n",
                                                         "o\n0x1\n" + root + "\n",
                                                         "o\n1.0\n" + root + "\n",
                                                         "o\n9223372036854775808\n" + root + "\n",
                                                         "o\n1\n" + root.substr(0, 40) + "\n",
                                                         "o\n1\n" + root + "AAAA\n",
                                                         "o\n1\n" + root.substr(0, 43) + "\n",
                                                         "o\n1\n " + root + "\n",
                                                         "o\r\n1\r\n" + root + "\r\n"})
    ExpectInvalid(ParseCheckpoint(bad).status());
}

TEST(Checkpoint, IsRefusedAtEveryOtherLength) {
  for (std::size_t size = 0; size < kExample.size(); ++size)
    ExpectInvalid(ParseCheckpoint(kExample.substr(0, size)).status());
}

TEST(SignedCheckpoint, OpensUnderItsLogsKey) {
  const Checkpoint checkpoint{.origin = "vault.example/log", .size = 5, .root = HashLeaf(AsBytes("x"))};
  const std::string note = SignNote(FormatCheckpoint(checkpoint), checkpoint.origin, TestSigner());
  const auto opened = OpenCheckpoint(note, NoteVerifier::Of(checkpoint.origin, TestSigner().public_key()));
  EXPECT_EQ(opened.value().size, 5);
  EXPECT_EQ(opened.value().root, checkpoint.root);
}

TEST(SignedCheckpoint, OfAnotherOriginIsRefusedEvenUnderTheSameKey) {
  const Checkpoint checkpoint{.origin = "other.example/log", .size = 5, .root = EmptyRoot()};
  const std::string note = SignNote(FormatCheckpoint(checkpoint), "vault.example/log", TestSigner());
  ExpectInvalid(
      OpenCheckpoint(note, NoteVerifier::Of("vault.example/log", TestSigner().public_key())).status());
}

TEST(SignedCheckpoint, ThatIsNoCheckpointIsRefused) {
  const std::string note = SignNote("hello\n", "vault.example/log", TestSigner());
  ExpectInvalid(
      OpenCheckpoint(note, NoteVerifier::Of("vault.example/log", TestSigner().public_key())).status());
}

TEST(SignedCheckpoint, WithAnyFlippedBitIsRefused) {
  const Checkpoint checkpoint{.origin = "vault.example/log", .size = 5, .root = EmptyRoot()};
  const NoteVerifier verifier = NoteVerifier::Of(checkpoint.origin, TestSigner().public_key());
  const std::string note = SignNote(FormatCheckpoint(checkpoint), checkpoint.origin, TestSigner());
  for (std::size_t i = 0; i < note.size() * 8; ++i) {
    std::string flipped = note;
    flipped[i / 8] = static_cast<char>(flipped[i / 8] ^ (1 << i % 8));
    ExpectInvalid(OpenCheckpoint(flipped, verifier).status());
  }
}

}  // namespace
}  // namespace holdfast::evidence
