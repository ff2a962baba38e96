// A small log with its signed checkpoints, as a vault would make it.
#pragma once

#include <string>
#include <vector>

#include "client/log_check.h"
#include "fmt/format.h"
#include "vault/crypto/init.h"
#include "vault/crypto/signing.h"
#include "vault/evidence/note.h"
#include "vault/evidence/tree.h"

namespace holdfast::client {

class FakeLog {
 public:
  explicit FakeLog(std::uint8_t seed = 1) : signer_(MakeSigner(seed)) {}

  void Grow(int count) {
    for (int i = 0; i < count; ++i) {
      const auto index = static_cast<std::int64_t>(entries_.size());
      LogEntry entry;
      entry.index = index;
      entry.texts["reason"] = LogText{.salt = Bytes(32, static_cast<std::uint8_t>(index)), .text = "because"};
      const auto commitment = crypto::Sha256({entry.texts["reason"].salt, AsBytes("because")});
      entry.leaf = fmt::format(
          R"({{"v":1,"index":{},"time":"2026-11-22T03:00:{:02}.000000Z","texts":{{"reason":"{}"}}}})", index,
          index, HexEncode(commitment));
      const auto stored = edge_.Append(evidence::HashLeaf(AsBytes(entry.leaf)));
      stored_.insert(stored_.end(), stored.begin(), stored.end());
      entries_.push_back(std::move(entry));
    }
  }

  std::string Note() const { return evidence::SignNote(evidence::FormatCheckpoint(Head()), kName, signer_); }
  evidence::Checkpoint Head() const { return {.origin = kName, .size = edge_.size(), .root = edge_.Root()}; }
  std::vector<Bytes> ProofFrom(std::int64_t size) const {
    const auto proof = evidence::ConsistencyProof(size, edge_.size(), [this](std::int64_t position) {
      return absl::StatusOr<evidence::Hash>(stored_[static_cast<std::size_t>(position)]);
    });
    std::vector<Bytes> parts;
    for (const auto& hash : proof.value()) parts.push_back(ToBytes(hash));
    return parts;
  }
  evidence::NoteVerifier Verifier() const { return evidence::NoteVerifier::Of(kName, signer_.public_key()); }
  std::string VerifierKey() const { return Verifier().ToString(); }
  const std::vector<LogEntry>& entries() const { return entries_; }

 private:
  static constexpr const char* kName = "vault.example/log";

  static crypto::Signer MakeSigner(std::uint8_t seed) {
    if (!crypto::Init().ok()) std::abort();
    return crypto::Signer::FromSeed(SecretBytes::CopyOf(Bytes(32, seed))).value();
  }

  crypto::Signer signer_;
  evidence::Edge edge_;
  std::vector<evidence::Hash> stored_;
  std::vector<LogEntry> entries_;
};

}  // namespace holdfast::client
