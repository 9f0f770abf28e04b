#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Writes leaf.json, link.json, connection.json, frame.json and control.json beside itself, and the
fuzzers' seeds.

What for: other implementers, and a second opinion on proto/wire. It is written from
docs/protocol.md alone, with a protobuf encoder of its own; never make it call the C code.
    generate.py
"""
import base64
import hashlib
import json
import os
import struct

HERE = os.path.dirname(os.path.abspath(__file__))
SEEDS = os.path.join(HERE, "..", "..", "fuzz", "seeds")
TIME = 1625486400000  # 2021-07-05T12:00:00Z
U16, U32, U64 = ">H", ">I", ">Q"


def some(name, size=32):
    """SIZE bytes that look random and follow from NAME."""
    out, count = b"", 0
    while len(out) < size:
        out += hashlib.sha256(f"tov vector {name} {count}".encode()).digest()
        count += 1
    return out[:size]


def u(form, value):
    return struct.pack(form, value)


# ---- leaves -------------------------------------------------------------------------------------

TYPES = {"genesis": 1, "message": 2, "receipt": 3, "epoch_key": 4, "anchor": 5, "roster": 6,
         "journal_root": 7, "erased": 8, "lost": 9, "access": 32, "fold": 33, "rewrap": 34,
         "override": 35, "grant": 36}


def common(number, version=1, reserved=0, time=TIME, magic=b"TOVL", blind=None):
    return (magic + bytes([version, number]) + u(U16, reserved) + u(U64, time) +
            (blind or some("blind", 16)))


def genesis(f):
    name = f["federation"].encode()
    return (u(U16, f["agency"]) + u(U32, f["generation"]) + u(U32, f["journal"]) +
            u(U32, f["roster_version"]) + bytes.fromhex(f["roster_hash"]) +
            u(U64, f["former_size"]) + bytes.fromhex(f["former_root"]) +
            bytes([len(name)]) + name)


def envelope(f):
    out = (bytes([f["suite"]]) + bytes.fromhex(f["id"]) + bytes.fromhex(f["salt"]) +
           u(U32, f["roster_version"]) + bytes([len(f["recipients"])]))
    for r in f["recipients"]:
        out += u(U16, r["agency"]) + bytes([r["right"]])
    return out


def message(f):
    out = envelope(f) + bytes([len(f["parts"])])
    for p in f["parts"]:
        out += u(U64, p["sealed_size"]) + bytes([p["inline"]]) + bytes.fromhex(p["root"])
    for r in f["recipients"]:
        out += bytes.fromhex(r["link_hash"])
    return (out + bytes.fromhex(f["header_commitment"]) + bytes.fromhex(f["content_commitment"]))


def verdict(v):
    return bytes([v["verdict"], v["flags"]]) + u(U16, v["detail"])


def receipt(f):
    out = (u(U16, f["peer"]) + u(U32, f["generation"]) + u(U64, f["lost_index"]) +
           u(U64, f["last_link"]) + bytes.fromhex(f["last_leaf_hash"]) + u(U16, len(f["runs"])))
    for r in f["runs"]:
        out += u(U16, r["count"]) + verdict(r)
    out += u(U16, len(f["amendments"]))
    for a in f["amendments"]:
        out += u(U64, a["link_number"]) + bytes.fromhex(a["leaf_hash"]) + verdict(a)
    return out


def ref(r):
    return (u(U16, r["agency"]) + u(U32, r["generation"]) + u(U64, r["index"]) +
            bytes.fromhex(r["leaf_hash"]))


def erased(f):
    return (bytes([f["scope"]]) + u(U16, f["basis"]) + bytes([len(f["refs"])]) +
            b"".join(ref(r) for r in f["refs"]))


BODY = {
    "genesis": genesis,
    "message": message,
    "receipt": receipt,
    "epoch_key": lambda f: (u(U32, f["epoch"]) + u(U64, f["not_before_ms"]) +
                            u(U64, f["not_after_ms"]) + bytes.fromhex(f["public_key"])),
    "anchor": lambda f: u(U16, f["seen_count"]) + bytes.fromhex(f["seen_hash"]),
    "roster": lambda f: u(U32, f["version"]) + bytes.fromhex(f["hash"]),
    "journal_root": lambda f: u(U32, f["journal"]) + u(U64, f["size"]) + bytes.fromhex(f["root"]),
    "erased": erased,
    "lost": lambda f: u(U64, f["first"]) + u(U64, f["end"]),
}
for kind in ("access", "fold", "rewrap", "override", "grant"):
    BODY[kind] = lambda f: bytes([f["class_code"]]) + bytes.fromhex(f["detail_hash"])


def leaf(kind, fields, **head):
    return common(TYPES[kind], **head) + BODY[kind](fields)


def h(name):
    return some(name).hex()


def a_genesis(**change):
    return {"agency": 1, "generation": 1, "journal": 0, "roster_version": 1,
            "roster_hash": h("roster"), "former_size": 0, "former_root": "00" * 32,
            "federation": "infohus-demo", **change}


def a_part(n, inline=1, size=272):
    return {"sealed_size": size, "inline": inline, "root": h(f"part {n}")}


def a_message(recipients=((2, 2), (3, 1)), part_count=2, **change):
    return {"suite": 1, "id": some("id", 16).hex(), "salt": h("salt"), "roster_version": 7,
            "recipients": [{"agency": a, "right": r, "link_hash": h(f"link {a}")}
                           for a, r in recipients],
            "parts": [a_part(n) if n < 2 else a_part(n, 0, 131104 * n) for n in range(part_count)],
            "header_commitment": h("header"), "content_commitment": h("content"), **change}


def a_run(count=1, verdict=1, flags=0, detail=0):
    return {"count": count, "verdict": verdict, "flags": flags, "detail": detail}


def an_amendment(link=3, verdict=1, flags=0, detail=0):
    return {"link_number": link, "leaf_hash": h(f"leaf {link}"), "verdict": verdict,
            "flags": flags, "detail": detail}


def a_receipt(runs=(), amendments=(), last=2000, **change):
    return {"peer": 2, "generation": 1, "lost_index": 0, "last_link": last,
            "last_leaf_hash": h("last"), "runs": list(runs), "amendments": list(amendments),
            **change}


def a_ref(n=1, agency=2):
    return {"agency": agency, "generation": 1, "index": n, "leaf_hash": h(f"leaf {n}")}


def an_erased(count=1, **change):
    return {"scope": 1, "basis": 4, "refs": [a_ref(n) for n in range(count)], **change}


def seen_list():
    """The detached list of the anchor: two peers' anchors, ascending by agency."""
    return b"".join(u(U16, agency) + u(U32, 1) + u(U64, 40 + agency) + some(f"root {agency}") +
                    some(f"anchor signature {agency}", 64) for agency in (2, 1024))


