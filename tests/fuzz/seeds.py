#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Writes the seeds of the fuzzers that read texts, payloads, rows and steps, from tests/vectors and
from small examples here. Those of leaves, links, frames, controls, requests and exports are written
by tests/vectors/wire/generate.py. Same files every time; run it after a change of a format:

    python3 tests/fuzz/seeds.py

The first byte of most says which of a fuzzer's readers is meant; its order is that of the table at
the end of the fuzzer's source."""

import base64
import hashlib
import json
import os
import struct

HERE = os.path.dirname(os.path.abspath(__file__))
SEEDS = os.path.join(HERE, "seeds")
ROOT = os.path.join(HERE, "..", "..")


def vectors(path):
    with open(os.path.join(ROOT, "tests", "vectors", path), encoding="utf-8") as file:
        return json.load(file)


def text(path):
    with open(os.path.join(ROOT, path), "rb") as file:
        return file.read()


def some(label, size=32):
    """Bytes that look random and are the same every time."""
    out = b""
    while len(out) < size:
        out += hashlib.sha256((label + str(len(out))).encode()).digest()
    return out[:size]


def choice(number, body):
    return bytes([number]) + (body if isinstance(body, bytes) else body.encode())


def name_of(label):
    return "".join(c if c.isascii() and c.isalnum() else "_" for c in label)[:40]


def few(cases, most, good=lambda case: case.get("verdict", "ok") == "ok"):
    """All good ones first, then rejected ones, at most MOST."""
    cases = list(cases)
    chosen = [c for c in cases if good(c)][:most]
    return chosen + [c for c in cases if not good(c)][: max(0, most - len(chosen))]


# ---- texts ----

def text_seeds():
    examples = [
        ["00ff10", ""], ["AP8Q", "AA==", ""], ["18446744073709551615", "0"],
        ["2021-07-05T12:00:00.000Z", "2021-07-05T12:00:00Z"], ["2024-02-29", "9999-12-31"],
        ["28-06-2021", "28/6-2021", "2021-06-28"], ["28-06-2021 09.10", "31-10-2021 02.30"],
        ["infohus-demo/kk/1", "infohus-demo/kk/1/journal/2"],
        ["sagsbehandler", "tcp://127.0.0.1:7400", "tcp://[::1]:7400", "00000094", "9521230000017"],
        ["tile/0/x001/234", "leaves/000.p/7"], ["tile/0/x001/067.p/3", "about"],
        ["pårørende € \U0001f600", "\u0080"], ["* Navn [subject.name]: Magnus", "[facts.2.fact]:"]]
    for number, group in enumerate(examples):
        for i, body in enumerate(group):
            yield "%02d_%d" % (number, i), choice(number, body)


def note_seeds():
    for case in few(vectors("merkle/vkeys.json")["cases"], 4):
        yield "vkey_" + name_of(case["name"]), choice(0, case["vkey"])
    for case in few(vectors("merkle/notes.json")["cases"], 6):
        yield "note_" + name_of(case["name"]), choice(1, case["note"])
    note = vectors("merkle/checkpoints.json")["cases"][0]["note"]
    yield "checkpoint", choice(2, note.split("\n\n")[0] + "\n")
    for case in few(vectors("merkle/tlogproofs.json")["cases"], 4):
        yield "proof_" + name_of(case["name"]), choice(3, case["proof"])
    for case in few(vectors("merkle/policies.json")["cases"], 8):
        yield "policy_" + name_of(case["name"]), choice(4, case["policy"])
    yield "cosignature", choice(5, struct.pack(">Q", 1625486400) + some("signature", 64))
    for case in few(vectors("merkle/ranges.json")["cases"], 4):
        yield "range_" + name_of(case["name"]), choice(6, bytes.fromhex(case["range"]))
    yield "statement", choice(7, statement("infohus-demo/kk/1", "journal", 2, 4, 1007))


def statement(origin, tree, journal, number, size):
    root = base64.b64encode(some("root")).decode()
    return ("tov guard statement v1\norigin %s\ntree %s\njournal %d\nnumber %d\nsize %d\nroot %s\n"
            % (origin, tree, journal, number, size, root))


