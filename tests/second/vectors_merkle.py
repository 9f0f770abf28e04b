# SPDX-License-Identifier: EUPL-1.2
"""tests/vectors/merkle: trees, proofs, tiles, notes, checkpoints, policies, Ed25519."""
import ed25519
import leaf
import note
import tree
from base import need

UNHEX = bytes.fromhex


def _proof(report, case):
    hashes = [UNHEX(one) for one in case["proof"]]
    if case["kind"] == "inclusion":
        tree.check_inclusion(int(case["index"]), int(case["size"]),
                             leaf.leaf_hash(UNHEX(case["leaf"])), hashes, UNHEX(case["root"]))
    else:
        tree.check_consistency(int(case["first"]), int(case["second"]), hashes,
                               UNHEX(case["first_root"]), UNHEX(case["second_root"]))


def _range(report, case):
    value = tree.Range.decode(UNHEX(case["range"]))
    report.same((str(value.size), value.root().hex(), value.encode().hex()),
                (case["size"], case["root"], case["range"]))


def _tile(report, case):
    level, n, width = tree.parse_path(case["path"])
    report.same((level or 0, str(n), width), (case["level"], case["index"], case["width"]))


def _vkey(report, case):
    key = note.Key.parse(case["vkey"])
    report.same((key.name, key.id.hex(), key.kind, key.public_key.hex()),
                (case["key_name"], case["id"], case["type"], case["public_key"]))


def _note(report, case):
    keys = [note.Key.parse(text) for text in case["keys"]]
    report.same(note.distinct(note.open_note(case["note"].encode(), keys)[1]), case["distinct"])


def _checkpoint(report, case):
    key = note.Key.parse(case["key"])
    size, root, _ = note.open_checkpoint(case["note"].encode(), key)
    report.same((str(size), root.hex()), (case["size"], case["root"]))
    text = note.checkpoint_text(key.name, size, root)
    report.same(text, note.split(case["note"].encode())[0])


def _cosignature(report, case):
    key = note.Key.parse(case["key"])
    need(key.kind == note.COSIGNATURE, "no witness key", "argument")
    blob = int(case["time"]).to_bytes(8, "big") + UNHEX(case["signature"])
    need(key.verify(case["text"].encode(), blob), "cosignature", "signature")


def _signature(report, case):
    need(ed25519.verify(UNHEX(case["public_key"]), UNHEX(case["message"]),
                        UNHEX(case["signature"])), "signature", "signature")


def _policy(report, case):
    report.same(note.Policy(case["policy"]).is_met(case["note"].encode()), case["is_met"])


def _tlogproof(report, case):
    note.check_proof(case["proof"].encode(), leaf.leaf_hash(UNHEX(case["leaf"])),
                     note.Key.parse(case["key"]))


FILES = {"proofs": _proof, "ranges": _range, "tiles": _tile, "vkeys": _vkey, "notes": _note,
         "checkpoints": _checkpoint, "cosignatures": _cosignature, "ed25519": _signature,
         "policies": _policy, "tlogproofs": _tlogproof}


def run(report, load):
    for name, function in FILES.items():
        for case in load(f"merkle/{name}.json")["cases"]:
            label = case.get("name", case.get("path"))
            report.judged(name, label, case["verdict"], function, report, case)