def good_leaves():
    yield "genesis_of_a_ledger", "genesis", a_genesis()
    yield "genesis_of_a_journal", "genesis", a_genesis(journal=2)
    yield ("genesis_that_continues_a_former_generation", "genesis",
           a_genesis(generation=2, former_size=812, former_root=h("former")))
    yield "genesis_with_the_longest_federation", "genesis", a_genesis(federation="f" * 63)
    yield "genesis_of_the_highest_agency", "genesis", a_genesis(agency=1024)
    yield "message_to_two_agencies", "message", a_message()
    yield "message_to_the_own_agency", "message", {
        **a_message(((1, 2),)),
        "recipients": [{"agency": 1, "right": 2, "link_hash": "00" * 32}]}
    yield ("message_with_most_recipients_and_parts", "message",
           a_message([(n + 1, 1 + n % 2) for n in range(32)], 18))
    yield "message_of_an_unknown_suite", "message", a_message(suite=9)
    yield ("message_with_most_inline_bytes", "message",
           a_message(parts=[a_part(0, 1, 66112 - 16), a_part(1, 1, 16)]))
    yield "receipt_of_one_message", "receipt", a_receipt([a_run()])
    yield "receipt_with_every_verdict", "receipt", a_receipt(
        [a_run(n, n, n % 2, 100 * n) for n in range(1, 8)])
    yield "receipt_of_1024_messages", "receipt", a_receipt([a_run(1000), a_run(24, 6)], last=1024)
    yield "receipt_that_only_amends", "receipt", a_receipt([], [an_amendment()])
    yield "receipt_with_most_runs_and_amendments", "receipt", a_receipt(
        [a_run(1, 1 + n % 2) for n in range(128)], [an_amendment(n + 1) for n in range(64)])
    yield "epoch_key", "epoch_key", {"epoch": 3, "not_before_ms": TIME,
                                     "not_after_ms": TIME + 604800000, "public_key": h("epoch")}
    yield "anchor", "anchor", {"seen_count": 2,
                               "seen_hash": hashlib.sha256(seen_list()).hexdigest()}
    yield "anchor_with_an_empty_list", "anchor", {"seen_count": 0,
                                                  "seen_hash": hashlib.sha256().hexdigest()}
    yield "roster", "roster", {"version": 7, "hash": h("roster")}
    yield "journal_root", "journal_root", {"journal": 1, "size": 5000, "root": h("journal")}
    yield "erased_content", "erased", an_erased()
    yield "erased_all_with_most_references", "erased", an_erased(80, scope=2)
    yield "lost", "lost", {"first": 100, "end": 104}
    for kind in ("access", "fold", "rewrap", "override", "grant"):
        yield kind, kind, {"class_code": 2, "detail_hash": h(f"detail {kind}")}


def rejected_leaves():
    plain = leaf("roster", {"version": 7, "hash": h("roster")})
    message_bytes = leaf("message", a_message())

    def bad(name, kind, fields, error="malformed", **head):
        return name, leaf(kind, fields, **head), error

    yield "empty", b"", "malformed"
    yield "one_byte_short", plain[:-1], "malformed"
    yield "one_byte_long", plain + b"\0", "malformed"
    yield "other_magic", b"TOVK" + plain[4:], "malformed"
    yield "version_0", leaf("lost", {"first": 1, "end": 2}, version=0), "malformed"
    yield "version_2", leaf("lost", {"first": 1, "end": 2}, version=2), "version"
    yield "type_0", common(0) + bytes(36), "version"
    yield "type_10", common(10) + bytes(36), "version"
    yield "type_37", common(37) + bytes(33), "version"
    yield "reserved_not_zero", leaf("lost", {"first": 1, "end": 2}, reserved=1), "malformed"
    yield "time_after_year_9999", leaf("lost", {"first": 1, "end": 2},
                                       time=253402300800000), "malformed"
    yield "over_4095_bytes", plain + bytes(4096 - len(plain)), "limit"
    yield "filled_to_4095_bytes", plain + bytes(4095 - len(plain)), "malformed"
    yield bad("genesis_of_agency_0", "genesis", a_genesis(agency=0))
    yield bad("genesis_of_agency_1025", "genesis", a_genesis(agency=1025))
    yield bad("genesis_of_generation_0", "genesis", a_genesis(generation=0))
    yield bad("genesis_with_a_root_but_no_former_size", "genesis",
              a_genesis(former_root=h("former")))
    yield bad("genesis_without_federation", "genesis", a_genesis(federation=""))
    yield bad("genesis_with_a_federation_of_64", "genesis", a_genesis(federation="f" * 64))
    yield bad("genesis_with_an_upper_case_federation", "genesis", a_genesis(federation="Demo"))
    yield bad("genesis_with_a_nul_in_the_federation", "genesis", a_genesis(federation="de\0mo"))
    yield bad("message_without_recipients", "message", a_message(()))
    yield bad("message_to_33_agencies", "message", a_message([(n + 1, 1) for n in range(33)]))
    yield bad("message_with_recipients_out_of_order", "message", a_message(((3, 1), (2, 2))))
    yield bad("message_to_an_agency_twice", "message", a_message(((2, 1), (2, 2))))
    yield bad("message_to_agency_0", "message", a_message(((0, 1),)))
    yield bad("message_to_agency_1025", "message", a_message(((1025, 1),)))
    yield bad("message_with_right_0", "message", a_message(((2, 0),)))
    yield bad("message_with_right_3", "message", a_message(((2, 3),)))
    yield bad("message_of_one_part", "message", a_message(part_count=1))
    yield bad("message_of_19_parts", "message", a_message(part_count=19))
    yield bad("message_with_a_part_flag_2", "message",
              a_message(parts=[a_part(0, 2), a_part(1)]))
    yield bad("message_with_a_part_below_a_tag", "message",
              a_message(parts=[a_part(0, 1, 15), a_part(1)]))
    yield bad("message_with_too_many_inline_bytes", "message",
              a_message(parts=[a_part(0, 1, 66112 - 15), a_part(1, 1, 16)]))
    yield "message_cut_in_its_recipients", message_bytes[:90], "malformed"
    yield bad("receipt_that_says_nothing", "receipt", a_receipt())
    yield bad("receipt_of_1025_messages", "receipt", a_receipt([a_run(1000), a_run(25)]))
    yield bad("receipt_with_129_runs", "receipt", a_receipt([a_run()] * 129))
    yield bad("receipt_with_65_amendments", "receipt", a_receipt([], [an_amendment()] * 65))
    yield bad("receipt_with_an_empty_run", "receipt", a_receipt([a_run(0)]))
    yield bad("receipt_with_verdict_0", "receipt", a_receipt([a_run(1, 0)]))
    yield bad("receipt_with_verdict_8", "receipt", a_receipt([a_run(1, 8)]))
    yield bad("receipt_with_flags_2", "receipt", a_receipt([a_run(1, 1, 2)]))
    yield bad("receipt_of_more_messages_than_its_last_link", "receipt",
              a_receipt([a_run(5)], last=4))
    yield bad("receipt_of_generation_0", "receipt", a_receipt([a_run()], generation=0))
    yield bad("receipt_of_peer_0", "receipt", a_receipt([a_run()], peer=0))
    yield bad("receipt_amending_link_0", "receipt", a_receipt([], [an_amendment(0)]))
    key = {"epoch": 3, "not_before_ms": TIME, "not_after_ms": TIME + 1, "public_key": h("epoch")}
    yield bad("epoch_0", "epoch_key", {**key, "epoch": 0})
    yield bad("epoch_key_that_ends_when_it_begins", "epoch_key", {**key, "not_after_ms": TIME})
    yield bad("epoch_key_after_year_9999", "epoch_key",
              {**key, "not_after_ms": 253402300800000})
    yield bad("roster_version_0", "roster", {"version": 0, "hash": h("roster")})
    yield bad("journal_0", "journal_root", {"journal": 0, "size": 1, "root": h("journal")})
    yield bad("erased_nothing", "erased", an_erased(0))
    yield bad("erased_81_references", "erased", an_erased(81))
    yield bad("erased_scope_0", "erased", an_erased(scope=0))
    yield bad("erased_scope_3", "erased", an_erased(scope=3))
    yield bad("erased_a_reference_to_agency_0", "erased", an_erased(refs=[a_ref(agency=0)]))
    yield bad("lost_an_empty_range", "lost", {"first": 4, "end": 4})


