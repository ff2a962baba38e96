// Who may include whom. The tables are those of the design's "Layout"; a folder that needs more is a decision
// to take there first.
#include <map>
#include <optional>
#include <set>

#include "fmt/format.h"
#include "tests/lint/source_tree.h"

namespace holdfast::lint {
namespace {

using Folders = std::set<std::string, std::less<>>;

Folders With(Folders base, const Folders& more) {
  base.insert(more.begin(), more.end());
  return base;
}

// Beyond itself and base. "proto" stands for the generated headers.
const std::map<std::string, Folders, std::less<>>& MayInclude() {
  static const auto* const table = [] {
    auto* t = new std::map<std::string, Folders, std::less<>>;
    for (const char* alone : {"base", "crypto", "pki", "storage", "policy", "reach"}) (*t)[alone] = {};
    (*t)["playbook"] = {"policy"};
    (*t)["evidence"] = {"crypto"};
    (*t)["audit"] = {"evidence", "crypto", "storage"};
    (*t)["custody"] = {"crypto", "pki", "storage", "policy", "playbook", "reach", "evidence", "audit"};
    (*t)["handover"] = With((*t)["custody"], {"custody"});
    (*t)["lifecycle"] = With((*t)["custody"], {"custody"});
    (*t)["rpc"] = With((*t)["handover"], {"handover", "proto"});
    (*t)["server"] = With((*t)["rpc"], {"rpc", "lifecycle"});
    (*t)["client"] = {"proto", "evidence", "crypto", "pki", "policy", "playbook"};
    return t;
  }();
  return *table;
}

struct Library {
  std::string_view prefix;  // of the include path
  Folders homes;            // folders, or single files
};

const std::vector<Library>& Libraries() {
  static const auto* const libraries = new std::vector<Library>{
      {"sqlite3", {"storage"}},
      {"sqlcipher/", {"storage"}},
      {"sodium", {"crypto", "vault/base/secret_bytes.cc"}},
      {"openssl/ssl", {"pki", "vault/server/tls_floor.cc"}},
      {"openssl/conf", {"pki", "vault/server/tls_floor.cc"}},
      {"openssl/x509", {"pki"}},
      {"openssl/pem", {"pki"}},
      {"openssl/pkcs", {"pki"}},
      {"openssl/", {"crypto", "pki", "vault/server/tls_floor.cc"}},
      {"utf8proc", {"crypto"}},
      {"grpc", {"rpc", "server", "client"}},
      {"google/protobuf/", {"rpc", "server", "client"}},
  };
  return *libraries;
}

// "vault/rpc/x.cc" -> "rpc", "client/x.cc" -> "client".
std::string FolderOf(std::string_view path) {
  if (path.starts_with("vault/")) path.remove_prefix(6);
  return std::string(path.substr(0, path.find('/')));
}

std::optional<std::string> IncludedPath(std::string_view line) {
  const std::size_t hash = line.find_first_not_of(" \t");
  if (hash == line.npos || line[hash] != '#') return std::nullopt;
  const std::size_t word = line.find("include", hash);
  const std::size_t open = line.find_first_of("<\"");
  if (word == line.npos || open == line.npos) return std::nullopt;
  const std::size_t close = line.find_first_of(">\"", open + 1);
  return close == line.npos ? std::nullopt
                            : std::optional(std::string(line.substr(open + 1, close - open - 1)));
}

// The folder of ours that an include reaches into; "" for a library's header.
std::string Target(std::string_view include) {
  if (include.starts_with("vault/") || include.starts_with("client/")) return FolderOf(include);
  return include.starts_with("holdfast/v1/") ? "proto" : "";
}

Complaints CheckIncludes(const SourceFile& file) {
  const std::string own = FolderOf(file.path);
  const auto row = MayInclude().find(own);
  if (row == MayInclude().end()) return {"stands in a folder that the include table does not know"};
  Complaints complaints;
  for (const std::string_view line : Lines(file.text)) {
    const std::optional<std::string> include = IncludedPath(line);
    if (!include.has_value()) continue;
    if (include->starts_with("./") || include->starts_with("../"))
      complaints.push_back(fmt::format("\"{}\" is not a path from the root", *include));
    const std::string target = Target(*include);
    if (!target.empty() && target != own && target != "base" && !row->second.contains(target))
      complaints.push_back(fmt::format("{} may not include {} (\"{}\")", own, target, *include));
    const auto library = std::find_if(Libraries().begin(), Libraries().end(),
                                      [&](const Library& l) { return include->starts_with(l.prefix); });
    if (library != Libraries().end() && !library->homes.contains(own) && !library->homes.contains(file.path))
      complaints.push_back(fmt::format("{} may not include the library header \"{}\"", own, *include));
  }
  return complaints;
}

std::size_t Count(std::string path, std::string_view include) {
  return CheckIncludes({std::move(path), fmt::format("#include \"{}\"\n", include)}).size();
}

TEST(IncludeRules, HoldInTheWholeTree) {
  std::vector<SourceFile> sources = ReadTree({"vault", "client"});
  std::erase_if(sources, [](const SourceFile& file) { return !file.IsCpp(); });
  ExpectNoComplaints(sources, CheckIncludes);
}

TEST(IncludeRules, BiteBetweenOurFolders) {
  EXPECT_EQ(Count("vault/storage/a.cc", "vault/base/status.h"), 0u);
  EXPECT_EQ(Count("vault/storage/a.cc", "vault/storage/b.h"), 0u);
  EXPECT_EQ(Count("vault/storage/a.cc", "vault/crypto/aead.h"), 1u);
  EXPECT_EQ(Count("vault/policy/a.cc", "vault/storage/b.h"), 1u);
  EXPECT_EQ(Count("vault/playbook/a.cc", "vault/policy/b.h"), 0u);
  EXPECT_EQ(Count("vault/policy/a.cc", "vault/playbook/b.h"), 1u);
  EXPECT_EQ(Count("vault/custody/a.cc", "vault/handover/b.h"), 1u);
  EXPECT_EQ(Count("vault/custody/a.cc", "holdfast/v1/errors.pb.h"), 1u);
  EXPECT_EQ(Count("vault/rpc/a.cc", "holdfast/v1/errors.pb.h"), 0u);
  EXPECT_EQ(Count("vault/rpc/a.cc", "vault/server/b.h"), 1u);
  EXPECT_EQ(Count("vault/server/a.cc", "client/b.h"), 1u);
  EXPECT_EQ(Count("client/a.cc", "vault/custody/b.h"), 1u);
  EXPECT_EQ(Count("client/a.cc", "vault/pki/key.h"), 0u);
  EXPECT_EQ(Count("vault/rpc/a.cc", "../base/status.h"), 1u);
  EXPECT_EQ(Count("vault/elsewhere/a.cc", "vault/base/status.h"), 1u);
}

TEST(IncludeRules, BiteOnLibraries) {
  EXPECT_EQ(Count("vault/storage/a.cc", "sqlcipher/sqlite3.h"), 0u);
  EXPECT_EQ(Count("vault/audit/a.cc", "sqlcipher/sqlite3.h"), 1u);
  EXPECT_EQ(Count("vault/base/secret_bytes.cc", "sodium.h"), 0u);
  EXPECT_EQ(Count("vault/base/bytes.cc", "sodium.h"), 1u);
  EXPECT_EQ(Count("client/a.cc", "sodium.h"), 1u);
  EXPECT_EQ(Count("vault/crypto/a.cc", "openssl/evp.h"), 0u);
  EXPECT_EQ(Count("vault/crypto/a.cc", "openssl/x509.h"), 1u);
  EXPECT_EQ(Count("vault/crypto/a.cc", "openssl/pem.h"), 1u);
  EXPECT_EQ(Count("vault/server/tls_floor.cc", "openssl/ssl.h"), 0u);
  EXPECT_EQ(Count("vault/server/main.cc", "openssl/ssl.h"), 1u);
  EXPECT_EQ(Count("vault/handover/a.cc", "grpcpp/grpcpp.h"), 1u);
  EXPECT_EQ(CheckIncludes({"vault/audit/a.h", "  #  include <sodium.h>  // why"}).size(), 1u);
}

}  // namespace
}  // namespace holdfast::lint