def proof_seeds():
    for kind in range(3):
        yield "kind_%d" % kind, bytes([kind, 5, 200])
        yield "kind_%d_changed" % kind, bytes([kind, 64, 130, 0, 40, 1])
    yield "anything", bytes([3, 0, 1]) + struct.pack(">QQ", 1, 2) + some("claim", 96)


def roster_seeds():
    rosters = vectors("roster/rosters.json")
    for case in rosters["good"][:3]:
        yield "roster_" + name_of(case["name"]), choice(0, case["note"])
    for case in rosters["roots"]["good"]:
        yield "roots_" + name_of(case["name"]), choice(1, case["text"])
    for case in rosters["clients"]["good"]:
        yield "clients_" + name_of(case["name"]), choice(2, case["text"])
    for purpose, name in (("root", "infohus-demo/root/kommune"), ("transport", "")):
        yield "key_" + purpose, choice(3, key_text(purpose, name))
    yield "key_locked", choice(3, key_text("root", "infohus-demo/root/kommune").replace(
        "secret ", "lock argon2id 1 8 %s %s\nsealed " % (some("salt", 16).hex(),
                                                         some("nonce", 24).hex())))
    yield "recipe", choice(4, RECIPE)
    yield "card", choice(5, card_text())


def key_text(purpose, name):
    """A key that nobody has: its public half is not that of its secret."""
    return ("tov-key v1\npurpose %s\nowner kommune\nname %s\npublic %s\nsecret %s\n"
            % (purpose, name or "infohus-demo/kommune/" + purpose, some("public").hex(),
               some("not a secret").hex()))


RECIPE = """tov-roster-recipe v1
federation fuzz-demo
valid-until 2099-12-31T00:00:00Z
catalogue 1
calendar 1
witness-policy two-thirds
agency 1 kk
  title Kommunen
  cvr 00000094
  regime GDPR
  keys
  endpoint tcp://127.0.0.1:PORT
  keepers krfo
  unit vink
    title VINK
    roles tovholder_kommune sagsbehandler
    cooperations SSP PSP KSP
  client caseworker person tovholder_kommune,sagsbehandler vink
agency 2 krfo
  title Kriminalforsorgen
  cvr 00000108
  regime LED
  keys
  keepers kk
  unit kif
    title KiF
    roles tilsynsfoerende
"""


def card_text():
    vkey = vectors("merkle/vkeys.json")["cases"][0]["vkey"]
    return ("tov-agency-card v1\nfederation infohus-demo\nagency 1 kk\ngeneration 1\nledger %s\n"
            "journal %s\nwitness %s\ncontrol %s\ntransport %s\n"
            % (vkey, vkey, vkey, some("control").hex(), some("transport").hex()))


# ---- messages ----