def leaf_vectors():
    good = []
    for name, kind, fields in good_leaves():
        data = leaf(kind, fields)
        row = {"name": name, "type": kind, "time_ms": TIME, "blind": some("blind", 16).hex(),
               "fields": fields, "hex": data.hex(),
               "leaf_hash": hashlib.sha256(b"\0" + data).hexdigest()}
        if kind == "message":
            row["envelope"] = envelope(fields).hex()
        if kind == "anchor":
            row["list"] = seen_list().hex() if fields["seen_count"] else ""
        good.append(row)
    bad = [{"name": n, "error": e, "hex": d.hex()} for n, d, e in rejected_leaves()]
    return {"about": "Leaves (docs/protocol.md section 3). Bytes are hexadecimal; leaf_hash is "
                     "SHA-256(00 || leaf); list is what an anchor's hash is of.", "good": good, "rejected": bad}


# ---- link blocks --------------------------------------------------------------------------------

def link(f):
    return (u(U32, f["generation"]) + u(U64, f["lost_index"]) + u(U64, f["number"]) +
            bytes.fromhex(f["previous"]) + bytes.fromhex(f["salt"]))


def link_vectors():
    first = {"generation": 1, "lost_index": 0, "number": 1, "previous": "00" * 32,
             "salt": some("link salt", 16).hex()}
    later = {**first, "generation": 2, "lost_index": 77, "number": 2 ** 40,
             "previous": h("previous")}
    good = [{"name": n, "fields": f, "hex": link(f).hex(),
             "hash": hashlib.sha256(b"tov/v1 link" + link(f)).hexdigest()}
            for n, f in (("first_of_a_series", first), ("later_in_a_series", later))]
    bad = [("empty", b""), ("one_byte_short", link(first)[:-1]),
           ("one_byte_long", link(first) + b"\0"),
           ("generation_0", link({**first, "generation": 0})),
           ("number_0", link({**first, "number": 0}))]
    return {"about": "Link blocks (docs/protocol.md section 3).", "good": good,
            "rejected": [{"name": n, "error": "malformed", "hex": d.hex()} for n, d in bad]}



# ---- messages on a connection -------------------------------------------------------------------

def connection_vectors():
    session, frame_bytes = 0x1122334455667788, u(U32, 0) + some("a frame", 40)
    good = [{"name": name, "kind": kind, "session": f"{session:016x}",
             "hex": (bytes([kind]) + u(U64, session)).hex()}
            for name, kind in (("ping", 2), ("pong", 3))]
    good.append({"name": "data", "kind": 1, "frame": frame_bytes.hex(),
                 "hex": (b"\1" + frame_bytes).hex()})
    ignored = [("data without a frame", b"\1"), ("kind 0", b"\0" + frame_bytes),
               ("kind 4", b"\4" + u(U64, session)), ("a ping without session", b"\2"),
               ("a ping of session 0", b"\2" + bytes(8)),
               ("a ping one byte short", b"\2" + u(U64, session)[:7]),
               ("a ping one byte long", b"\2" + u(U64, session) + b"\0"),
               ("a pong of session 0", b"\3" + bytes(8)),
               ("a pong one byte long", b"\3" + u(U64, session) + b"\0")]
    return {"about": "Messages on a connection (docs/protocol.md section 5.2); ignored: they say "
                     "nothing, and the connection goes on.",
            "good": good,
            "ignored": [{"name": name, "hex": data.hex()} for name, data in ignored]}


# ---- protobuf -----------------------------------------------------------------------------------

def varint(value):
    out = b""
    while value >= 0x80:
        out += bytes([value & 0x7f | 0x80])
        value >>= 7
    return out + bytes([value])


def num(field, value):
    return varint(field << 3) + varint(value) if value else b""


def sub(field, data):
    return varint(field << 3 | 2) + varint(len(data)) + data


def byt(field, data):
    data = bytes.fromhex(data) if isinstance(data, str) else data
    return sub(field, data) if data else b""


def p_ref(r):
    return (num(1, r["agency"]) + num(2, r["generation"]) + num(3, r["index"]) +
            byt(4, r["leaf_hash"]))


