#!/usr/bin/python3
"""Verifies an audit export with nothing of Holdfast's: verify_export.py EXPORT VERIFIER_KEY.

VERIFIER_KEY is the vault's, as "holdfast status" shows it, of any origin that the log had: restores are followed. RFC 6962 and C2SP signed notes, by the standard library and
the openssl command. Exits with 1 and says why when anything is not as it was signed.
"""
import base64, hashlib, json, subprocess, sys, tempfile

ED25519_SPKI = bytes.fromhex("302a300506032b6570032100")  # RFC 8410, before the 32 bytes of the key


def fail(why):
    sys.exit(f"not verified: {why}")


def sha256(data):
    return hashlib.sha256(data).digest()


def root(leaves):
    if not leaves:
        return sha256(b"")
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0])
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + root(leaves[:split]) + root(leaves[split:]))


def is_signed(text, signature, public_key):
    with tempfile.TemporaryDirectory() as place:
        for name, data in [("key", ED25519_SPKI + public_key), ("text", text), ("signature", signature)]:
            with open(f"{place}/{name}", "wb") as file:
                file.write(data)
        command = ["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-keyform", "DER", "-inkey", f"{place}/key",
                   "-in", f"{place}/text", "-sigfile", f"{place}/signature"]
        return subprocess.run(command, capture_output=True).returncode == 0


def check_entry(index, entry):
    """Returns how many texts the leaf commits to that are not there."""
    leaf = json.loads(entry["leaf"])
    if not leaf["index"] == entry["index"] == index:
        fail(f"entry {index} is another one")
    for field, text in entry["texts"].items():
        committed = sha256(bytes.fromhex(text["salt"]) + text["text"].encode()).hex()
        if leaf["texts"].get(field) != committed:
            fail(f"entry {index}: another {field} than was recorded")
    return len(leaf["texts"]) - len(entry["texts"])


def is_note_of(note, verifier):
    name, key_hash, key = verifier.split("+", 2)
    public_key = base64.b64decode(key)
    if public_key[:1] != b"\x01" or len(public_key) != 33:
        fail("the verifier key is not of Ed25519")
    text, _, signatures = note.partition("\n\n")
    for line in signatures.splitlines():
        dash, signer, encoded = line.split(" ")
        signature = base64.b64decode(encoded)
        if dash == "\u2014" and signer == name and signature[:4].hex() == key_hash:
            if is_signed((text + "\n").encode(), signature[4:], public_key[1:]):
                return True
    return False


def follow_restore(verifier, index, entries):
    """Returns the key under which the log goes on from this entry: a restore begins another, signed for by the one before."""
    statement = entries[index]["texts"].get("statement", {}).get("text")
    if json.loads(entries[index]["leaf"])["type"] != "vault.restore" or statement is None:
        return verifier
    form, ended, goes_on, restored, _ = statement.split("\n")[:5]
    if form != "holdfast-restore/v1" or ended != verifier:
        return verifier
    if not is_note_of(statement, ended) or not is_note_of(statement, goes_on):
        fail(f"entry {index}: the restore is not signed by the key before it")
    before = base64.b64encode(root([entry["leaf"].encode() for entry in entries[:index]])).decode()
    if restored != f"{index} {before}":
        fail(f"entry {index}: the log was restored to other entries than stand before it")
    return goes_on


def check_note(note, verifier, entries):
    if not is_note_of(note, verifier):
        fail("the checkpoint is not signed with the verifier key")
    origin, size, signed_root = note.split("\n")[:3]
    if origin != verifier.split("+")[0]:
        fail("the checkpoint is of another log")
    if int(size) != len(entries):
        fail("entries are missing")
    if base64.b64decode(signed_root) != root([entry["leaf"].encode() for entry in entries]):
        fail("the entries are not those that the checkpoint was signed for")
    return f"{origin}: {size} entries, root {signed_root}"


with open(sys.argv[1], encoding="utf-8") as export:
    *entries, last = [json.loads(line) for line in export]
absent = sum(check_entry(index, entry) for index, entry in enumerate(entries))
key = sys.argv[2]
for index in range(len(entries)):
    key = follow_restore(key, index, entries)
print(check_note(last["checkpoint"], key, entries) + (f"; {absent} texts absent" if absent else ""))
