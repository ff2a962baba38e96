#!/usr/bin/python3
"""Verifies an audit export with nothing of Holdfast's: verify_export.py EXPORT. RFC 6962, standard library only."""
import base64, hashlib, json, sys

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

*entries, last = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
for index, entry in enumerate(entries):
    leaf = json.loads(entry["leaf"])
    assert leaf["index"] == entry["index"] == index, f"entry {index} is another one"
    for field, text in entry["texts"].items():
        committed = sha256(bytes.fromhex(text["salt"]) + text["text"].encode()).hex()
        assert leaf["texts"][field] == committed, f"entry {index}: another {field} than was recorded"
origin, size, signed_root = last["checkpoint"].split("\n")[:3]
assert int(size) == len(entries), "entries are missing"
assert base64.b64decode(signed_root) == root([entry["leaf"].encode() for entry in entries]), "not what was signed for"
print(f"{origin}: {size} entries, root {signed_root}")