def p_checkpoint(c):
    return (num(1, c["generation"]) + num(2, c["size"]) + byt(3, c["root"]) +
            byt(4, c["signature"]))


def p_hello(f):
    return (num(1, f["protocol_min"]) + num(2, f["protocol_max"]) + num(3, f["agency"]) +
            num(4, f["roster_version"]) + byt(5, f["roster_hash"]) +
            (sub(6, p_checkpoint(f["own"])) if f["own"] else b"") +
            (sub(7, p_checkpoint(f["held"])) if f["held"] else b"") +
            num(8, f["window_bytes"]) + byt(9, f["nonce"]) + num(10, f["started"]) +
            num(11, f["epoch"]) + byt(12, f["answers"]) + num(13, f["now_ms"]))


def p_stanza(s):
    return byt(1, s["sealed"]) + num(2, s["epoch"])


def p_item(i):
    if i["kind"] == "disclosed":
        return sub(1, byt(1, i["leaf"]) + byt(2, i["link_block"]) +
                   b"".join(sub(3, num(1, p["state"]) + byt(2, p["data"])) for p in i["parts"]) +
                   b"".join(sub(4, p_stanza(s)) for s in i["stanzas"]) + byt(5, i["detached"]))
    if i["kind"] == "skipped":
        return sub(2, num(1, i["count"]) + num(2, i["level0"]) + byt(3, i["hashes"]))
    return sub(3, byt(1, i["leaf_hash"]) + byt(2, i["link_block"]) + num(3, i["erased_by"]))


def p_cosignature(c):
    return (num(1, c["agency"]) + num(2, c["size"]) + num(3, c["time_s"]) +
            byt(4, c["signature"]))


def p_parcel(f):
    return (num(1, f["generation"]) + num(2, f["from"]) + num(3, f["to"]) + byt(4, f["root"]) +
            byt(5, f["signature"]) + b"".join(sub(6, p_item(i)) for i in f["items"]) +
            b"".join(sub(7, p_cosignature(c)) for c in f["cosignatures"]) +
            byt(8, f["control_signature"]))


FRAMES = {
    "hello": (1, p_hello),
    "parcel": (2, p_parcel),
    "position": (3, lambda f: (num(1, f["generation"]) + num(2, f["size"]) +
                               num(3, f["window_bytes"]) + num(4, f["refetch"]))),
    "late_stanzas": (4, lambda f: b"".join(
        sub(1, sub(1, p_ref(s["ref"])) + sub(2, p_stanza(s))) for s in f["stanzas"])),
    "control": (5, lambda f: byt(1, f["body"]) + byt(2, f["signature"])),
    "roster_offer": (6, lambda f: num(1, f["version"]) + byt(2, f["hash"])),
    "roster_request": (7, lambda f: num(1, f["version"]) + num(2, f["offset"])),
    "roster_piece": (8, lambda f: (num(1, f["version"]) + num(2, f["offset"]) +
                                   num(3, f["total"]) + byt(4, f["data"]))),
    "chunk": (9, lambda f: (sub(1, p_ref(f["ref"])) + num(2, f["part"]) + num(3, f["index"]) +
                            byt(4, f["data"]) + byt(5, f["proof"]))),
    "cosignatures": (10, lambda f: b"".join(
        sub(1, p_cosignature(c)) for c in f["cosignatures"])),
}


def frame(kind, fields):
    number, encode = FRAMES[kind]
    return sub(number, encode(fields))


def a_checkpoint(**change):
    return {"generation": 1, "size": 40, "root": h("root"), "signature": some("sig", 64).hex(),
            **change}


def a_hello(**change):
    return {"protocol_min": 1, "protocol_max": 1, "agency": 1, "roster_version": 7,
            "roster_hash": h("roster"), "own": a_checkpoint(), "held": a_checkpoint(size=300),
            "window_bytes": 4194304, "nonce": h("nonce"), "started": 1, "epoch": 3,
            "answers": "", "now_ms": TIME, **change}


def a_stanza(size=120, epoch=3):
    return {"sealed": some("stanza", size).hex(), "epoch": epoch}


def a_disclosed(**change):
    return {"kind": "disclosed", "leaf": leaf("message", a_message()).hex(),
            "link_block": some("block", 68).hex(),
            "parts": [{"state": 1, "data": some("sealed", 272).hex()}, {"state": 4, "data": ""}],
            "stanzas": [a_stanza(88)], "detached": "", **change}


def a_skipped(**change):
    return {"kind": "skipped", "count": 3, "level0": 0, "hashes": some("skip", 64).hex(),
            **change}


def an_erased_item(**change):
    return {"kind": "erased", "leaf_hash": h("gone"), "link_block": some("block", 68).hex(),
            "erased_by": 77, **change}


def a_cosignature(**change):
    return {"agency": 3, "size": 40, "time_s": 1625486400, "signature": some("cosig", 64).hex(),
            **change}


def a_parcel(items=None, **change):
    return {"generation": 1, "from": 10, "to": 15, "root": h("root"),
            "signature": some("sig", 64).hex(),
            "items": [a_skipped(), a_disclosed(), an_erased_item()] if items is None else items,
            "cosignatures": [], "control_signature": some("control", 64).hex(), **change}


def a_chunk(**change):
    return {"ref": a_ref(), "part": 2, "index": 1, "data": some("chunk", 300).hex(),
            "proof": some("proof", 96).hex(), **change}


def a_piece(**change):
    return {"version": 7, "offset": 100, "total": 1000, "data": some("piece", 200).hex(),
            **change}


