# SPDX-License-Identifier: EUPL-1.2
"""tests/vectors/wire: leaves, links, frames, control bodies, each read, written again, refused."""
import frame
import leaf
from base import sha256
from report import plain

UNHEX = bytes.fromhex


def _fields(value):
    """The vectors' fields with bytes for hexadecimal; the federation and kinds are texts."""
    if isinstance(value, dict):
        return {k: v.encode() if k == "federation" else v if k == "kind" else _fields(v)
                for k, v in value.items()}
    if isinstance(value, list):
        return [_fields(v) for v in value]
    return UNHEX(value) if isinstance(value, str) else value


def _nested(fields):
    """Fields of a frame as the schema nests them: kinds of items, stanzas in late stanzas."""
    out = {}
    for name, value in fields.items():
        if name == "items":
            value = [{v["kind"]: {k: w for k, w in v.items() if k != "kind"}} for v in value]
        elif name == "stanzas":
            value = [{"ref": v["ref"], "stanza": {k: v[k] for k in ("sealed", "epoch")}}
                     for v in value]
        out[name] = value
    return out


def _leaves(report, file):
    for case in file["good"]:
        with report.case("leaf", case["name"]):
            data, fields = UNHEX(case["hex"]), _fields(case["fields"])
            value = leaf.decode(data)
            report.same(leaf.encode(case["type"], case["time_ms"], UNHEX(case["blind"]), fields),
                        data)
            report.same(leaf.leaf_hash(data).hex(), case["leaf_hash"])
            report.same((value["type"], value["time_ms"], value["blind"].hex()),
                        (case["type"], case["time_ms"], case["blind"]))
            envelope = value["fields"].pop("envelope", None)
            report.same(value["fields"], fields)
            if "list" in case:
                listed = UNHEX(case["list"])
                report.same(sha256(listed), fields["seen_hash"])
                entries = leaf.decode_list(listed, fields["seen_count"])
                report.same(b"".join(map(leaf.encode_list_entry, entries)), listed)
            report.same(envelope, UNHEX(case["envelope"]) if "envelope" in case else None)
    for case in file["rejected"]:
        report.refused("leaf", case["name"], case["error"], leaf.decode, UNHEX(case["hex"]))


def _links(report, file):
    for case in file["good"]:
        with report.case("link", case["name"]):
            block, fields = UNHEX(case["hex"]), _fields(case["fields"])
            report.same(leaf.decode_link(block), fields)
            report.same(leaf.encode_link(fields), block)
            report.same(leaf.link_hash(block).hex(), case["hash"])
    for case in file["rejected"]:
        report.refused("link", case["name"], case["error"], leaf.decode_link, UNHEX(case["hex"]))


def _connection(report, file):
    for case in file["good"]:
        with report.case("connection", case["name"]):
            said = case.get("frame", case.get("session"))
            report.same(frame.decode_message(UNHEX(case["hex"])), (case["kind"], UNHEX(said)))
    for case in file["ignored"]:
        with report.case("connection", case["name"]):
            report.same(frame.decode_message(UNHEX(case["hex"])), None)


def _frames(report, file, peer):
    for case in file["good"]:
        with report.case("frame", case["name"]):
            data = UNHEX(case["hex"])
            fields = _nested(_fields(case["fields"]))
            kind, value = peer.decode(data)
            report.same(kind, case["kind"])
            report.same(peer.encode(kind, fields), data)
            report.same(plain(value), plain(fields))
            if kind == "parcel":
                said = peer.encode_parcel(value)
                report.same(frame.signed_bytes_of_parcel(b"infohus-demo", 2, 1, said).hex(),
                            case["signed"])
    for case in file["rejected"]:
        report.refused("frame", case["name"], case["error"], peer.decode, UNHEX(case["hex"]))


def _control(report, file, peer):
    for case in file["good"]:
        with report.case("control", case["name"]):
            data, fields = UNHEX(case["hex"]), _fields(case["fields"])
            sender, to, nonce, kind, value = peer.decode_body(data)
            report.same((sender, to, nonce.hex(), kind),
                        (case["from"], case["to"], case["nonce"], case["kind"]))
            report.same(peer.encode_body(sender, to, nonce, kind, fields), data)
            report.same(plain(value), plain(fields))
            report.same(frame.signed_bytes(b"infohus-demo", data).hex(), case["signed"])
    for case in file["rejected"]:
        report.refused("control", case["name"], case["error"], peer.decode_body,
                       UNHEX(case["hex"]))


def run(report, load, schema_folder):
    peer = frame.Peer(schema_folder)
    _leaves(report, load("wire/leaf.json"))
    _links(report, load("wire/link.json"))
    _connection(report, load("wire/connection.json"))
    _frames(report, load("wire/frame.json"), peer)
    _control(report, load("wire/control.json"), peer)
