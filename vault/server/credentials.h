// Takes connections by mutual TLS, and decides who may come in before any HTTP/2 is spoken.
#pragma once

#include <grpcpp/security/server_credentials.h>

#include <memory>

#include "vault/custody/door.h"
#include "vault/server/tls_identity.h"

namespace holdfast::server {

// The handshake asks for a certificate and proves possession of its key; `door` says whether it may come in. No
// authority is asked: the vault knows its devices by their very certificates, and enrollment strings by their keys.
// `identity` must outlive the server.
std::shared_ptr<grpc::ServerCredentials> DoorCredentials(
    const TlsIdentity& identity, std::shared_ptr<custody::Door> door);

}  // namespace holdfast::server