def good_frames():
    yield "hello_that_begins", "hello", a_hello()
    yield "hello_that_answers", "hello", a_hello(answers=h("their nonce"))
    yield "hello_of_a_new_node", "hello", a_hello(own=None, held=None, started=0, epoch=0, now_ms=0)
    yield "parcel_of_every_kind_of_item", "parcel", a_parcel()
    yield "parcel_from_0_of_entries_that_are_no_messages", "parcel", a_parcel(
        [{**a_disclosed(), "leaf": leaf("genesis", a_genesis()).hex(), "link_block": "",
          "parts": [], "stanzas": []},
         {**a_disclosed(), "leaf": leaf("anchor", {"seen_count": 1,
                                                   "seen_hash": h("seen")}).hex(),
          "link_block": "", "parts": [], "stanzas": [], "detached": some("list", 50).hex()}],
        **{"from": 0, "to": 2})
    yield "parcel_to_a_keeper", "parcel", a_parcel(
        [a_skipped(level0=1, count=5, hashes=some("level 0", 160).hex())])
    yield "parcel_with_every_part_state", "parcel", a_parcel([a_disclosed(
        parts=[{"state": 1, "data": "00" * 16}] +
              [{"state": s, "data": ""} for s in (2, 3, 4)] * 5 + [{"state": 4, "data": ""}] * 2,
        stanzas=[a_stanza()] * 4)], to=11)
    yield "parcel_with_cosignatures", "parcel", a_parcel(
        cosignatures=[a_cosignature(), a_cosignature(agency=1024)])
    yield "parcel_of_an_erased_entry_that_was_no_message", "parcel", a_parcel(
        [an_erased_item(link_block="", erased_by=0)], to=11)
    yield "position", "position", {"generation": 1, "size": 15, "window_bytes": 4194304,
                                   "refetch": 0}
    yield "position_that_asks_again", "position", {"generation": 2, "size": 0, "window_bytes": 0,
                                                   "refetch": 1}
    yield "late_stanzas", "late_stanzas", {"stanzas": [{"ref": a_ref(), **a_stanza()},
                                                       {"ref": a_ref(0), **a_stanza(88, 4)}]}
    yield "control", "control", {"body": some("body", 60).hex(),
                                 "signature": some("sig", 64).hex()}
    yield "roster_offer", "roster_offer", {"version": 7, "hash": h("roster")}
    yield "roster_request", "roster_request", {"version": 7, "offset": 131072}
    yield "roster_request_from_the_start", "roster_request", {"version": 7, "offset": 0}
    yield "roster_piece", "roster_piece", a_piece()
    yield "roster_piece_that_is_the_last", "roster_piece", a_piece(offset=800)
    yield "chunk", "chunk", a_chunk()
    yield "chunk_of_a_part_of_one_chunk", "chunk", a_chunk(proof="", index=0, part=0)
    yield "chunk_with_the_longest_proof", "chunk", a_chunk(proof=some("p", 63 * 32).hex())
    yield "cosignatures", "cosignatures", {"cosignatures": [a_cosignature()]}


def off_by_one(make, *fields):
    """FIELDS of what MAKE gives, one byte short and one byte long."""
    for field in fields:
        data = bytes.fromhex(make()[field])
        yield f"{field}_one_byte_short", {field: data[:-1].hex()}
        yield f"{field}_one_byte_long", {field: data.hex() + "00"}


