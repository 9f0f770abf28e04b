# SPDX-License-Identifier: EUPL-1.2
"""Frames between nodes and control bodies: docs/protocol.md sections 5 and 10."""
import os

import leaf
from base import Cursor, agency, framed, generation, need, sha256, time_ms
from schema import Schema

MOST = 262144
MOST_ROSTER = 2 << 20


def limit(condition, why):
    need(condition, why, "limit")


def _sized(value, name, *sizes):
    need(len(value.get(name, b"")) in sizes, f"size of {name}")


def _hashes(value, name):
    size = len(value.get(name, b""))
    need(size % 32 == 0, f"size of {name}")
    return size // 32


def _checkpoint(value):
    if value is not None:
        generation(value.get("generation", 0))
        _sized(value, "root", 32)
        _sized(value, "signature", 64)


def _ref(value):
    need(value is not None, "no reference")
    agency(value.get("agency", 0))
    generation(value.get("generation", 0))
    _sized(value, "leaf_hash", 32)


def _part_number(value):
    limit(value.get("part", 0) < 18, "part number")


def _hello(f):
    low, high = f.get("protocol_min", 0), f.get("protocol_max", 0)
    need(1 <= low <= high, "protocol versions")
    agency(f.get("agency", 0))
    _sized(f, "roster_hash", 32)
    _checkpoint(f.get("own"))
    _checkpoint(f.get("held"))
    _sized(f, "nonce", 32)
    _sized(f, "answers", 0, 32)
    time_ms(f.get("now_ms", 0))


def _stanza(value):
    need(value is not None and value.get("sealed"), "an empty stanza")


def _disclosed(item):
    need(item.get("leaf"), "no leaf")
    limit(len(item["leaf"]) <= leaf.MOST, "leaf")
    _sized(item, "link_block", 0, 68)
    parts, stanzas = item.get("parts", []), item.get("stanzas", [])
    limit(len(parts) <= 18, "parts")
    limit(len(stanzas) <= 4, "stanzas")
    for part in parts:
        need(1 <= part.get("state", 0) <= 4, "part state")
        need((part["state"] == 1) == bool(part.get("data")), "data of a part")
    for stanza in stanzas:
        _stanza(stanza)


def _skipped(item):
    count, hashes = item.get("count", 0), _hashes(item, "hashes")
    need(1 <= hashes <= count, "hashes of a skipped run")
    need(hashes == count or not item.get("level0"), "hashes of a skipped run")


def _erased(item):
    _sized(item, "leaf_hash", 32)
    _sized(item, "link_block", 0, 68)


ITEMS = {"disclosed": _disclosed, "skipped": _skipped, "erased": _erased}


def _cosignature(value):
    agency(value.get("agency", 0))
    _sized(value, "signature", 64)


def _parcel(f):
    generation(f.get("generation", 0))
    need(f.get("from", 0) < f.get("to", 0), "from and to")
    _sized(f, "root", 32)
    _sized(f, "signature", 64)
    for item in f.get("items", []):
        need(len(item) == 1, "an item of no kind")
        kind, value = next(iter(item.items()))
        ITEMS[kind](value)
    for value in f.get("cosignatures", []):
        _cosignature(value)
    _sized(f, "control_signature", 64)


def _position(f):
    generation(f.get("generation", 0))


def _late_stanzas(f):
    need(f.get("stanzas"), "no stanzas")
    for value in f["stanzas"]:
        _ref(value.get("ref"))
        _stanza(value.get("stanza"))


def _control(f):
    need(f.get("body"), "no body")
    _sized(f, "signature", 64)


def _roster_offer(f):
    need(f.get("version", 0), "version 0")
    _sized(f, "hash", 32)


def _roster_request(f):
    need(f.get("version", 0), "version 0")
    limit(f.get("offset", 0) < MOST_ROSTER, "offset")


def _roster_piece(f):
    need(f.get("version", 0) and f.get("data"), "version or data")
    limit(len(f["data"]) <= 131072, "piece")
    limit(f.get("total", 0) <= MOST_ROSTER, "total")
    need(f.get("offset", 0) + len(f["data"]) <= f.get("total", 0), "past the total")


def _chunk(f):
    _ref(f.get("ref"))
    _part_number(f)
    need(f.get("data"), "no data")
    limit(len(f["data"]) <= 131104, "chunk")
    limit(_hashes(f, "proof") <= 63, "proof")


def _cosignatures(f):
    need(f.get("cosignatures"), "no cosignatures")
    for value in f["cosignatures"]:
        _cosignature(value)


