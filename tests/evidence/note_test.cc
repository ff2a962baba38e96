#include "vault/evidence/note.h"

#include <gtest/gtest.h>

namespace holdfast::evidence {
namespace {

// The example of C2SP signed-note, "Verifier keys".
constexpr std::string_view kSpecKey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
constexpr std::string_view kSpecNote =
    "This is an example message.\n\n"
    "— example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

// Keys, text and signatures of golang.org/x/mod/sumdb/note's own test.
constexpr std::string_view kPeterKey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
constexpr std::string_view kPeterSeed = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";  // 0x01 || seed
constexpr std::string_view kEnochKey = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";
const std::string kText =
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const std::string kPeterSig =
    "— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
const std::string kEnochSig =
    "— EnochRoot "
    "rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n";
constexpr std::size_t kDashSize = 4;  // em dash in UTF-8, space

NoteVerifier Peter() { return NoteVerifier::Parse(kPeterKey).value(); }

crypto::Signer PeterSigner() {
  const Bytes typed = Base64Decode(kPeterSeed).value();
  return crypto::Signer::FromSeed(SecretBytes::CopyOf(ByteView(typed).subspan(1))).value();
}

void ExpectInvalid(std::string_view note, const NoteVerifier& verifier = Peter()) {
  const auto text = OpenNote(note, verifier);
  ASSERT_FALSE(text.ok()) << note;
  EXPECT_EQ(text.status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(ReasonOf(text.status()), "NOTE_INVALID");
}

TEST(VerifierKey, OfTheSpecificationOpensItsNote) {
  const NoteVerifier verifier = NoteVerifier::Parse(kSpecKey).value();
  EXPECT_EQ(verifier.name, "example.com/foo");
  EXPECT_EQ(verifier.key_id, 0x530d903au);
  EXPECT_EQ(verifier.ToString(), kSpecKey);
  EXPECT_EQ(OpenNote(kSpecNote, verifier).value(), "This is an example message.\n");
}

TEST(VerifierKey, OfAPublicKeyHasTheIdGoGivesIt) {
  const NoteVerifier verifier = NoteVerifier::Of("PeterNeumann", PeterSigner().public_key());
  EXPECT_EQ(verifier.key_id, 0xc74f20a3u);
  EXPECT_EQ(verifier.ToString(), kPeterKey);
}

TEST(VerifierKey, IsRefusedInAnyPart) {
  for (std::size_t begin = 0; begin < kPeterKey.size(); ++begin)
    for (std::size_t end = begin + 1; end <= kPeterKey.size(); ++end)
      if (end - begin != kPeterKey.size()) {
        EXPECT_FALSE(NoteVerifier::Parse(kPeterKey.substr(begin, end - begin)).ok());
      }
}

TEST(VerifierKey, IsRefusedAfterAnyChangedCharacter) {
  for (std::size_t i = 0; i < kPeterKey.size(); ++i) {
    std::string changed(kPeterKey);
    ++changed[i];
    const auto verifier = NoteVerifier::Parse(changed);
    ASSERT_FALSE(verifier.ok()) << changed;
    EXPECT_EQ(verifier.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(ReasonOf(verifier.status()), "NOTE_KEY_INVALID");
  }
}

TEST(VerifierKey, IsRefusedWithAnotherTypeLengthOrName) {
  for (const std::string bad :
       {"PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n",
        "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "", "+", "++", "a+b"})
    EXPECT_FALSE(NoteVerifier::Parse(bad).ok()) << bad;
  const crypto::PublicKey key = PeterSigner().public_key();
  for (const std::string_view name : {"Peter Neumann", "Peter\u00a0Neumann", "Peter\u3000Neumann",
                                      "Peter\u2028", "\n", "Peter\x01", "\xff", ""})
    EXPECT_FALSE(NoteVerifier::Parse(NoteVerifier::Of(name, key).ToString()).ok()) << name;
  EXPECT_FALSE(NoteVerifier::Parse(NoteVerifier::Of(std::string(1024, 'n'), key).ToString()).ok());
}

TEST(Note, IsSignedAsGoSignsIt) {
  EXPECT_EQ(SignNote(kText, "PeterNeumann", PeterSigner()), kText + "\n" + kPeterSig);
}

TEST(Note, OpensWithOneKnownSignatureAmongOthers) {
  EXPECT_EQ(OpenNote(kText + "\n" + kPeterSig + kEnochSig, Peter()).value(), kText);
  EXPECT_EQ(OpenNote(kText + "\n" + kEnochSig + kPeterSig, Peter()).value(), kText);
  const NoteVerifier enoch = NoteVerifier::Parse(kEnochKey).value();
  EXPECT_EQ(OpenNote(kText + "\n" + kPeterSig + kEnochSig, enoch).value(), kText);
}

TEST(Note, MayHoldEmptyLines) {
  const std::string text = "one\n\n\ntwo\n\n";
  EXPECT_EQ(OpenNote(SignNote(text, "PeterNeumann", PeterSigner()), Peter()).value(), text);
}

TEST(Note, IsRefusedWithoutAKnownSignature) {
  ExpectInvalid(kText + "\n" + kEnochSig);
  NoteVerifier renamed = Peter();
  renamed.name = "CarmenSandiego";
  ExpectInvalid(kText + "\n" + kPeterSig, renamed);
  NoteVerifier other_id = Peter();
  other_id.key_id ^= 1;
  ExpectInvalid(kText + "\n" + kPeterSig, other_id);
}

TEST(Note, IsRefusedWithOneBadSignatureOfTheKnownKey) {
  std::string bad = kPeterSig;
  bad[60] = bad[60] == 'A' ? 'B' : 'A';
  ExpectInvalid(kText + "\n" + bad);
  ExpectInvalid(kText + "\n" + kPeterSig + bad);
  ExpectInvalid(kText + "\n" + bad + kPeterSig);
  std::string longer = kPeterSig;
  longer.insert(60, "ABCD");
  ExpectInvalid(kText + "\n" + longer);
}

TEST(Note, IsRefusedAfterAnyChangedCharacter) {
  const std::string note = kText + "\n" + kPeterSig;
  for (std::size_t i = 0; i < note.size(); ++i) {
    std::string changed = note;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    ExpectInvalid(changed);
  }
}

TEST(Note, IsRefusedAtEveryOtherLength) {
  const std::string note = kText + "\n" + kPeterSig;
  for (std::size_t size = 0; size < note.size(); ++size) ExpectInvalid(note.substr(0, size));
  ExpectInvalid(note + "\n");
}

TEST(Note, IsRefusedWhenMalformed) {
  const std::string id_only = "— PeterNeumann x08gow==\n";
  const std::string rest = kPeterSig.substr(kDashSize);
  for (const std::string& bad :
       {kText, kText + "\n", kText + kPeterSig, "\x01" + kText + "\n" + kPeterSig,
        "\xff" + kText + "\n" + kPeterSig, kText + "\r\n\n" + kPeterSig,
        kText + "\n" + kPeterSig + "Unexpected line.\n",
        kText + "\n— Bad Name " + rest.substr(rest.find(' ') + 1), kText + "\n" + id_only + kPeterSig,
        kText + "\n- " + rest, kText + "\n—" + rest, kText + "\n— " + rest.substr(rest.find(' ')),
        kText + "\n" + kPeterSig.substr(0, kPeterSig.size() - 1) + " \n",
        kText + "\n— a+b " + rest.substr(rest.find(' ') + 1)})
    ExpectInvalid(bad);
}

TEST(Note, TakesAHundredSignaturesAndNoMore) {
  std::string note = kText + "\n" + kPeterSig;
  for (int i = 1; i < 100; ++i) note += kEnochSig;
  EXPECT_TRUE(OpenNote(note, Peter()).ok());
  ExpectInvalid(note + kEnochSig);
}

TEST(Note, TakesSixtyFourKilobytesAndNoMore) {
  const std::size_t overhead = SignNote("\n", "PeterNeumann", PeterSigner()).size() - 1;
  std::string text(64 * 1024 - overhead, 'x');
  text.back() = '\n';
  EXPECT_TRUE(OpenNote(SignNote(text, "PeterNeumann", PeterSigner()), Peter()).ok());
  ExpectInvalid(SignNote("x" + text, "PeterNeumann", PeterSigner()));
}

}  // namespace
}  // namespace holdfast::evidence
