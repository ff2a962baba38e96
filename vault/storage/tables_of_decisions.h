// The SQL of the tables of what people decide together: handovers, policies, approvals, broken glass, restores. They are
// created after those of tables.h, whose conventions hold here too.
#pragma once

#include <string_view>

namespace holdfast::storage {

inline constexpr std::string_view kTablesOfDecisions[] = {
    R"(CREATE TABLE handover (
      id INTEGER PRIMARY KEY NOT NULL,
      name TEXT NOT NULL UNIQUE,
      pseudonym BLOB NOT NULL UNIQUE,
      kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 4),
      leaver_id INTEGER NOT NULL REFERENCES holder,
      state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 4),
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
      revision INTEGER NOT NULL,
      asked_by INTEGER NOT NULL REFERENCES holder,
      asker_person TEXT NOT NULL,
      asker_roles INTEGER NOT NULL) STRICT)",
    "CREATE UNIQUE INDEX handover_open ON handover (leaver_id) WHERE state < 3",

    R"(CREATE TABLE handover_freeze (
      handover_id INTEGER NOT NULL REFERENCES handover,
      holder_id INTEGER NOT NULL REFERENCES holder,
      status_before INTEGER NOT NULL CHECK (status_before BETWEEN 1 AND 4),
      lifted_at INTEGER,
      PRIMARY KEY (handover_id, holder_id)) STRICT)",

    R"(CREATE TABLE handover_choice (
      handover_id INTEGER NOT NULL REFERENCES handover,
      account_id INTEGER NOT NULL REFERENCES account,
      successor_id INTEGER NOT NULL REFERENCES holder,
      PRIMARY KEY (handover_id, account_id)) STRICT)",

    R"(CREATE TABLE handover_plan (
      handover_id INTEGER NOT NULL REFERENCES handover,
      account_id INTEGER NOT NULL,
      successor_id INTEGER NOT NULL REFERENCES holder,
      tier INTEGER NOT NULL,
      vetted INTEGER NOT NULL CHECK (vetted BETWEEN 0 AND 1),
      PRIMARY KEY (handover_id, account_id)) STRICT)",

    R"(CREATE TABLE handover_account (
      handover_id INTEGER NOT NULL REFERENCES handover,
      account_id INTEGER NOT NULL REFERENCES account,
      from_relation INTEGER NOT NULL CHECK (from_relation BETWEEN 1 AND 3),
      successor_id INTEGER REFERENCES holder,
      chosen_by INTEGER NOT NULL CHECK (chosen_by BETWEEN 0 AND 4),
      PRIMARY KEY (handover_id, account_id)) STRICT)",

    R"(CREATE TABLE handover_task (
      id INTEGER PRIMARY KEY NOT NULL,
      handover_id INTEGER NOT NULL REFERENCES handover,
      secret_id INTEGER REFERENCES secret,
      number INTEGER NOT NULL,
      settled_as INTEGER NOT NULL CHECK (settled_as BETWEEN 0 AND 2),
      settled_version INTEGER NOT NULL,
      settled_by INTEGER REFERENCES holder,
      settled_at INTEGER,
      evidence TEXT NOT NULL,
      account_id INTEGER REFERENCES account,
      CHECK ((secret_id IS NULL) <> (account_id IS NULL)),
      UNIQUE (handover_id, secret_id),
      UNIQUE (handover_id, account_id),
      UNIQUE (handover_id, number)) STRICT)",
    "CREATE INDEX handover_task_secret ON handover_task (secret_id)",

    R"(CREATE TABLE policy (
      id INTEGER PRIMARY KEY NOT NULL,
      sha256 BLOB NOT NULL,
      source TEXT NOT NULL,
      staged_by INTEGER REFERENCES holder,
      staged_at INTEGER NOT NULL,
      activated_by INTEGER REFERENCES holder,
      activated_at INTEGER) STRICT)",

    R"(CREATE TABLE approval (
      id INTEGER PRIMARY KEY NOT NULL,
      requester_id INTEGER NOT NULL REFERENCES holder,
      action TEXT NOT NULL,
      operation BLOB NOT NULL,
      policy_id INTEGER NOT NULL REFERENCES policy,
      account_id INTEGER REFERENCES account,
      secret_id INTEGER REFERENCES secret,
      version INTEGER,
      subject_id INTEGER REFERENCES holder,
      staged_policy_id INTEGER REFERENCES policy,
      rule TEXT NOT NULL,
      needs TEXT NOT NULL,
      reason TEXT NOT NULL,
      ticket TEXT NOT NULL,
      details TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      decide_until INTEGER NOT NULL,
      approved_at INTEGER,
      use_until INTEGER,
      uses INTEGER NOT NULL,
      used INTEGER NOT NULL,
      event_idx INTEGER,
      closed_as INTEGER NOT NULL CHECK (closed_as BETWEEN 0 AND 2),
      closed_by INTEGER REFERENCES holder,
      closed_at INTEGER,
      close_reason TEXT NOT NULL,
      valid INTEGER NOT NULL,
      handover_id INTEGER REFERENCES handover) STRICT)",
    "CREATE INDEX approval_operation ON approval (operation)",
    "CREATE INDEX approval_requester ON approval (requester_id)",

    R"(CREATE TABLE approval_vote (
      approval_id INTEGER NOT NULL REFERENCES approval,
      holder_id INTEGER NOT NULL REFERENCES holder,
      reason TEXT NOT NULL,
      voted_at INTEGER NOT NULL,
      PRIMARY KEY (approval_id, holder_id)) STRICT)",

    R"(CREATE TABLE approval_use (
      approval_id INTEGER NOT NULL REFERENCES approval,
      method TEXT NOT NULL,
      request_id TEXT NOT NULL,
      used_at INTEGER NOT NULL,
      PRIMARY KEY (approval_id, method, request_id)) STRICT)",

    R"(CREATE TABLE break_glass (
      id INTEGER PRIMARY KEY NOT NULL,
      requester_id INTEGER NOT NULL REFERENCES holder,
      account_id INTEGER NOT NULL REFERENCES account,
      secret_id INTEGER NOT NULL REFERENCES secret,
      reason TEXT NOT NULL,
      ticket TEXT NOT NULL,
      requested_at INTEGER NOT NULL,
      ready_at_elapsed INTEGER NOT NULL,
      show INTEGER NOT NULL,
      vetoed_by INTEGER REFERENCES holder,
      vetoed_at INTEGER,
      veto_reason TEXT NOT NULL,
      revealed_version INTEGER,
      revealed_at INTEGER,
      reviewed_by INTEGER REFERENCES holder,
      reviewed_at INTEGER,
      review TEXT NOT NULL,
      policy_id INTEGER NOT NULL REFERENCES policy,
      wait INTEGER NOT NULL,
      approval_event INTEGER) STRICT)",
    "CREATE INDEX break_glass_requester ON break_glass (requester_id, requested_at)",
    "CREATE INDEX break_glass_open ON break_glass (ready_at_elapsed) WHERE vetoed_at IS NULL AND revealed_at "
    "IS NULL",
    "CREATE INDEX break_glass_unreviewed ON break_glass (id) WHERE revealed_at IS NOT NULL AND reviewed_at "
    "IS NULL",

    R"(CREATE TABLE vault_restore (
      id INTEGER PRIMARY KEY NOT NULL,
      statement TEXT NOT NULL,
      verifier TEXT NOT NULL,
      entries INTEGER NOT NULL,
      last_known INTEGER,
      restored_at INTEGER NOT NULL,
      needed INTEGER NOT NULL,
      confirmed_at INTEGER) STRICT)",

    R"(CREATE TABLE restore_confirmation (
      restore_id INTEGER NOT NULL REFERENCES vault_restore,
      holder_id INTEGER NOT NULL REFERENCES holder,
      confirmed_at INTEGER NOT NULL,
      PRIMARY KEY (restore_id, holder_id)) STRICT)",
};

}  // namespace holdfast::storage