def rejected_frames():
    def bad(name, kind, fields, error="malformed"):
        return name, frame(kind, fields), error

    yield "empty", b"", "malformed"
    yield "unknown_kind", sub(11, b""), "malformed"
    yield "two_kinds", (frame("roster_request", {"version": 7, "offset": 0}) +
                        frame("roster_offer", {"version": 7, "hash": h("roster")})), "malformed"
    request = num(1, 7) + num(2, 5)
    yield "same_kind_twice", sub(7, request) * 2, "malformed"
    yield "unknown_field", sub(7, request + num(3, 1)), "malformed"
    yield "unknown_field_of_the_frame", sub(7, request) + num(12, 1), "malformed"
    yield "field_given_twice", sub(7, num(1, 7) + request), "malformed"
    yield "fields_out_of_order", sub(7, num(2, 5) + num(1, 7)), "malformed"
    yield "default_that_is_written", sub(7, num(1, 7) + b"\x10\x00"), "malformed"
    yield "padded_varint", sub(7, num(1, 7) + b"\x10\x85\x00"), "malformed"
    yield "padded_length", b"\x3a\x84\x00" + request, "malformed"
    yield "number_over_32_bits", sub(7, num(1, 2 ** 32 + 7)), "malformed"
    yield "truth_that_is_2", sub(3, num(1, 1) + num(4, 2)), "malformed"
    yield "cut_short", sub(7, request)[:-1], "malformed"
    yield "other_wire_type", sub(7, b"\x0d" + bytes(4)), "malformed"
    for name, change in off_by_one(a_hello, "roster_hash", "nonce"):
        yield bad(f"hello_{name}", "hello", a_hello(**change))
    for name, change in off_by_one(lambda: {"answers": h("n")}, "answers"):
        yield bad(f"hello_{name}", "hello", a_hello(**change))
    for name, change in off_by_one(a_checkpoint, "root", "signature"):
        yield bad(f"hello_own_{name}", "hello", a_hello(own=a_checkpoint(**change)))
        yield bad(f"hello_held_{name}", "hello", a_hello(held=a_checkpoint(**change)))
    yield bad("hello_without_nonce", "hello", a_hello(nonce=""))
    yield bad("hello_of_agency_0", "hello", a_hello(agency=0))
    yield bad("hello_of_agency_1025", "hello", a_hello(agency=1025))
    yield bad("hello_of_protocol_0", "hello", a_hello(protocol_min=0))
    yield bad("hello_of_no_protocol", "hello", a_hello(protocol_min=2))
    yield bad("hello_after_year_9999", "hello", a_hello(now_ms=253402300800000))
    yield bad("hello_own_of_generation_0", "hello", a_hello(own=a_checkpoint(generation=0)))
    for name, change in off_by_one(a_parcel, "root", "signature", "control_signature"):
        yield bad(f"parcel_{name}", "parcel", a_parcel(**change))
    yield bad("parcel_of_generation_0", "parcel", a_parcel(generation=0))
    yield bad("parcel_of_nothing", "parcel", a_parcel(to=10))
    yield bad("parcel_backwards", "parcel", a_parcel(to=9))
    yield "parcel_with_an_item_of_no_kind", sub(2, p_parcel(a_parcel([])) + sub(6, b"")), "malformed"
    yield "parcel_with_an_item_of_two_kinds", sub(2, p_parcel(a_parcel([])) + sub(
        6, p_item(a_skipped()) + p_item(an_erased_item()))), "malformed"
    for item in (a_disclosed, an_erased_item):
        for name, change in off_by_one(item, "link_block"):
            yield bad(f"{item()['kind']}_{name}", "parcel", a_parcel([item(**change)]))
    for name, change in off_by_one(an_erased_item, "leaf_hash"):
        yield bad(f"erased_{name}", "parcel", a_parcel([an_erased_item(**change)]))
    yield bad("disclosed_without_leaf", "parcel", a_parcel([a_disclosed(leaf="")]))
    yield bad("disclosed_with_a_leaf_of_4096", "parcel",
              a_parcel([a_disclosed(leaf="00" * 4096)]), "limit")
    yield bad("disclosed_with_19_parts", "parcel",
              a_parcel([a_disclosed(parts=[{"state": 4, "data": ""}] * 19)]), "limit")
    yield bad("disclosed_with_5_stanzas", "parcel",
              a_parcel([a_disclosed(stanzas=[a_stanza()] * 5)]), "limit")
    yield bad("disclosed_with_an_empty_stanza", "parcel",
              a_parcel([a_disclosed(stanzas=[{"sealed": "", "epoch": 3}])]))
    for state, data, name in ((0, "", "of_no_state"), (5, "", "of_state_5"),
                              (1, "", "inline_without_data"), (2, "00", "pulled_with_data"),
                              (3, "00", "erased_with_data"), (4, "00", "not_yours_with_data")):
        yield bad(f"part_{name}", "parcel",
                  a_parcel([a_disclosed(parts=[{"state": state, "data": data}])]))
    yield bad("skipped_hashes_of_63_bytes", "parcel",
              a_parcel([a_skipped(hashes=some("skip", 63).hex())]))
    yield bad("skipped_without_hashes", "parcel", a_parcel([a_skipped(hashes="")]))
    yield bad("skipped_with_more_hashes_than_entries", "parcel", a_parcel([a_skipped(count=1)]))
    yield bad("skipped_level0_with_too_few_hashes", "parcel", a_parcel([a_skipped(level0=1)]))
    for name, change in off_by_one(a_cosignature, "signature"):
        yield bad(f"cosignature_{name}", "cosignatures",
                  {"cosignatures": [a_cosignature(**change)]})
        yield bad(f"parcel_cosignature_{name}", "parcel",
                  a_parcel(cosignatures=[a_cosignature(**change)]))
    yield bad("cosignature_of_agency_0", "cosignatures",
              {"cosignatures": [a_cosignature(agency=0)]})
    yield bad("cosignatures_of_nobody", "cosignatures", {"cosignatures": []})
    yield bad("position_of_generation_0", "position",
              {"generation": 0, "size": 15, "window_bytes": 1, "refetch": 0})
    yield bad("late_stanzas_of_nothing", "late_stanzas", {"stanzas": []})
    yield "late_stanza_without_ref", sub(4, sub(1, sub(2, p_stanza(a_stanza())))), "malformed"
    yield "late_stanza_without_stanza", sub(4, sub(1, sub(1, p_ref(a_ref())))), "malformed"
    for name, change in off_by_one(a_ref, "leaf_hash"):
        yield bad(f"late_stanza_{name}", "late_stanzas",
                  {"stanzas": [{"ref": {**a_ref(), **change}, **a_stanza()}]})
        yield bad(f"chunk_{name}", "chunk", a_chunk(ref={**a_ref(), **change}))
    for name, change in off_by_one(lambda: {"signature": some("s", 64).hex()}, "signature"):
        yield bad(f"control_{name}", "control", {"body": "00", **change})
    yield bad("control_without_body", "control",
              {"body": "", "signature": some("sig", 64).hex()})
    for name, change in off_by_one(lambda: {"hash": h("roster")}, "hash"):
        yield bad(f"roster_offer_{name}", "roster_offer", {"version": 7, **change})
    yield bad("roster_offer_of_version_0", "roster_offer", {"version": 0, "hash": h("roster")})
    yield bad("roster_request_of_version_0", "roster_request", {"version": 0, "offset": 1})
    yield bad("roster_request_past_2_mib", "roster_request", {"version": 7, "offset": 2097152},
              "limit")
    yield bad("roster_piece_of_version_0", "roster_piece", a_piece(version=0))
    yield bad("roster_piece_without_data", "roster_piece", a_piece(data=""))
    yield bad("roster_piece_past_its_total", "roster_piece", a_piece(offset=801))
    yield bad("roster_piece_of_more_than_2_mib", "roster_piece", a_piece(total=2097153), "limit")
    yield "chunk_without_ref", sub(9, num(2, 2) + byt(4, b"x")), "malformed"
    yield bad("chunk_of_part_18", "chunk", a_chunk(part=18), "limit")
    yield bad("chunk_without_data", "chunk", a_chunk(data=""))
    yield bad("chunk_proof_of_95_bytes", "chunk", a_chunk(proof=some("proof", 95).hex()))
    yield bad("chunk_proof_of_64_hashes", "chunk", a_chunk(proof=some("p", 64 * 32).hex()),
              "limit")
    yield bad("chunk_of_agency_0", "chunk", a_chunk(ref=a_ref(agency=0)))
    yield bad("chunk_of_generation_0", "chunk", a_chunk(ref={**a_ref(), "generation": 0}))


def frame_vectors():
    label = b"tov/v1 parcel" + u(U16, 12) + b"infohus-demo" + u(U16, 2) + u(U16, 1)
    good = [{"name": n, "kind": k, "fields": f, "hex": frame(k, f).hex()}
            for n, k, f in good_frames()]
    for row in good:
        if row["kind"] == "parcel":
            said = p_parcel({**row["fields"], "control_signature": ""})
            row["signed"] = (label + hashlib.sha256(said).digest()).hex()
    bad = [{"name": n, "error": e, "hex": d.hex()} for n, d, e in rejected_frames()]
    return {"about": "Frames between nodes (docs/protocol.md section 5). `signed` of a parcel is "
                     "what the control key signs in the federation infohus-demo, from agency 2 to "
                     "agency 1. Sizes that need a frame of 128 KiB are tested elsewhere.",
            "good": good, "rejected": bad}


# ---- bodies of control frames -------------------------------------------------------------------

CONTROLS = {
    "restore_answer": (4, lambda f: num(1, f["counts"]) + (
        sub(2, p_checkpoint(f["held"])) if f["held"] else b"")),
    "hash_request": (5, lambda f: num(1, f["from"]) + num(2, f["to"])),
    "hash_answer": (6, lambda f: num(1, f["from"]) + byt(2, f["hashes"]) + b"".join(
        sub(3, p_checkpoint(p)) for p in f["points"])),
    "chunk_request": (7, lambda f: (sub(1, p_ref(f["ref"])) + num(2, f["part"]) +
                                    num(3, f["first"]) + num(4, f["count"]))),
    "epoch_expired": (8, lambda f: b"".join(sub(1, p_ref(r)) for r in f["refs"])),
    "leaf_request": (9, lambda f: num(1, f["from"]) + num(2, f["to"])),
    "leaf_answer": (10, lambda f: num(1, f["from"]) + num(2, f["to"]) + b"".join(
        sub(3, p_held_leaf(v)) for v in f["leaves"])),
    "keys_request": (11, lambda f: num(1, f["epoch"]) + b"".join(
        sub(2, p_ref(r)) for r in f["refs"])),
    "keys_answer": (12, lambda f: b"".join(sub(1, p_held_keys(v)) for v in f["keys"])),
}