def payloads(most):
    cases = [c for c in vectors("case/payloads.json")["vectors"] if c["decode"] == "ok"]
    return cases[:: max(1, len(cases) // most)][:most]


def payload_seeds():
    for case in payloads(40):
        header, content = bytes.fromhex(case["header"]), bytes.fromhex(case["content"])
        yield "message_" + name_of(case["name"]), (
            b"\1" + struct.pack(">H", len(header)) + header + content)
    for number in range(0, 60, 6):
        yield "record_%d" % number, bytes([0, number])


def form_seeds():
    body = ("# Løsladt\n* Hvorfor har modtageren brug for dette? [necessity]: Kommunen skal\n"
            "kende datoen.\n\\# ikke en kommentar\n[released_at]: 28-06-2021 12.00\n"
            "[occurred_at]: 28-06-2021 09.10\n[legal_bases]: EGEN\n[subject.name]: Magnus Præst\n"
            "[facts.1.fact]: et\n[facts.2.fact]: to\n[priority]: akut\n")
    for number in range(0, 70, 7):
        yield "type_%d" % number, bytes([number, number % 2]) + body.encode()


def json_seeds():
    head = ('"header": {"type": "%s", "type_version": 1, "recipients": '
            '[{"agency": 2, "unit": "central"}], "legal_bases": ["EGEN"]')
    yield "json_note", choice(0, "{" + head % "msg.note" + '}, "content": {"necessity": "x"}}')
    yield "json_response", choice(0, "{" + head % "info.response" +
                                  ', "fields": {"complete": true}}, "content": {"fields": '
                                  '{"facts": [{"fact": "et", "fact_date": "2021-07-05"}]}}}')
    for i, line in enumerate(["fields.complete\ntrue", "fields.facts.2.fact\nto",
                              "content.necessity\ntekst", "header.legal_bases\nEGEN",
                              "content.subject.birth_date\n2021-07-05"]):
        yield "field_%d" % i, choice(1, line)
    yield "draft", choice(2, '{"tov_draft": 1, "state": "unsent", "saved_at": '
                             '"2021-07-05T12:00:00.000Z", "key": "%s", "sender": "f/kk/mette", '
                             '"attachments": [{"path": "/tmp/a", "mime": "text/plain"}], '
                             '"message": {%s}}}' % (some("key").hex(), head % "msg.note"))


# ---- protobuf by hand, for what the node answers ----

def varint(value):
    out = b""
    while value >= 0x80:
        out += bytes([value & 0x7f | 0x80])
        value >>= 7
    return out + bytes([value])


def num(field, value):
    return varint(field << 3) + varint(value)


def sub(field, body):
    return varint(field << 3 | 2) + varint(len(body)) + body


def reply_seeds():
    ref = num(1, 1) + num(2, 1) + num(3, 7) + sub(4, some("leaf"))
    summary = num(1, 9) + sub(2, ref)
    yield "hello", num(1, 4) + sub(5, num(1, 1) + sub(2, b"f") + sub(3, b"kk") + sub(4, b"mette"))
    yield "list", num(1, 4) + sub(8, sub(1, summary) * 2)
    yield "event", num(1, 4) + sub(11, num(1, 5) + num(2, 3) + sub(3, summary))
    yield "error", num(1, 4) + num(2, 11) + sub(3, b"no") + sub(4, num(1, 1) + num(2, 4))
    yield "submit", num(1, 4) + sub(6, sub(1, ref) + num(2, 9) + sub(3, some("id", 16)))
    for case in payloads(6):
        full = summary + sub(3, bytes.fromhex(case["header"]))
        yield "get_" + name_of(case["name"]), num(1, 4) + sub(
            9, sub(1, full) + sub(2, bytes.fromhex(case["content"])))
    yield "cases", num(1, 4) + sub(16, num(1, 1))
    yield "case", num(1, 4) + sub(17, sub(1, summary))


# ---- files of a node ----

def config_seeds():
    yield "config", choice(0, text("systemd/tovd.conf.example"))
    yield "config_gateway", choice(0, text("systemd/gateway.conf.example"))
    short = ("[node]\nagency = kk\nfederation = /f\ndata = /d\nguard = /g\nkeys = /k\n"
             "[limits]\nflow-window = 4194304\n[demo]\nclock = on\nclock-file = /c\n")
    yield "config_short", choice(0, short)
    yield "profile", choice(1, "# en kommentar\n[vink]\nnode = tcp://127.0.0.1:7450\n"
                               "key = ~/.config/tov/mette.key\nserver-key = /etc/tov/front.pub\n"
                               "language = da\n[anden]\nnode = ipc:///run/tov/front.sock\n")
    yield "remarks", choice(2, "Tekst\n#! Ret dette\n* Navn [subject.name]: x\n#! og dette\0")


def ipc_seeds():
    peer = struct.pack(">HBB", 2, 1, 1) + some("key") + b"\x0etcp://h.dk:7400"
    bodies = [b"\2ok", struct.pack(">H", 2), struct.pack(">HI", 2, 900), struct.pack(">H", 2) + b"f",
              struct.pack(">HH", 1, 1) + peer,
              some("client") + struct.pack(">Q", 7) + bytes(32) + b"frame",
              struct.pack(">Q", 7) + b"frame", struct.pack(">Q", 7),
              struct.pack(">H", 2) + some("clients", 64)]
    for number, body in enumerate(bodies):
        yield "payload_%d" % number, choice(0, choice(number, body))
    frames = struct.pack(">IB", 3, 0x11) + b"ab" + struct.pack(">IB", 1, 0x10)
    yield "stream", choice(1, choice(0, frames))
    yield "stream_of_a_wrong_length", choice(1, choice(1, frames + b"\xff\xff\xff\xff"))
    for number, body in enumerate(guard_requests()):
        yield "request_%d" % number, choice(2, choice(number, struct.pack(">I", 7) + body))
    view = b"\0" + some("public key")
    signed = struct.pack(">Q", 3) + some("root") + some("signature", 64)
    answers = [view * 2 + b"\1\1" + some("witness") + struct.pack(">Q", 0) + bytes(4 * 24),
               struct.pack(">Q", 3) + some("root") + struct.pack(">H", 0), signed,
               struct.pack(">Q", 3) + some("root") + some("signature", 64) + bytes(72), view,
               signed, struct.pack(">H", 2) + some("leaves", 64)]
    for number, body in enumerate(answers):
        yield "answer_%d" % number, choice(3, choice(number, struct.pack(">IH", 7, 0) + body))


def guard_requests():
    note = vectors("merkle/checkpoints.json")["cases"][0]["note"].encode()
    vkey = vectors("merkle/checkpoints.json")["cases"][0]["key"].encode()
    yield b""
    yield struct.pack(">BQHH", 1, 0, 2, 1) + some("leaves", 64) + struct.pack(">Q", 2)
    yield struct.pack(">BQ", 1, 2)
    yield (struct.pack(">QQH", 0, 1625486400, len(vkey)) + vkey + b"\1" + some("hash") +
           struct.pack(">I", len(note)) + note)
    yield struct.pack(">I", len(note)) + note + struct.pack(">Q", 1) + some("range")
    yield struct.pack(">Q", 2)
    yield struct.pack(">BQ", 1, 0)


def rows_seeds():
    leaf = bytes.fromhex(vectors("wire/leaf.json")["good"][0]["hex"])
    link = bytes.fromhex(vectors("wire/link.json")["good"][0]["hex"])
    yield "own", choice(0, struct.pack(">BQBH", 1, 5, 1, 2) + link + leaf)
    yield "own_erased", choice(0, struct.pack(">BQ", 2, 5) + some("leaf"))
    yield "mirror", choice(1, struct.pack(">BQBBHB", 1, 5, 1, 0, 0, 1) + link + leaf)
    yield "mirror_erased", choice(1, struct.pack(">BQ", 2, 5) + some("leaf") + b"\0")
    head = struct.pack(">HIQQ", 2, 1, 9, 1625486400000)
    yield "event_written", choice(2, b"\1" + head + some("tag", 16))
    yield "event_received", choice(2, b"\2" + head)
    yield "event_delivered", choice(2, b"\3" + head + struct.pack(">IQQQB", 1, 0, 1, 4, 1))
    yield "event_attachment", choice(2, b"\4" + head + b"\2")
    words = b"".join(struct.pack(">H", len(w)) + w for w in (b"mette", b"sagsbehandler", b"sagen"))
    yield "details", choice(3, some("salt") + words + struct.pack(">BHIQQQ", 1, 2, 1, 9, 3, 4))
    entry = struct.pack(">QHIQ", 8, 2, 1, 90) + some("leaf") + struct.pack(">QIB", 1000, 5, 1)
    yield "book", choice(4, (entry + struct.pack(">I", 6) + b"header") * 2)
    bucket = struct.pack(">IBBBBI", 1, 1, 0, 0, 0, 24000) + some("wrapped", 72)
    yield "vault", choice(5, b"TOVB\1\0\0\0" + struct.pack(">I", 1) + bucket)
    yield "vault_empty", choice(5, b"TOVB\1\0\0\0" + struct.pack(">I", 0))
    slot = guard_slot()
    yield "state", choice(6, struct.pack(">H", len(slot)) + slot + guard_slot(2))
    peer = (b"TOVP" + struct.pack(">HHQ", 17, 0, 1) + some("public key") + struct.pack(">Q", 3) +
            some("root") + some("signature", 64) + b"infohus-demo/kk/1")
    yield "witness", choice(7, (bytes([len(peer)]) + peer) * 2)


def guard_slot(sequence=1):
    origin = b"infohus-demo/kk/1"
    signed = struct.pack(">Q", 1) + some("root") + some("signature", 64)
    return (b"TOVG\1\1" + struct.pack(">HQI", len(origin), sequence, 0) + origin +
            some("public key") + struct.pack(">QQQ", 0, 1, 0) + struct.pack(">Q", 1) +
            some("root") + signed + bytes(104) + struct.pack(">HQ", 1, 1) +
            some("signature", 64))


def store_seeds():
    peer = (struct.pack(">IQQ", 1, 0, 9) + some("leaf") + struct.pack(">IQQQ", 1, 1, 2, 3) +
            some("epoch key") + struct.pack(">QIQB", 4, 1, 0, 0) + some("signature", 64))
    yield "peer", choice(0, peer + struct.pack(">Q", 3) + some("range", 64))
    yield "peer_of_another_generation", choice(0, struct.pack(">I", 2) + peer[4:] + bytes(8))
    yield "recall", choice(1, b"\0" + struct.pack(">QQQ", 3, 9, 4))
    yield "told", choice(1, b"\1" + struct.pack(">Q", 7) + some("leaf"))
    yield "cosigned", choice(1, b"\2" + struct.pack(">QQ", 8, 1625486400) +
                             some("signature", 64))
    yield "skip", choice(1, b"\3")
    yield "start_rule", choice(2, struct.pack(">IQ", 3, 1625486400000))
    yield "link", choice(3, struct.pack(">Q", 1))
    for level in range(2):
        yield "skipped_%d" % level, choice(4, bytes([0, level, 3]) + struct.pack(">Q", 4) +
                                           some("run", 32 * 2))
    yield "skipped_in_single_hashes", choice(4, bytes([0, 0, 3]) + struct.pack(">QB", 4, 1) +
                                             some("run", 32 * 4))
    yield "transfer", choice(5, struct.pack(">QBI", 7, 1, 3))
    yield "cover", choice(6, b"\0" + struct.pack(">QQQ", 5, 60, 1625486400000))
    yield "exception", choice(6, b"\1" + struct.pack(">BBHQ", 4, 0, 9, 5))
    epoch = struct.pack(">IQQQ", 1, 1, 2, 1) + some("sealed", 72)
    yield "epochs", choice(7, b"TOVE\1\0\0\0" + struct.pack(">I", 1) + epoch)
    note = some("root") + some("signature", 64)
    yield "fork", choice(8, struct.pack(">Q", 5) + note + struct.pack(">Q", 7) + note +
                         some("proof", 32 * 3))


def backup_seeds():
    vkey = vectors("merkle/vkeys.json")["cases"][0]["vkey"]
    tree = "%s-key %s\n%s 7 %s signed 5\n"
    root = base64.b64encode(some("root")).decode()
    head = ("tov-backup v1\nfederation infohus-demo\nagency 2 kbh-pol\ngeneration 1\n"
            "made 2021-07-05T12:00:00.000Z\nsoftware 0.1.0\nstore-format 2\n" +
            tree % ("ledger", vkey, "ledger", root) + tree % ("journal", vkey, "journal", root) +
            "messages 3 4\nabsent 0\nkeyless 1\n")
    files = "".join("%s %d %s\n" % (some(path).hex(), size, path)
                    for path, size in (("blobs/own-1-2", 9), ("buckets", 0),
                                       ("store/data.mdb", 65536)))
    yield "sealed", choice(1, head + "files 3\n" + files)
    yield "without_files", choice(1, head + "files 0\n")
    yield "newer", choice(1, head.replace("v1", "v2"))
    yield "cut", choice(0, head + "files 3\n" + files)
    whole = (head + "files 0\n").encode()
    yield "whole", choice(0, whole + b"manifest " + hashlib.sha256(whole).hexdigest().encode() +
                          b"\n")


def audit_seeds():
    for number in range(0, 40, 3):
        yield "file_%d_flipped" % number, bytes([number, 0, 0, 9, 1])
        yield "file_%d_sealed" % number, bytes([number, 2, 0, 9, 1])
    yield "nothing_changed", bytes([1, 2])
    yield "half_a_file", bytes([5, 6])
    yield "empty_file", bytes([7, 3])


# ---- what is sealed, and what happens ----

def envelope_seeds():
    for number in range(6):
        yield "kind_%d" % number, bytes([number, 0, 0, 0]) + some("data", 40)
        yield "kind_%d_changed" % number, bytes([number, 0, 60, 1]) + some("data", 40)
    yield "padded", bytes([1, 0, 0, 0]) + struct.pack(">Q", 2) + b"hi" + bytes(246)
    for size in (88, 120):
        yield "raw_stanza_%d" % size, bytes([4, 0, 0, size // 120]) + some("stanza", size)


def guard_seeds():
    append = bytes([0, 0, 0, 5, 1, 5])
    yield "append", append
    yield "append_and_fork", append + bytes([0, 0, 0, 133, 1, 5]) + bytes([3, 0, 0])
    yield "restart", append + bytes([4]) + append
    yield "lost_and_stated", append + bytes([5, 0]) + bytes([6, 0, 0, 1]) + append
    yield "journal", bytes([0, 1, 0, 5, 1, 5, 8, 1]) + bytes([0, 1, 0, 5, 1, 5])
    yield "torn", append + bytes([11, 0, 1, 0]) + append + append
    hashes = bytes([12, 0, 0, 2])
    yield "hashes", append + hashes
    yield "hashes_from_the_end", append + bytes([12, 0, 0, 5])
    yield "hashes_of_a_fork", append + bytes([0, 0, 0, 133, 0]) + hashes
    yield "hashes_after_a_restart", append + bytes([4]) + append + hashes
    yield "hashes_of_a_torn_append", append + bytes([11, 0, 1, 0]) + append + hashes
    yield "hashes_of_a_stated_tree", (append + bytes([5, 0]) + bytes([6, 0, 0, 1]) + hashes +
                                      append + bytes([4]) + hashes)
    yield "hashes_raw", append + bytes([10, 6, 13]) + struct.pack(">IBQ", 7, 1, 0)
    yield "cosign", bytes([9, 0, 30, 0, 9, 0, 40, 31, 9, 1, 45, 31])
    for number, body in enumerate(guard_requests()):
        payload = struct.pack(">I", 7) + body
        if len(payload) < 256:
            yield "raw_%d" % number, bytes([10, number, len(payload)]) + payload


def step(number, body=b""):
    return struct.pack(">BH", number, len(body)) + body


def node_seeds():
    good = vectors("wire/frame.json")["good"]
    for row in sorted(good, key=lambda r: len(r["hex"])):
        if len(row["hex"]) < 2400:
            yield "frame_" + name_of(row["name"]), step(0, bytes.fromhex(row["hex"]))
    for row in vectors("wire/leaf.json")["good"]:
        if len(row["hex"]) < 1200:
            yield "entry_" + name_of(row["name"]), step(1, bytes.fromhex(row["hex"]))
    for row in vectors("wire/control.json")["good"]:
        yield "control_" + name_of(row["name"]), step(4, bytes.fromhex(row["hex"]))
    for case in payloads(10):
        yield "message_" + name_of(case["name"]), (
            step(2, bytes.fromhex(case["header"])) + step(3, bytes.fromhex(case["content"])) +
            step(9, b"\1"))
    yield "life", (step(11, struct.pack(">IBQ", 0, 0, 1)) + step(7, b"\0\x20") + step(10) +
                   step(5, b"\0\x30\1") + step(6))
    asked = {"list": sub(8, num(1, 1) + num(3, 50)), "status": sub(15, b""), "get": sub(9, num(1, 1)),
             "directory": sub(17, b""), "cases": sub(18, b""), "case": sub(19, num(1, 1)),
             "watch": sub(11, num(1, 1)), "trace": sub(10, num(1, 1))}
    for name, body in asked.items():
        yield "client_" + name, step(8, b"\0" + num(1, 3) + body)
    yield "auditor_export", step(8, b"\1" + num(1, 6) + sub(16, b""))


def write(folder, seeds):
    path = os.path.join(SEEDS, folder)
    os.makedirs(path, exist_ok=True)
    for old in os.listdir(path):
        os.remove(os.path.join(path, old))
    for label, data in seeds:
        with open(os.path.join(path, label), "wb") as out:
            out.write(data)


if __name__ == "__main__":
    for name, function in sorted(globals().copy().items()):
        if name.endswith("_seeds"):
            write(name[: -len("_seeds")], function())
