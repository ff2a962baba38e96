// The SQL of the tables, in order of creation. Times are microseconds since the Unix epoch.
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
      revision INTEGER NOT NULL) STRICT)",
    "CREATE INDEX holder_person ON holder (person)",

    R"(CREATE TABLE enrollment (
      id INTEGER PRIMARY KEY NOT NULL,
      holder_id INTEGER NOT NULL REFERENCES holder,
      code_hash BLOB NOT NULL UNIQUE,
      issuer_id INTEGER REFERENCES holder,
      created_at INTEGER NOT NULL,
      expires_at INTEGER NOT NULL,
      used_at INTEGER,
      void_at INTEGER) STRICT)",
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
      revoked_at INTEGER) STRICT)",
    "CREATE INDEX device_key_holder ON device_key (holder_id)",

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
      revision INTEGER NOT NULL) STRICT)",
    "CREATE UNIQUE INDEX account_source ON account (source, source_id) WHERE source_id <> ''",
    "CREATE INDEX account_source_key ON account (source_group, source_title, source_username, source_url)",

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
      UNIQUE (account_id, name)) STRICT)",

    R"(CREATE TABLE secret_version (
      id INTEGER PRIMARY KEY NOT NULL,
      secret_id INTEGER NOT NULL REFERENCES secret,
      version INTEGER NOT NULL,
      epoch INTEGER NOT NULL,
      sealed BLOB,
      value_mac BLOB NOT NULL,
      created_by INTEGER NOT NULL REFERENCES holder,
      created_at INTEGER NOT NULL,
      retired_at INTEGER,
      retired_by INTEGER REFERENCES holder,
      retire_evidence TEXT,
      destroyed_at INTEGER,
      destroyed_by INTEGER REFERENCES holder,
      UNIQUE (secret_id, version)) STRICT)",

    R"(CREATE TABLE exposure (
      id INTEGER PRIMARY KEY NOT NULL,
      holder_id INTEGER NOT NULL REFERENCES holder,
      secret_id INTEGER NOT NULL REFERENCES secret,
      version INTEGER NOT NULL,
      how INTEGER NOT NULL CHECK (how BETWEEN 1 AND 4),
      first_at INTEGER NOT NULL,
      last_at INTEGER NOT NULL,
      times INTEGER NOT NULL,
      UNIQUE (holder_id, secret_id, version, how),
      FOREIGN KEY (secret_id, version) REFERENCES secret_version (secret_id, version)) STRICT)",
    "CREATE INDEX exposure_secret ON exposure (secret_id, version)",

    R"(CREATE TABLE handover (
      id INTEGER PRIMARY KEY NOT NULL,
      name TEXT NOT NULL UNIQUE,
      pseudonym BLOB NOT NULL UNIQUE,
      kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 4),
      leaver_id INTEGER NOT NULL REFERENCES holder,
      state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 3),
      named_successor INTEGER REFERENCES holder,
      reason TEXT NOT NULL,
      needs_approval INTEGER NOT NULL CHECK (needs_approval BETWEEN 0 AND 1),
      started_by INTEGER NOT NULL REFERENCES holder,
      started_at INTEGER NOT NULL,
      approved_by INTEGER REFERENCES holder,
      approved_at INTEGER,
      cut_at INTEGER,
      closed_by INTEGER REFERENCES holder,
      closed_at INTEGER,
      revision INTEGER NOT NULL) STRICT)",
    "CREATE UNIQUE INDEX handover_open ON handover (leaver_id) WHERE state <> 3",

    R"(CREATE TABLE handover_account (
      handover_id INTEGER NOT NULL REFERENCES handover,
      account_id INTEGER NOT NULL REFERENCES account,
      from_relation INTEGER NOT NULL CHECK (from_relation BETWEEN 1 AND 3),
      successor_id INTEGER REFERENCES holder,
      chosen_by INTEGER NOT NULL CHECK (chosen_by BETWEEN 0 AND 3),
      PRIMARY KEY (handover_id, account_id)) STRICT)",

    R"(CREATE TABLE handover_task (
      id INTEGER PRIMARY KEY NOT NULL,
      handover_id INTEGER NOT NULL REFERENCES handover,
      secret_id INTEGER NOT NULL REFERENCES secret,
      UNIQUE (handover_id, secret_id)) STRICT)",

    R"(CREATE TABLE request (
      holder_id INTEGER NOT NULL REFERENCES holder,
      method TEXT NOT NULL,
      request_id TEXT NOT NULL,
      body_mac BLOB NOT NULL,
      result TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      PRIMARY KEY (holder_id, method, request_id)) STRICT, WITHOUT ROWID)",
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
      leaf BLOB NOT NULL) STRICT)",
    "CREATE INDEX event_actor ON event (actor_id)",
    "CREATE INDEX event_account ON event (account_id)",
    "CREATE INDEX event_secret ON event (secret_id)",
    "CREATE INDEX event_subject ON event (subject_id)",
    "CREATE INDEX event_handover ON event (handover_id)",

    R"(CREATE TABLE event_text (
      idx INTEGER NOT NULL REFERENCES event,
      field TEXT NOT NULL,
      salt BLOB NOT NULL,
      text TEXT NOT NULL,
      PRIMARY KEY (idx, field)) STRICT, WITHOUT ROWID)",
    "CREATE TABLE tree_hash (id INTEGER PRIMARY KEY NOT NULL, hash BLOB NOT NULL) STRICT",
};

}  // namespace holdfast::storage