def p_held_keys(f):
    return sub(1, p_ref(f["ref"])) + (sub(2, p_stanza(f["stanza"])) if f["stanza"] else b"")


def a_held_keys(at=7, **change):
    return {"ref": a_ref(at), "stanza": a_stanza(), **change}


def p_held_leaf(f):
    return (num(1, f["index"]) + byt(2, f["leaf"]) + byt(3, f["link_block"]) +
            byt(4, f["body"]))


def a_held_leaf(**change):
    return {"index": 7, "leaf": some("leaf", 90).hex(), "link_block": some("link", 68).hex(),
            "body": some("body", 300).hex(), **change}


def a_hash_answer(**change):
    return {"from": 100, "hashes": some("hashes", 96).hex(), "points": [], **change}


def a_leaf_answer(*leaves, **change):
    return {"from": 5, "to": 9, "leaves": list(leaves), **change}


def head(f):
    return num(1, f["from"]) + num(2, f["to"]) + byt(3, f["nonce"])


def control(kind, fields, **change):
    number, encode = CONTROLS[kind]
    return head({"from": 2, "to": 1, "nonce": h("nonce"), **change}) + sub(number, encode(fields))


def a_chunk_request(**change):
    return {"ref": a_ref(), "part": 2, "first": 1, "count": 16, **change}


def good_controls():
    yield "restore_answer", "restore_answer", {"counts": 1, "held": a_checkpoint()}
    yield "restore_answer_that_holds_nothing", "restore_answer", {"counts": 0, "held": None}
    yield "hash_request", "hash_request", {"from": 0, "to": 200}
    yield "hash_answer", "hash_answer", a_hash_answer()
    yield "hash_answer_with_checkpoints", "hash_answer", a_hash_answer(
        points=[a_checkpoint(size=101), a_checkpoint(size=103)])
    yield "hash_answer_of_nothing", "hash_answer", a_hash_answer(hashes="", **{"from": 0})
    yield "leaf_request", "leaf_request", {"from": 5, "to": 9}
    yield "leaf_answer", "leaf_answer", a_leaf_answer(
        a_held_leaf(), a_held_leaf(index=8, link_block="", body=""))
    yield "leaf_answer_of_nothing", "leaf_answer", a_leaf_answer()
    yield "chunk_request", "chunk_request", a_chunk_request()
    yield "epoch_expired", "epoch_expired", {"refs": [a_ref(n) for n in range(3)]}
    yield "epoch_expired_for_most_messages", "epoch_expired", {
        "refs": [a_ref(n) for n in range(256)]}
    yield "keys_request", "keys_request", {"epoch": 3, "refs": [a_ref(n) for n in range(2)]}
    yield "keys_request_for_most_messages", "keys_request", {
        "epoch": 1, "refs": [a_ref(n) for n in range(64)]}
    yield "keys_answer", "keys_answer", {"keys": [a_held_keys(), a_held_keys(8, stanza=None)]}


def rejected_controls():
    request = {"from": 0, "to": 200}
    yield "empty", b"", "malformed"
    yield "without_a_kind", head({"from": 2, "to": 1, "nonce": h("nonce")}), "malformed"
    yield "unknown_kind", head({"from": 2, "to": 1, "nonce": h("nonce")}) + sub(13, b""), "malformed"
    yield "from_agency_0", control("hash_request", request, **{"from": 0}), "malformed"
    yield "to_agency_1025", control("hash_request", request, to=1025), "malformed"
    for name, change in off_by_one(lambda: {"nonce": h("nonce")}, "nonce"):
        yield name, control("hash_request", request, **change), "malformed"
    for name, change in off_by_one(a_checkpoint, "root", "signature"):
        yield f"held_{name}", control("restore_answer", {
            "counts": 1, "held": a_checkpoint(**change)}), "malformed"
    yield "hash_request_of_nothing", control("hash_request", {"from": 5, "to": 5}), "malformed"
    yield "hash_answer_of_95_bytes", control("hash_answer", a_hash_answer(
        hashes=some("hashes", 95).hex())), "malformed"
    for size, name in ((100, "at_its_beginning"), (99, "below_its_beginning")):
        yield f"hash_answer_with_a_checkpoint_{name}", control("hash_answer", a_hash_answer(
            points=[a_checkpoint(size=size)])), "malformed"
    yield "hash_answer_with_a_checkpoint_twice", control("hash_answer", a_hash_answer(
        points=[a_checkpoint(size=101)] * 2)), "malformed"
    for name, change in off_by_one(a_checkpoint, "root", "signature"):
        yield f"hash_answer_{name}", control("hash_answer", a_hash_answer(
            points=[a_checkpoint(size=101, **change)])), "malformed"
    yield "hash_answer_with_257_checkpoints", control("hash_answer", a_hash_answer(
        points=[a_checkpoint(size=101 + n) for n in range(257)])), "limit"
    yield "leaf_request_of_nothing", control("leaf_request", {"from": 5, "to": 5}), "malformed"
    yield "leaf_answer_about_nothing", control("leaf_answer", a_leaf_answer(to=5)), "malformed"
    for index, name in ((4, "before"), (9, "behind")):
        yield f"leaf_answer_with_a_leaf_{name}", control("leaf_answer", a_leaf_answer(
            a_held_leaf(index=index))), "malformed"
    yield "leaf_answer_with_a_leaf_twice", control("leaf_answer", a_leaf_answer(
        a_held_leaf(), a_held_leaf())), "malformed"
    yield "leaf_answer_without_leaf", control("leaf_answer", a_leaf_answer(
        a_held_leaf(leaf=""))), "malformed"
    yield "leaf_answer_with_a_leaf_of_4096", control("leaf_answer", a_leaf_answer(
        a_held_leaf(leaf="00" * 4096))), "limit"
    for name, change in off_by_one(a_held_leaf, "link_block"):
        yield f"leaf_answer_{name}", control("leaf_answer", a_leaf_answer(
            a_held_leaf(**change))), "malformed"
    yield "leaf_answer_of_257_leaves", control("leaf_answer", a_leaf_answer(
        *[a_held_leaf(index=n, leaf="00", link_block="", body="") for n in range(5, 262)],
        to=300)), "limit"
    yield "chunk_request_of_none", control("chunk_request", a_chunk_request(count=0)), "malformed"
    yield "chunk_request_of_part_18", control("chunk_request", a_chunk_request(part=18)), "limit"
    for name, change in off_by_one(a_ref, "leaf_hash"):
        yield f"chunk_request_{name}", control("chunk_request", a_chunk_request(
            ref={**a_ref(), **change})), "malformed"
    for name, change in off_by_one(a_ref, "leaf_hash"):
        yield f"epoch_expired_{name}", control("epoch_expired", {
            "refs": [a_ref(), {**a_ref(2), **change}]}), "malformed"
    for field in ("agency", "generation"):
        yield f"epoch_expired_of_{field}_0", control("epoch_expired", {
            "refs": [{**a_ref(), field: 0}]}), "malformed"
    yield "epoch_expired_for_none", control("epoch_expired", {"refs": []}), "malformed"
    yield "epoch_expired_for_257", control("epoch_expired", {
        "refs": [a_ref(n) for n in range(257)]}), "limit"
    yield "keys_request_for_none", control("keys_request", {"epoch": 3, "refs": []}), "malformed"
    yield "keys_request_for_epoch_0", control("keys_request", {
        "epoch": 0, "refs": [a_ref()]}), "malformed"
    yield "keys_request_for_65", control("keys_request", {
        "epoch": 3, "refs": [a_ref(n) for n in range(65)]}), "limit"
    yield "keys_request_that_names_one_twice", control("keys_request", {
        "epoch": 3, "refs": [a_ref(1), a_ref(2), a_ref(1)]}), "malformed"
    yield "keys_answer_of_none", control("keys_answer", {"keys": []}), "malformed"
    yield "keys_answer_of_65", control("keys_answer", {
        "keys": [a_held_keys(n, stanza=None) for n in range(65)]}), "limit"
    yield "keys_answer_with_an_empty_stanza", control("keys_answer", {
        "keys": [a_held_keys(stanza={"sealed": "", "epoch": 3})]}), "malformed"
    for name, change in off_by_one(a_ref, "leaf_hash"):
        yield f"keys_answer_{name}", control("keys_answer", {
            "keys": [a_held_keys(ref={**a_ref(), **change})]}), "malformed"