KINDS = {"hello": _hello, "parcel": _parcel, "position": _position,
         "late_stanzas": _late_stanzas, "control": _control, "roster_offer": _roster_offer,
         "roster_request": _roster_request, "roster_piece": _roster_piece, "chunk": _chunk,
         "cosignatures": _cosignatures}


def _restore_answer(f):
    _checkpoint(f.get("held"))


def _hash_request(f):
    need(f.get("from", 0) < f.get("to", 0), "from and to")


def _hash_answer(f):
    limit(_hashes(f, "hashes") <= 4096, "hashes")
    points = f.get("points", [])
    limit(len(points) <= 256, "checkpoints")
    before = f.get("from", 0)
    for value in points:
        _checkpoint(value)
        need(value.get("size", 0) > before, "order of checkpoints")
        before = value["size"]


def _leaf_answer(f):
    _hash_request(f)
    leaves = f.get("leaves", [])
    limit(len(leaves) <= 256, "leaves")
    following = f.get("from", 0)
    for value in leaves:
        need(value.get("leaf"), "no leaf")
        limit(len(value["leaf"]) <= 4095, "leaf")
        need(len(value.get("link_block", b"")) in (0, 68), "link block")
        need(following <= value.get("index", 0) < f["to"], "index")
        following = value.get("index", 0) + 1


def _chunk_request(f):
    _ref(f.get("ref"))
    _part_number(f)
    need(f.get("count", 0), "no chunks")


def _epoch_expired(f):
    refs = f.get("refs", [])
    need(refs, "no references")
    limit(len(refs) <= 256, "references")
    for value in refs:
        _ref(value)


def _keys_request(f):
    need(f.get("epoch", 0), "no epoch")
    refs = f.get("refs", [])
    need(refs, "no references")
    limit(len(refs) <= 64, "references")
    for value in refs:
        _ref(value)
    places = [(value["agency"], value["generation"], value.get("index", 0)) for value in refs]
    need(len(set(places)) == len(places), "one message twice")


def _keys_answer(f):
    keys = f.get("keys", [])
    need(keys, "no keys")
    limit(len(keys) <= 64, "keys")
    for value in keys:
        _ref(value.get("ref"))
        if "stanza" in value:
            _stanza(value["stanza"])


BODIES = {"restore_answer": _restore_answer, "hash_request": _hash_request,
          "hash_answer": _hash_answer, "chunk_request": _chunk_request,
          "epoch_expired": _epoch_expired, "leaf_request": _hash_request,
          "leaf_answer": _leaf_answer, "keys_request": _keys_request,
          "keys_answer": _keys_answer}


class Peer:
    """Reads and writes frames by the schema in `folder`."""

    def __init__(self, folder):
        self.schema = Schema(folder, ["peer.proto"])

    def decode(self, data):
        """(kind, fields) of a frame."""
        limit(len(data) <= MOST, "frame")
        frame = self.schema.decode("Frame", data)
        need(len(frame) == 1, "not one kind")
        kind, fields = next(iter(frame.items()))
        KINDS[kind](fields)
        return kind, fields

    def encode(self, kind, fields):
        return self.schema.encode("Frame", {kind: fields})

    def encode_parcel(self, fields):
        """The Parcel alone, without the signature that stands behind it."""
        rest = {k: v for k, v in fields.items() if k != "control_signature"}
        return self.schema.encode("Parcel", rest)

    def decode_body(self, data):
        """(from, to, nonce, kind, fields) of a control body."""
        body = self.schema.decode("ControlBody", data)
        sender, to = agency(body.pop("from", 0)), agency(body.pop("to", 0))
        _sized(body, "nonce", 32)
        nonce = body.pop("nonce")
        need(len(body) == 1, "not one kind")
        kind, fields = next(iter(body.items()))
        BODIES[kind](fields)
        return sender, to, nonce, kind, fields

    def encode_body(self, sender, to, nonce, kind, fields):
        return self.schema.encode("ControlBody",
                                  {"from": sender, "to": to, "nonce": nonce, kind: fields})


DATA, PING, PONG = 1, 2, 3


def decode_message(data):
    """(kind, session or frame) of a message on a connection; None: it says nothing."""
    kind, rest = data[:1], data[1:]
    if kind == bytes([DATA]) and rest:
        return DATA, rest
    if kind in (bytes([PING]), bytes([PONG])) and len(rest) == 8 and any(rest):
        return kind[0], rest
    return None


def signed_bytes(federation, body):
    return b"tov/v1 control" + framed(federation) + body


def signed_bytes_of_parcel(federation, sender, to, parcel):
    """`parcel`: the encoding of the Parcel without its control_signature."""
    return (b"tov/v1 parcel" + framed(federation) + sender.to_bytes(2, "big") +
            to.to_bytes(2, "big") + sha256(parcel))
