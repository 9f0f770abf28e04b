#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Writes export.json beside itself: the framings of an export, each with its refusals.

What for: other implementers, and a second opinion on proto/wire/export and on bundles of leaves. It
is written from docs/export.md alone; never make it call the C code.
    generate.py
"""
import base64
import hashlib
import json
import os
import struct

HERE = os.path.dirname(os.path.abspath(__file__))


def some(name, size=32):
    """SIZE bytes that look random and follow from NAME."""
    out, count = b"", 0
    while len(out) < size:
        out += hashlib.sha256(f"tov export vector {name} {count}".encode()).digest()
        count += 1
    return out[:size]


def b64(data):
    return base64.b64encode(data).decode()


# ---- records ------------------------------------------------------------------------------------

def record(kind, index, body, size=None):
    return struct.pack(">BQI", kind, index, len(body) if size is None else size) + body


LINK = struct.pack(">IQQ", 1, 0, 7) + some("previous") + some("salt", 16)


def skipped(count, level0, hashes):
    return struct.pack(">QB", count, level0) + some("hashes", 32 * hashes)


def records():
    good = [
        ("a leaf", 1, 9, some("leaf", 40)), ("the shortest leaf", 1, 0, b"x"),
        ("the longest leaf", 1, 2 ** 64 - 1, some("leaf", 4095)),
        ("an erased entry", 2, 9, b"\2" + some("gone")), ("a lost entry", 2, 9, b"\3" + some("gone")),
        ("a link", 3, 9, struct.pack(">H", 1024) + LINK),
        ("a verdict", 4, 9, bytes([1, 0, 0, 0])), ("the last verdict", 4, 9, bytes([7, 1, 255, 255])),
        ("a part", 5, 9, b"\0" + some("part", 272)), ("the last part", 5, 9, b"\x11" + some("part", 16)),
        ("a list", 6, 9, some("list", 110)), ("an empty list", 6, 9, b""),
        ("a skipped run", 7, 8, skipped(3, 0, 2)), ("one entry skipped", 7, 8, skipped(1, 0, 1)),
        ("a run of level 0", 7, 8, skipped(3, 1, 3)),
        ("a run up to the last index", 7, 2 ** 64 - 4, skipped(3, 0, 3)),
    ]
    bad = [
        ("kind 0", "version", record(0, 9, b"x")), ("kind 8", "version", record(8, 9, b"x")),
        ("a body over 262144 bytes", "limit", record(5, 9, b"", 262145)),
        ("a head cut short", "malformed", record(1, 9, b"")[:12]),
        ("a body cut short", "malformed", record(1, 9, some("leaf", 40))[:-1]),
        ("an empty leaf", "malformed", record(1, 9, b"")),
        ("a leaf of 4096 bytes", "malformed", record(1, 9, some("leaf", 4096))),
        ("gone in state 1", "malformed", record(2, 9, b"\1" + some("gone"))),
        ("gone in state 4", "malformed", record(2, 9, b"\4" + some("gone"))),
        ("gone, one byte short", "malformed", record(2, 9, b"\2" + some("gone", 31))),
        ("gone, one byte long", "malformed", record(2, 9, b"\2" + some("gone", 33))),
        ("a link of agency 0", "malformed", record(3, 9, struct.pack(">H", 0) + LINK)),
        ("a link of agency 1025", "malformed", record(3, 9, struct.pack(">H", 1025) + LINK)),
        ("a link of generation 0", "malformed", record(3, 9, b"\0\1" + bytes(4) + LINK[4:])),
        ("a link of number 0", "malformed", record(3, 9, b"\0\1" + LINK[:12] + bytes(8) + LINK[20:])),
        ("a link one byte short", "malformed", record(3, 9, b"\0\1" + LINK[:-1])),
        ("verdict 0", "malformed", record(4, 9, bytes([0, 0, 0, 0]))),
        ("verdict 8", "malformed", record(4, 9, bytes([8, 0, 0, 0]))),
        ("a verdict with flag 2", "malformed", record(4, 9, bytes([1, 2, 0, 0]))),
        ("a verdict one byte long", "malformed", record(4, 9, bytes(5))),
        ("part 18", "malformed", record(5, 9, b"\x12" + some("part", 272))),
        ("a part below a tag", "malformed", record(5, 9, b"\0" + some("part", 15))),
        ("a run of no entries", "malformed", record(7, 8, skipped(0, 0, 1))),
        ("a run without hashes", "malformed", record(7, 8, skipped(3, 0, 0))),
        ("a run with 31 bytes of hash", "malformed", record(7, 8, skipped(3, 0, 1)[:-1])),
        ("a run of level 2", "malformed", record(7, 8, skipped(3, 2, 3))),
        ("a run of level 0 with a hash too few", "malformed", record(7, 8, skipped(3, 1, 2))),
        ("a run past the last index", "malformed", record(7, 2 ** 64 - 3, skipped(3, 0, 3))),
        ("a run with more hashes than a tree has", "malformed", record(7, 1, skipped(1000, 0, 129))),
    ]
    return {"good": [{"name": n, "kind": k, "index": str(i), "body": b.hex(),
                      "hex": record(k, i, b).hex()} for n, k, i, b in good],
            "rejected": [{"name": n, "error": e, "hex": d.hex()} for n, e, d in bad]}


# ---- lines --------------------------------------------------------------------------------------

def line(good, bad):
    return {"good": [{"name": n, "text": t} for n, t in good],
            "rejected": [{"name": n, "text": t} for n, t in bad]}


def signed_lines():
    root, signature = b64(some("root")), b64(some("signature", 64))
    return line(
        [("a size", f"40 {root} {signature}"), ("size 0", f"0 {root} {signature}"),
         ("the largest size", f"{2 ** 64 - 1} {root} {signature}")],
        [("empty", ""), ("a leading zero", f"040 {root} {signature}"), ("no size", f" {root} {signature}"),
         ("a size of 2^64", f"{2 ** 64} {root} {signature}"), ("a sign", f"+40 {root} {signature}"),
         ("no signature", f"40 {root}"), ("two blanks", f"40  {root} {signature}"),
         ("a word more", f"40 {root} {signature} x"), ("a blank at the end", f"40 {root} {signature} "),
         ("a root of 31 bytes", f"40 {b64(some('root', 31))} {signature}"),
         ("a signature of 63 bytes", f"40 {root} {b64(some('signature', 63))}"),
         ("a root without padding", f"40 {root[:-1]} {signature}"),
         ("bits to spare", f"40 {root[:-2]}{chr(ord(root[-2]) + 1)}= {signature}"),
         ("hexadecimal", f"40 {some('root').hex()} {signature}")])


def cosignature_lines():
    signature = b64(some("cosignature", 64))
    return line(
        [("a cosignature", f"40 3 1625486400 {signature}"), ("time 0", f"40 1024 0 {signature}"),
         ("the last time", f"40 3 {2 ** 63 - 1} {signature}")],
        [("agency 0", f"40 0 1625486400 {signature}"), ("agency 1025", f"40 1025 1625486400 {signature}"),
         ("a time of 2^63", f"40 3 {2 ** 63} {signature}"), ("no time", f"40 3 {signature}"),
         ("a leading zero", f"40 03 1625486400 {signature}"),
         ("a signature of 72 bytes", f"40 3 1625486400 {b64(some('cosignature', 72))}")])


def manifest_lines():
    digest = some("file").hex()
    return line(
        [("a file", f"{digest} 1234 about"), ("an empty file", f"{digest} 0 mirror/2/1/skipped"),
         ("a tile", f"{digest} 32 tile/0/x001/x234/067.p/1"),
         ("the longest path", f"{digest} 1 " + "a" * 255)],
        [("capitals in the hash", f"{digest.upper()} 1234 about"), ("a short hash", f"{digest[2:]} 1 about"),
         ("a size with a zero before it", f"{digest} 01 about"), ("no path", f"{digest} 1 "),
         ("a path of 256 bytes", f"{digest} 1 " + "a" * 256), ("an absolute path", f"{digest} 1 /about"),
         ("the folder above", f"{digest} 1 ../about"), ("a hidden file", f"{digest} 1 .about"),
         ("a slash at the end", f"{digest} 1 tile/"), ("two slashes", f"{digest} 1 tile//0"),
         ("a capital", f"{digest} 1 About"), ("a blank in the path", f"{digest} 1 a b"),
         ("a name that begins with a hyphen", f"{digest} 1 -about")])


# ---- whole files --------------------------------------------------------------------------------

ABOUT = ["tov-export 1", "federation infohus-demo", "agency 1 kk", "generation 1", "software 0.1.0",
         "time 2021-07-05T12:00:00.000Z", "ledger 700", "journal 1 90"]
FACTS = {"federation": "infohus-demo", "agency": 1, "agency_name": "kk", "generation": 1,
         "software": "0.1.0", "time_ms": 1625486400000, "ledger_size": 700, "journal": 1,
         "journal_size": 90}


def text(lines):
    return "".join(one + "\n" for one in lines)


def changed(start, new):
    return text(new if one.startswith(start) else one for one in ABOUT)


def about_files():
    good = [("an export", text(ABOUT), FACTS),
            ("no journal yet", changed("journal", "journal 0 0"), {**FACTS, "journal": 0, "journal_size": 0}),
            ("a software of every character", changed("software", "software aZ9.+~-"),
             {**FACTS, "software": "aZ9.+~-"})]
    bad = [("empty", "malformed", ""), ("version 0", "malformed", changed("tov-export", "tov-export 0")),
           ("version 2", "version", changed("tov-export", "tov-export 2")),
           ("no newline at the end", "malformed", text(ABOUT)[:-1]),
           ("a line more", "malformed", text(ABOUT + ["colour blue"])),
           ("two lines changed about", "malformed", text([ABOUT[0], ABOUT[2], ABOUT[1]] + ABOUT[3:])),
           ("two blanks", "malformed", changed("ledger", "ledger  700")),
           ("a federation with a capital", "malformed", changed("federation", "federation Infohus")),
           ("a federation of 64", "malformed", changed("federation", "federation " + "f" * 64)),
           ("agency 0", "malformed", changed("agency", "agency 0 kk")),
           ("agency 1025", "malformed", changed("agency", "agency 1025 kk")),
           ("an agency without name", "malformed", changed("agency", "agency 1")),
           ("generation 0", "malformed", changed("generation", "generation 0")),
           ("generation 2^32", "malformed", changed("generation", "generation 4294967296")),
           ("no software", "malformed", changed("software", "software ")),
           ("a software of 64", "malformed", changed("software", "software " + "1" * 64)),
           ("a blank in the software", "malformed", changed("software", "software 0.1 0")),
           ("a time without milliseconds", "malformed", changed("time", "time 2021-07-05T12:00:00Z")),
           ("a day that is not", "malformed", changed("time", "time 2021-02-30T12:00:00.000Z")),
           ("a ledger with a zero before it", "malformed", changed("ledger", "ledger 0700")),
           ("a size of no journal", "malformed", changed("journal", "journal 0 90")),
           ("a journal without size", "malformed", changed("journal", "journal 1 0")),
           ("a journal without its second number", "malformed", changed("journal", "journal 1"))]
    for n, start in enumerate(one.split()[0] for one in ABOUT):
        bad.append((start + " missing", "malformed", text(ABOUT[:n] + ABOUT[n + 1:])))
    return {"good": [{"name": n, "text": t, "facts": f} for n, t, f in good],
            "rejected": [{"name": n, "error": e, "text": t} for n, e, t in bad]}


def position_files():
    lines = ["size 1234", "series 1 0", "link 56"]
    good = [("a position", text(lines), 1234, 1, 0, 56),
            ("a later series, no message in it", text(["size 9", "series 4294967295 8", "link 0"]),
             9, 4294967295, 8, 0)]
    bad = [("empty", ""), ("no newline at the end", text(lines)[:-1]), ("a line more", text(lines + ["x 1"])),
           ("lines changed about", text([lines[1], lines[0], lines[2]])),
           ("generation 0", text([lines[0], "series 0 0", lines[2]])),
           ("a series of one number", text([lines[0], "series 1", lines[2]])),
           ("a leading zero", text(["size 01234", *lines[1:]])), ("no link", text(lines[:2]))]
    names = ("name", "text", "size", "generation", "lost_index", "link")
    good = [dict(zip(names, row)) for row in good]
    for row in good:
        row.update(size=str(row["size"]), lost_index=str(row["lost_index"]), link=str(row["link"]))
    return {"good": good, "rejected": [{"name": n, "text": t} for n, t in bad]}


def fork_files():
    def note(size, name):
        return f"{size} {b64(some(name, 32))} {b64(some(name + ' signature', 64))}"
    small, large, again = note(9, "small"), note(12, "large"), note(9, "again")
    root, hashes = b64(some("root", 32)), [b64(some(f"hash {n}", 32)) for n in range(64)]
    good = [("two trees of one size", [small, again], 9, 9, 0),
            ("two sizes with a proof", [small, large, root, hashes[0]], 9, 12, 1),
            ("the longest proof", [small, large, root, *hashes[:63]], 9, 12, 63),
            ("two sizes without a proof", [small, large], 9, 12, 0)]
    bad = [("empty", ""), ("one note", text([small])), ("the larger one first", text([large, small])),
           ("size 0", text([note(0, "none"), large])),
           ("no newline at the end", text([small, large, root, hashes[0]])[:-1]),
           ("a root without proof", text([small, large, root])),
           ("a proof of one size", text([small, again, root, hashes[0]])),
           ("a proof of 64", text([small, large, root, *hashes])),
           ("a hash of 31 bytes", text([small, large, root, b64(bytes(31))])),
           ("an empty line", text([small, large, ""])),
           ("two blanks", text([small.replace(" ", "  ", 1), large]))]
    names = ("name", "text", "smaller", "larger", "hashes")
    good = [dict(zip(names, (n, text(lines), str(a), str(b), h))) for n, lines, a, b, h in good]
    return {"good": good, "rejected": [{"name": n, "text": t} for n, t in bad]}


def bundles():
    leaves = [some("leaf", 40), b"", some("other", 4095)]
    whole = b"".join(struct.pack(">H", len(one)) + one for one in leaves)
    return {"good": [{"name": "a leaf, one that is gone, the longest", "hex": whole.hex(),
                      "leaves": [one.hex() for one in leaves]},
                     {"name": "nothing", "hex": "", "leaves": []}],
            "rejected": [{"name": "a length cut short", "hex": (whole + b"\0").hex()},
                         {"name": "a leaf cut short", "hex": whole[:-1].hex()}]}


def main():
    vectors = {
        "about": "Framings of an export (docs/export.md): one record each; lines without their "
                 "newline; whole small files; bundles of leaves. Numbers over 32 bits are texts. "
                 "Where no error stands it is malformed.",
        "records": records(),
        "lines": {"signed": signed_lines(), "cosignature": cosignature_lines(), "file": manifest_lines()},
        "files": {"about": about_files(), "position": position_files(), "fork": fork_files()},
        "bundles": bundles()}
    with open(os.path.join(HERE, "export.json"), "w", encoding="utf-8") as out:
        json.dump(vectors, out, indent=1)
        out.write("\n")


if __name__ == "__main__":
    main()
