# SPDX-License-Identifier: EUPL-1.2
"""Leaves, link blocks, references and anchors' lists: docs/protocol.md sections 1 and 3.

decode() gives plain values (numbers, bytes, lists); encode() makes the same bytes again.
"""
import re

from base import Cursor, Refused, agency, generation, need, sha256, time_ms

NAMES = {1: "genesis", 2: "message", 3: "receipt", 4: "epoch_key", 5: "anchor", 6: "roster",
         7: "journal_root", 8: "erased", 9: "lost", 32: "access", 33: "fold", 34: "rewrap",
         35: "override", 36: "grant"}
TYPES = {name: number for number, name in NAMES.items()}
JOURNAL_ONLY = ("access", "fold", "rewrap", "override", "grant")
MOST = 4095
MOST_INLINE = 66112


def leaf_hash(leaf):
    return sha256(b"\0" + leaf)


def decode_ref(c):
    return {"agency": agency(c.u(2)), "generation": generation(c.u(4)), "index": c.u(8),
            "leaf_hash": c.take(32)}


def encode_ref(r):
    return (r["agency"].to_bytes(2, "big") + r["generation"].to_bytes(4, "big")
            + r["index"].to_bytes(8, "big") + r["leaf_hash"])


def _genesis(c):
    f = {"agency": agency(c.u(2)), "generation": generation(c.u(4)), "journal": c.u(4),
         "roster_version": c.u(4), "roster_hash": c.take(32), "former_size": c.u(8),
         "former_root": c.take(32)}
    need(f["former_size"] or f["former_root"] == bytes(32), "a former root without a size")
    f["federation"] = c.take(c.u(1))
    need(re.fullmatch(rb"[a-z0-9.-]{1,63}", f["federation"]), "federation")
    return f


def _message(c):
    f = {"suite": c.u(1), "id": c.take(16), "salt": c.take(32), "roster_version": c.u(4)}
    n = c.u(1)
    need(1 <= n <= 32, "recipients")
    f["recipients"] = [{"agency": agency(c.u(2)), "right": c.u(1)} for _ in range(n)]
    f["envelope"] = c.data[32:c.at]
    numbers = [r["agency"] for r in f["recipients"]]
    need(all(a < b for a, b in zip(numbers, numbers[1:])), "recipients do not ascend")
    need(all(r["right"] in (1, 2) for r in f["recipients"]), "right")
    m = c.u(1)
    need(2 <= m <= 18, "parts")
    f["parts"] = [{"sealed_size": c.u(8), "inline": c.u(1), "root": c.take(32)} for _ in range(m)]
    need(all(p["inline"] in (0, 1) and p["sealed_size"] >= 16 for p in f["parts"]), "part")
    need(sum(p["sealed_size"] for p in f["parts"] if p["inline"]) <= MOST_INLINE, "inline bytes")
    for r in f["recipients"]:
        r["link_hash"] = c.take(32)
    f["header_commitment"], f["content_commitment"] = c.take(32), c.take(32)
    return f


def _verdict(c):
    v = {"verdict": c.u(1), "flags": c.u(1), "detail": c.u(2)}
    need(1 <= v["verdict"] <= 7 and v["flags"] in (0, 1), "verdict")
    return v


def _receipt(c):
    f = {"peer": agency(c.u(2)), "generation": generation(c.u(4)), "lost_index": c.u(8),
         "last_link": c.u(8), "last_leaf_hash": c.take(32)}
    r = c.u(2)
    need(r <= 128, "runs")
    f["runs"] = [{"count": c.u(2), **_verdict(c)} for _ in range(r)]
    a = c.u(2)
    need(a <= 64 and r + a >= 1, "amendments")
    f["amendments"] = [{"link_number": c.u(8), "leaf_hash": c.take(32), **_verdict(c)}
                       for _ in range(a)]
    counted = sum(run["count"] for run in f["runs"])
    need(all(run["count"] for run in f["runs"]), "an empty run")
    need(counted <= 1024 and counted <= f["last_link"], "more messages than there are")
    need(all(x["link_number"] for x in f["amendments"]), "link 0")
    return f


def _epoch_key(c):
    f = {"epoch": c.u(4), "not_before_ms": time_ms(c.u(8)), "not_after_ms": time_ms(c.u(8)),
         "public_key": c.take(32)}
    need(f["epoch"] and f["not_before_ms"] < f["not_after_ms"], "epoch")
    return f


def _anchor(c):
    return {"seen_count": c.u(2), "seen_hash": c.take(32)}


def _roster(c):
    f = {"version": c.u(4), "hash": c.take(32)}
    need(f["version"], "version 0")
    return f


def _journal_root(c):
    f = {"journal": c.u(4), "size": c.u(8), "root": c.take(32)}
    need(f["journal"], "journal 0")
    return f


def _erased(c):
    f = {"scope": c.u(1), "basis": c.u(2)}
    need(f["scope"] in (1, 2), "scope")
    n = c.u(1)
    need(1 <= n <= 80, "references")
    f["refs"] = [decode_ref(c) for _ in range(n)]
    return f


