# SPDX-License-Identifier: EUPL-1.2
"""tests/vectors/envelope: HPKE, padding, parts, commitments, stanzas, the salamander."""
import envelope
import hpke
from base import need, sha256

UNHEX = bytes.fromhex


def _hpke(report, file):
    for case in file["vectors"]:
        with report.case("hpke", case["name"]):
            v = {k: UNHEX(case[k]) for k in case if k not in ("name", "mode", "encryptions")}
            private = hpke.derive_key_pair(v["ikm_r"])
            ephemeral = hpke.derive_key_pair(v["ikm_e"])
            report.same((private, ephemeral), (v["sk_r"], v["sk_e"]))
            enc, sender = hpke.sender(ephemeral, v["pk_r"], v["info"], v["psk"], v["psk_id"])
            receiver = hpke.receiver(enc, private, v["info"], v["psk"], v["psk_id"])
            report.same((enc, sender.key, receiver.base_nonce),
                        (v["enc"], v["key"], v["base_nonce"]))
            for e in case["encryptions"]:
                box, aad = UNHEX(e["ciphertext"]), UNHEX(e["aad"])
                report.same(sender.seal(e["sequence"], aad, UNHEX(e["plaintext"])), box)
                report.same(receiver.open(e["sequence"], aad, box).hex(), e["plaintext"])


def _padding(report, file):
    for case in file["sizes"]:
        with report.case("padding", str(case["data_size"])):
            report.same(envelope.padded_size(case["data_size"]), case["padded_size"])
    for size in file["impossible_padded_sizes"]:
        report.refused("padding", f"{size} bytes", None, envelope.check_padded_size, size)
    with report.case("padding", "padded"):
        data, padded = UNHEX(file["padded"]["data"]), UNHEX(file["padded"]["padded"])
        report.same(envelope.pad(data), padded)
        report.same(envelope.unpad(padded), data)
    for case in file["refused"]:
        report.refused("padding", case["why"], "malformed", envelope.unpad,
                       UNHEX(case["padded"]))


def _messages(report, messages):
    for case in messages:
        with report.case("commitment", case["origin"]):
            v = {k: UNHEX(x) for k, x in case.items() if isinstance(x, str) and k != "origin"}
            context = envelope.ctx(case["origin"].encode(), v["envelope"])
            report.same(context, v["ctx"])
            for which in ("header", "content"):
                envelope.check_commitment(v[which + "_key"], context, v[which + "_commitment"])
            keys = [envelope.part_key(v["header_key"], v["content_key"], v["salt"], part).hex()
                    for part in case["part_numbers"]]
            report.same(keys, case["part_keys"])
        report.refused("commitment", "the other key", "commitment", envelope.check_commitment,
                       v["header_key"], context, v["content_commitment"])


def _rule_data(size):
    out = b"".join(sha256(b"data %d" % size + n.to_bytes(4, "big")) for n in range(size // 32 + 1))
    return out[:size]


def _checked_part(key, sealed, root):
    need(envelope.part_root(sealed) == root, "another root", "proof")
    return envelope.open_part(key, sealed)


def _parts(report, file):
    key = UNHEX(file["key"])
    for case in file["parts"]:
        with report.case("part", str(case["data_size"])):
            data = _rule_data(case["data_size"])
            report.same(sha256(data).hex(), case["data_sha256"])
            sealed = envelope.seal_part(key, data)
            report.same((len(sealed), sha256(sealed).hex(), envelope.part_root(sealed).hex()),
                        (case["sealed_size"], case["sealed_sha256"], case["root"]))
            report.same(envelope.open_part(key, sealed), data)
    with report.case("part", "small"):
        small = {k: UNHEX(v) for k, v in file["small"].items()}
        report.same(envelope.seal_part(key, small["data"]), small["sealed"])
    for case in file["refused"]:
        sealed = UNHEX(case["sealed"])
        report.refused("part", case["why"], case["error"], _checked_part, key, sealed,
                       UNHEX(case["root"]))


def _stanzas(report, group):
    v = {k: UNHEX(x) for k, x in group.items()
         if isinstance(x, str) and k not in ("wrapper_origin", "recipient_origin", "psk_id")}
    psk = (v["psk"], group["psk_id"].encode())
    private = hpke.derive_key_pair(v["recipient_seed"])
    origins = group["wrapper_origin"].encode(), group["recipient_origin"].encode()

    def info(epoch):
        return envelope.stanza_info(*origins, epoch, psk[1] if psk[0] else None)

    with report.case("stanza", "keys and info"):
        report.same((hpke.public_of(private), info(group["epoch"])),
                    (v["recipient_public"], v["info"]))
    enc, context = hpke.sender(hpke.derive_key_pair(v["ephemeral_seed"]), v["recipient_public"],
                               info(group["epoch"]), *psk)
    for case in group["stanzas"]:
        with report.case("stanza", f"{group['psk_id']} {case['sequence']}"):
            keys = v["header_key"] + (v["content_key"] if case["right"] == "all" else b"")
            stanza = UNHEX(case["stanza"])
            report.same(envelope.seal_stanza(enc, context, case["sequence"], v["ctx"], keys),
                        stanza)
            report.same(envelope.open_stanza(stanza, case["right"], private, v["info"], v["ctx"],
                                             psk), keys)
    with report.case("stanza", "top bit"):
        report.same(envelope.open_stanza(v["top_bit"], "all", private, v["info"], v["ctx"], psk),
                    v["header_key"] + v["content_key"])
    for case in group["refused"]:
        report.refused("stanza", case["why"], case["error"], envelope.open_stanza, UNHEX(case["stanza"]),
                       "all", private, info(case["epoch"]), UNHEX(case["ctx"]), psk)


def _salamander(report, file):
    """One sealed text that opens under two keys; only the commitment tells which was meant."""
    v = {k: UNHEX(x) for k, x in file.items() if isinstance(x, str)}
    for n, (key, text) in enumerate(zip(file["content_keys"], file["texts"])):
        key = UNHEX(key)
        with report.case("salamander", f"text {n}"):
            opened = hpke.open_box(envelope.part_key(b"", key, v["salt"], 1),
                                   envelope._nonce(0, 1), v["sealed"], None)
            report.same(UNHEX(text) in opened, True)
        if n == 0:
            with report.case("salamander", "the key that was committed to"):
                envelope.check_commitment(key, v["ctx"], v["content_commitment"])
        else:
            report.refused("salamander", "the other key", "commitment",
                           envelope.check_commitment, key, v["ctx"], v["content_commitment"])


def run(report, load):
    _hpke(report, load("envelope/hpke_rfc9180_a2.json"))
    file = load("envelope/envelope.json")
    _padding(report, file["padding"])
    _messages(report, file["messages"])
    _parts(report, file["part"])
    for group in file["stanzas"]:
        _stanzas(report, group)
    _salamander(report, file["salamander"])