def control_vectors():
    label = b"tov/v1 control" + u(U16, 12) + b"infohus-demo"
    good = [{"name": n, "kind": k, "from": 2, "to": 1, "nonce": h("nonce"), "fields": f,
             "hex": control(k, f).hex(), "signed": (label + control(k, f)).hex()}
            for n, k, f in good_controls()]
    bad = [{"name": n, "error": e, "hex": d.hex()} for n, d, e in rejected_controls()]
    return {"about": "Bodies of control frames (docs/protocol.md section 5); `signed` is what the "
                     "control key signs in the federation infohus-demo.",
            "good": good, "rejected": bad}


def api_seeds():
    """A request and a reply of several kinds; the fuzzer's first byte says which of the two."""
    yield "hello", b"\0" + num(1, 1) + sub(3, num(1, 1) + num(2, 1) + sub(3, b"tov"))
    yield "submit", b"\0" + num(1, 2) + sub(4, sub(1, some("key", 16)) + sub(2, b"h") + num(5, 1))
    yield "list", b"\0" + num(1, 3) + sub(8, num(1, 2) + num(3, 50) + sub(5, b"kk/vink"))
    yield "status", b"\0" + num(1, 4) + sub(15, b"")
    summary = num(1, 9) + sub(2, p_ref(a_ref())) + sub(9, num(1, 2) + sub(2, b"kbh-pol"))
    yield "error", b"\1" + num(1, 4) + num(2, 11) + sub(3, b"no") + sub(4, num(2, 4))
    yield "list_reply", b"\1" + num(1, 4) + sub(8, sub(1, summary) * 2)
    yield "event", b"\1" + num(1, 4) + sub(11, num(1, 5) + num(2, 3) + sub(3, summary))


def record(kind, index, body):
    return u(">B", kind) + u(U64, index) + u(U32, len(body)) + body


def export_seeds():
    """Pieces of exports (docs/export.md); the fuzzer's first byte says which kind of piece."""
    block = link({"generation": 1, "lost_index": 0, "number": 1, "previous": "00" * 32,
                  "salt": some("link salt", 16).hex()})
    root, signature = base64.b64encode(some("root")), base64.b64encode(some("signature", 64))
    yield "records", b"\0" + b"".join([
        record(1, 7, some("leaf", 90)), record(3, 7, u(U16, 2) + block),
        record(4, 7, bytes([6, 1, 0, 0])), record(5, 7, b"\0" + some("part", 80)),
        record(2, 8, b"\2" + some("hash")), record(6, 9, some("list", 60)),
        record(7, 10, u(U64, 3) + b"\0" + some("a") + some("b")),
        record(7, 13, u(U64, 2) + b"\1" + some("c") + some("d"))])
    yield "signed", b"\1" + b"700 " + root + b" " + signature
    yield "cosignature", b"\2" + b"700 3 1625486400 " + signature
    yield "file", b"\3" + hashlib.sha256(b"").hexdigest().encode() + b" 0 tile/0/x001/067.p/3"
    yield "about", (b"\4tov-export 1\nfederation infohus-demo\nagency 1 kk\ngeneration 1\n"
                    b"software 0.1.0\ntime 2021-07-05T12:00:00.000Z\nledger 700\njournal 1 90\n")
    yield "position", b"\5size 1234\nseries 1 0\nlink 56\n"


def write(name, vectors):
    with open(os.path.join(HERE, name + ".json"), "w", encoding="utf-8") as out:
        json.dump(vectors, out, indent=1)
        out.write("\n")
    if name == "connection":
        return  # nothing to fuzz: one byte and a number
    seed(name, ((row["name"], bytes.fromhex(row["hex"]))
                for row in vectors["good"] + vectors["rejected"]))


def seed(name, seeds):
    folder = os.path.join(SEEDS, name)
    os.makedirs(folder, exist_ok=True)
    for label, data in seeds:
        with open(os.path.join(folder, label), "wb") as out:
            out.write(data)


if __name__ == "__main__":
    write("leaf", leaf_vectors())
    write("link", link_vectors())
    write("connection", connection_vectors())
    write("frame", frame_vectors())
    write("control", control_vectors())
    seed("api", api_seeds())
    seed("export", export_seeds())