def _lost(c):
    f = {"first": c.u(8), "end": c.u(8)}
    need(f["first"] < f["end"], "an empty range")
    return f


def _detail(c):
    return {"class_code": c.u(1), "detail_hash": c.take(32)}


READERS = {"genesis": _genesis, "message": _message, "receipt": _receipt, "epoch_key": _epoch_key,
           "anchor": _anchor, "roster": _roster, "journal_root": _journal_root,
           "erased": _erased, "lost": _lost, **{name: _detail for name in JOURNAL_ONLY}}


def decode(leaf):
    """A leaf as a dictionary: type, time_ms, blind, fields. Refuses with the codes of section 3."""
    need(len(leaf) <= MOST, "longer than a leaf", "limit")
    need(len(leaf) >= 32 and leaf[:4] == b"TOVL" and leaf[4] != 0, "no leaf")
    if leaf[4] > 1 or leaf[5] not in NAMES:
        raise Refused("version", "a newer version or type")
    need(leaf[6:8] == b"\0\0", "reserved bytes")
    c = Cursor(leaf)
    c.at = 8
    out = {"type": NAMES[leaf[5]], "time_ms": time_ms(c.u(8)), "blind": c.take(16)}
    out["fields"] = READERS[out["type"]](c)
    c.end()
    return out


# The layouts once more as (field, size) for writing; tables and lists follow in encode().
FIXED = {
    "genesis": (("agency", 2), ("generation", 4), ("journal", 4), ("roster_version", 4),
                ("roster_hash", 32), ("former_size", 8), ("former_root", 32)),
    "receipt": (("peer", 2), ("generation", 4), ("lost_index", 8), ("last_link", 8),
                ("last_leaf_hash", 32)),
    "epoch_key": (("epoch", 4), ("not_before_ms", 8), ("not_after_ms", 8), ("public_key", 32)),
    "anchor": (("seen_count", 2), ("seen_hash", 32)),
    "roster": (("version", 4), ("hash", 32)),
    "journal_root": (("journal", 4), ("size", 8), ("root", 32)),
    "erased": (("scope", 1), ("basis", 2)),
    "lost": (("first", 8), ("end", 8)),
    "message": (("suite", 1), ("id", 16), ("salt", 32), ("roster_version", 4)),
    **{name: (("class_code", 1), ("detail_hash", 32)) for name in JOURNAL_ONLY},
}
VERDICT = (("verdict", 1), ("flags", 1), ("detail", 2))


def _put(values, layout):
    out = b""
    for name, size in layout:
        value = values[name]
        out += value if isinstance(value, bytes) else value.to_bytes(size, "big")
        assert isinstance(value, int) or len(value) == size, name
    return out


def _put_list(count_size, values, layout):
    return len(values).to_bytes(count_size, "big") + b"".join(_put(v, layout) for v in values)


def encode(type_name, when_ms, blind, f):
    body = _put(f, FIXED[type_name])
    if type_name == "genesis":
        body += bytes([len(f["federation"])]) + f["federation"]
    elif type_name == "message":
        body += _put_list(1, f["recipients"], (("agency", 2), ("right", 1)))
        body += _put_list(1, f["parts"], (("sealed_size", 8), ("inline", 1), ("root", 32)))
        body += b"".join(r["link_hash"] for r in f["recipients"])
        body += f["header_commitment"] + f["content_commitment"]
    elif type_name == "receipt":
        body += _put_list(2, f["runs"], (("count", 2), *VERDICT))
        body += _put_list(2, f["amendments"], (("link_number", 8), ("leaf_hash", 32), *VERDICT))
    elif type_name == "erased":
        body += bytes([len(f["refs"])]) + b"".join(encode_ref(r) for r in f["refs"])
    head = b"TOVL" + bytes([1, TYPES[type_name], 0, 0]) + when_ms.to_bytes(8, "big") + blind
    return head + body


LINK = (("generation", 4), ("lost_index", 8), ("number", 8), ("previous", 32), ("salt", 16))


def decode_link(block):
    need(len(block) == 68, "size of a link block")
    c = Cursor(block)
    f = {"generation": generation(c.u(4)), "lost_index": c.u(8), "number": c.u(8),
         "previous": c.take(32), "salt": c.take(16)}
    need(f["number"], "link 0")
    return f


def encode_link(f):
    return _put(f, LINK)


def link_hash(block):
    return sha256(b"tov/v1 link" + block)


LIST = (("agency", 2), ("generation", 4), ("size", 8), ("root", 32), ("signature", 64))


def encode_list_entry(entry):
    return _put(entry, LIST)


def decode_list(data, count):
    """An anchor's detached list: the peers' newest anchors that the writer cosigned."""
    c = Cursor(data)
    entries = [{"agency": agency(c.u(2)), "generation": generation(c.u(4)), "size": c.u(8),
                "root": c.take(32), "signature": c.take(64)} for _ in range(count)]
    c.end()
    numbers = [e["agency"] for e in entries]
    need(all(a < b for a, b in zip(numbers, numbers[1:])), "agencies do not ascend")
    return entries
