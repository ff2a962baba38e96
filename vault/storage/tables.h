// The SQL of the tables, in order of creation. Times are microseconds since the Unix epoch. No table is WITHOUT
// ROWID: SQLite cannot check such a one against anything, so an old page of it would go unnoticed.
#pragma once

#include <string_view>

namespace holdfast::storage {

inline constexpr std::string_view kTables[] = {
    "CREATE TABLE vault_setting (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) STRICT",
    "CREATE TABLE wrapped_key (name TEXT NOT NULL, epoch INTEGER NOT NULL, wrapped BLOB NOT NULL, "
    "PRIMARY KEY (name, epoch)) STRICT",
    "CREATE TABLE certificate (name TEXT PRIMARY KEY NOT NULL, pem TEXT NOT NULL) STRICT",

    R"(CREATE TABLE holder (
      id INTEGER PRIMARY KEY NOT NULL,
      name TEXT NOT NULL UNIQUE,
      pseudonym BLOB NOT NULL UNIQUE,
      kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 2),
      person TEXT NOT NULL,
      display_name TEXT NOT NULL,
      roles INTEGER NOT NULL,
      status INTEGER NOT NULL CHECK (status BETWEEN 1 AND 4),
      created_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL,
      revision INTEGER NOT NULL,
      qualifications TEXT NOT NULL,
      suspended_by INTEGER REFERENCES holder,
      suspended_at INTEGER,
      suspension_ends INTEGER) STRICT)",
    "CREATE INDEX holder_person ON holder (person)",

    R"(CREATE TABLE enrollment (
      id INTEGER PRIMARY KEY NOT NULL,
      holder_id INTEGER NOT NULL REFERENCES holder,
      key_sha256 BLOB NOT NULL UNIQUE,
      issuer_id INTEGER REFERENCES holder,
      created_at INTEGER NOT NULL,
      expires_at INTEGER NOT NULL,
      used_at INTEGER,
      void_at INTEGER,
      device_id INTEGER REFERENCES device_key,
      certificate TEXT NOT NULL,
      misused_at INTEGER) STRICT)",
    "CREATE INDEX enrollment_holder ON enrollment (holder_id)",
    "CREATE INDEX enrollment_issuer ON enrollment (issuer_id)",

    R"(CREATE TABLE device_key (
      id INTEGER PRIMARY KEY NOT NULL,
      holder_id INTEGER NOT NULL REFERENCES holder,
      cert_sha256 BLOB NOT NULL UNIQUE,
      box_public BLOB NOT NULL,
      state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 3),
      issuer_id INTEGER REFERENCES holder,
      confirmed_by INTEGER REFERENCES holder,
      created_at INTEGER NOT NULL,
      not_after INTEGER NOT NULL,
      confirmed_at INTEGER,
      revoked_at INTEGER,
      stopped_at INTEGER,
      stop_seen_by INTEGER REFERENCES holder) STRICT)",
    "CREATE INDEX device_key_holder ON device_key (holder_id)",

    R"(CREATE TABLE device_certificate (
      id INTEGER PRIMARY KEY NOT NULL,
      device_id INTEGER NOT NULL REFERENCES device_key,
      renews INTEGER REFERENCES device_certificate,
      cert_sha256 BLOB NOT NULL UNIQUE,
      key_sha256 BLOB NOT NULL,
      pem TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      not_after INTEGER NOT NULL,
      used_at INTEGER,
      ended_at INTEGER) STRICT)",
    "CREATE INDEX device_certificate_device ON device_certificate (device_id)",
    "CREATE INDEX device_certificate_key ON device_certificate (key_sha256)",

    R"(CREATE TABLE account (
      id INTEGER PRIMARY KEY NOT NULL,
      name TEXT NOT NULL UNIQUE,
      pseudonym BLOB NOT NULL UNIQUE,
      platform TEXT NOT NULL,
      platform_id TEXT NOT NULL,
      handle TEXT NOT NULL,
      url TEXT NOT NULL,
      purpose TEXT NOT NULL,
      tier INTEGER NOT NULL,
      unit TEXT NOT NULL,
      state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 2),
      source TEXT NOT NULL,
      source_id TEXT NOT NULL,
      source_group TEXT NOT NULL,
      source_title TEXT NOT NULL,
      source_username TEXT NOT NULL,
      source_url TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL,
      revision INTEGER NOT NULL,
      reviewed_at INTEGER NOT NULL,
      reviewed_by INTEGER REFERENCES holder,
      details TEXT NOT NULL) STRICT)",
    "CREATE UNIQUE INDEX account_source ON account (source, source_id) WHERE source_id <> ''",
    "CREATE INDEX account_source_key ON account (source_group, source_title, source_username, source_url)",

    R"(CREATE TABLE former_name (
      id INTEGER PRIMARY KEY NOT NULL,
      name TEXT NOT NULL UNIQUE,
      account_id INTEGER NOT NULL REFERENCES account,
      ended_at INTEGER NOT NULL) STRICT)",

    R"(CREATE TABLE account_link (
      id INTEGER PRIMARY KEY NOT NULL,
      account_id INTEGER NOT NULL REFERENCES account,
      kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 5),
      to_account INTEGER REFERENCES account,
      to_holder INTEGER REFERENCES holder,
      outside TEXT NOT NULL,
      linked_by INTEGER NOT NULL REFERENCES holder,
      linked_at INTEGER NOT NULL) STRICT)",
    "CREATE INDEX account_link_account ON account_link (account_id)",
    "CREATE INDEX account_link_to_account ON account_link (to_account)",
    "CREATE INDEX account_link_to_holder ON account_link (to_holder)",

    R"(CREATE TABLE access_grant (
      id INTEGER PRIMARY KEY NOT NULL,
      account_id INTEGER NOT NULL REFERENCES account,
      holder_id INTEGER NOT NULL REFERENCES holder,
      relation INTEGER NOT NULL CHECK (relation BETWEEN 1 AND 3),
      reason TEXT NOT NULL,
      granted_by INTEGER REFERENCES holder,
      created_at INTEGER NOT NULL,
      expires_at INTEGER,
      ended_at INTEGER,
      ended_by INTEGER REFERENCES holder) STRICT)",
    "CREATE UNIQUE INDEX access_grant_one ON access_grant (account_id, holder_id) WHERE ended_at IS NULL",
    "CREATE UNIQUE INDEX access_grant_owner ON access_grant (account_id) WHERE relation = 1 AND ended_at IS "
    "NULL",
    "CREATE INDEX access_grant_holder ON access_grant (holder_id)",

    R"(CREATE TABLE secret (
      id INTEGER PRIMARY KEY NOT NULL,
      account_id INTEGER NOT NULL REFERENCES account,
      name TEXT NOT NULL,
      pseudonym BLOB NOT NULL UNIQUE,
      kind TEXT NOT NULL,
      current_version INTEGER NOT NULL,
      created_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL,
      revision INTEGER NOT NULL,
      removed_at INTEGER,
      removed_by INTEGER REFERENCES holder,
      UNIQUE (account_id, name)) STRICT)",

    R"(CREATE TABLE secret_version (
      id INTEGER PRIMARY KEY NOT NULL,
      secret_id INTEGER NOT NULL REFERENCES secret,
      version INTEGER NOT NULL,
      epoch INTEGER NOT NULL,
      sealed BLOB,
      created_by INTEGER NOT NULL REFERENCES holder,
      created_at INTEGER NOT NULL,
      destroyed_at INTEGER,
      destroyed_by INTEGER REFERENCES holder,
      in_use_since INTEGER NOT NULL,
      UNIQUE (secret_id, version)) STRICT)",
    "CREATE INDEX secret_version_creator ON secret_version (created_by, created_at)",

    R"(CREATE TABLE version_hash (
      id INTEGER PRIMARY KEY NOT NULL,
      secret_id INTEGER NOT NULL REFERENCES secret,
      version INTEGER NOT NULL,
      hash BLOB NOT NULL,
      UNIQUE (secret_id, version, hash),
      FOREIGN KEY (secret_id, version) REFERENCES secret_version (secret_id, version)) STRICT)",
    "CREATE INDEX version_hash_hash ON version_hash (hash)",

    R"(CREATE TABLE attestation (
      id INTEGER PRIMARY KEY NOT NULL,
      secret_id INTEGER NOT NULL REFERENCES secret,
      version INTEGER NOT NULL,
      holder_id INTEGER NOT NULL REFERENCES holder,
      person TEXT NOT NULL,
      attested_at INTEGER NOT NULL,
      evidence TEXT NOT NULL,
      UNIQUE (secret_id, version, holder_id),
      FOREIGN KEY (secret_id, version) REFERENCES secret_version (secret_id, version)) STRICT)",

    R"(CREATE TABLE value_refusal (
      id INTEGER PRIMARY KEY NOT NULL,
      secret_id INTEGER NOT NULL REFERENCES secret,
      holder_id INTEGER NOT NULL REFERENCES holder,
      hash BLOB NOT NULL,
      refused_at INTEGER NOT NULL) STRICT)",

    R"(CREATE TABLE import_item (
      id INTEGER PRIMARY KEY NOT NULL,
      holder_id INTEGER NOT NULL REFERENCES holder,
      run TEXT NOT NULL,
      request_id TEXT NOT NULL,
      source TEXT NOT NULL,
      source_id TEXT NOT NULL,
      looks BLOB NOT NULL,
      account_id INTEGER REFERENCES account,
      seen_at INTEGER NOT NULL) STRICT)",
    "CREATE INDEX import_item_looks ON import_item (looks)",
    "CREATE INDEX import_item_source_id ON import_item (source_id)",
    "CREATE INDEX import_item_seen ON import_item (seen_at)",

    R"(CREATE TABLE exposure (
      id INTEGER PRIMARY KEY NOT NULL,
      holder_id INTEGER NOT NULL REFERENCES holder,
      secret_id INTEGER NOT NULL REFERENCES secret,
      version INTEGER NOT NULL,
      how INTEGER NOT NULL CHECK (how BETWEEN 1 AND 5),
      first_at INTEGER NOT NULL,
      last_at INTEGER NOT NULL,
      times INTEGER NOT NULL,
      UNIQUE (holder_id, secret_id, version, how),
      FOREIGN KEY (secret_id, version) REFERENCES secret_version (secret_id, version)) STRICT)",
    "CREATE INDEX exposure_secret ON exposure (secret_id, version)",

    "CREATE TABLE backup_note (id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1), made_at INTEGER NOT NULL, "
    "checkpoint TEXT NOT NULL) STRICT",

    "CREATE TABLE elapsed (id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1), micros INTEGER NOT NULL) STRICT",

    R"(CREATE TABLE request (
      holder_id INTEGER NOT NULL REFERENCES holder,
      method TEXT NOT NULL,
      request_id TEXT NOT NULL,
      body_mac BLOB NOT NULL,
      result TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      PRIMARY KEY (holder_id, method, request_id)) STRICT)",
    "CREATE INDEX request_created ON request (created_at)",

    R"(CREATE TABLE event (
      idx INTEGER PRIMARY KEY NOT NULL,
      time INTEGER NOT NULL,
      type TEXT NOT NULL,
      actor_id INTEGER,
      account_id INTEGER,
      secret_id INTEGER,
      subject_id INTEGER,
      version INTEGER,
      handover_id INTEGER,
      outcome INTEGER NOT NULL CHECK (outcome BETWEEN 1 AND 2),
      rule TEXT NOT NULL,
      leaf BLOB NOT NULL,
      texts BLOB NOT NULL) STRICT)",
    "CREATE INDEX event_actor ON event (actor_id)",
    "CREATE INDEX event_account ON event (account_id)",
    "CREATE INDEX event_secret ON event (secret_id)",
    "CREATE INDEX event_subject ON event (subject_id)",
    "CREATE INDEX event_handover ON event (handover_id)",

    "CREATE TABLE tree_hash (id INTEGER PRIMARY KEY NOT NULL, hash BLOB NOT NULL) STRICT",
};

}  // namespace holdfast::storage
