#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Writes envelope.json: vectors of the envelope, made without any of Tov's code.

What for: other implementers, and a second opinion on proto/envelope. Needs python3-cryptography.
It is written from docs/protocol.md alone; never make it call the C code.
    generate.py > envelope.json
"""
import hashlib
import hmac
import json
import struct

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.ciphers.algorithms import ChaCha20
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CHUNK, TAG, PULL = 65536, 16, 131104


def sha256(data):
    return hashlib.sha256(data).digest()


def extract(salt, key):
    return hmac.new(salt or bytes(32), key, hashlib.sha256).digest()


def expand(key, info, size):
    out, block, counter = b"", b"", 1
    while len(out) < size:
        block = hmac.new(key, block + info + bytes([counter]), hashlib.sha256).digest()
        out, counter = out + block, counter + 1
    return out[:size]


def seal(key, nonce, plain, aad=b""):
    return ChaCha20Poly1305(key).encrypt(nonce, plain, aad)


def fill(label, size):
    """Reproducible bytes that say nothing: SHA-256(label || u32 0), SHA-256(label || u32 1) ..."""
    blocks = [sha256(label.encode() + struct.pack(">I", i)) for i in range((size + 31) // 32)]
    return b"".join(blocks)[:size]


# --- padding -------------------------------------------------------------------------------

def padded_size(data_size):
    size = max(8 + data_size, 256)
    exponent = size.bit_length() - 1
    kept = exponent.bit_length()
    step = 1 << (exponent - kept)
    return (size + step - 1) // step * step


def pad(data):
    plain = struct.pack(">Q", len(data)) + data
    return plain + bytes(padded_size(len(data)) - len(plain))


# --- STREAM and parts ----------------------------------------------------------------------

def stream(key, plain):
    chunks = [plain[i:i + CHUNK] for i in range(0, len(plain), CHUNK)] or [b""]
    last = len(chunks) - 1
    return b"".join(seal(key, i.to_bytes(11, "big") + bytes([i == last]), chunk)
                    for i, chunk in enumerate(chunks))


def tree(leaves):
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\1" + tree(leaves[:split]) + tree(leaves[split:]))


def root(sealed):
    return tree([sha256(b"\0" + sealed[i:i + PULL]) for i in range(0, len(sealed), PULL)])


# --- keys ----------------------------------------------------------------------------------

def ctx_of(origin, envelope):
    return sha256(b"tov/v1 envelope" + struct.pack(">H", len(origin)) + origin + envelope)


def commitment(key, ctx):
    return expand(key, b"tov/v1 commit" + ctx, 32)


def part_key(key, salt, number):
    return expand(key, b"tov/v1 part" + salt + bytes([number]), 32)


# --- HPKE and stanzas ----------------------------------------------------------------------

KEM = b"KEM\0\x20"
SUITE = b"HPKE\0\x20\0\1\0\3"


def labelled_extract(suite, salt, label, key):
    return extract(salt, b"HPKE-v1" + suite + label + key)


def labelled_expand(suite, key, label, info, size):
    return expand(key, struct.pack(">H", size) + b"HPKE-v1" + suite + label + info, size)


def derive(seed):
    secret = labelled_expand(KEM, labelled_extract(KEM, b"", b"dkp_prk", seed), b"sk", b"", 32)
    pair = X25519PrivateKey.from_private_bytes(secret)
    return secret, pair, pair.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def setup(ephemeral_seed, recipient_public, info, psk, psk_id, top=0):
    """TOP 0x80 sets the bit of enc that X25519 ignores."""
    _, pair, enc = derive(ephemeral_seed)
    enc = enc[:31] + bytes([enc[31] | top])
    shared = pair.exchange(X25519PublicKey.from_public_bytes(recipient_public))
    prk = labelled_extract(KEM, b"", b"eae_prk", shared)
    secret = labelled_expand(KEM, prk, b"shared_secret", enc + recipient_public, 32)
    context = bytes([1 if psk else 0]) + labelled_extract(SUITE, b"", b"psk_id_hash", psk_id) + \
        labelled_extract(SUITE, b"", b"info_hash", info)
    master = labelled_extract(SUITE, secret, b"secret", psk)
    return enc, labelled_expand(SUITE, master, b"key", context, 32), \
        labelled_expand(SUITE, master, b"base_nonce", context, 12)


def text(data):
    return struct.pack(">H", len(data)) + data


def stanza_info(suite, wrapper, recipient, epoch, psk, psk_id):
    return b"tov/v1 stanza" + bytes([suite]) + text(wrapper) + text(recipient) + \
        struct.pack(">I", epoch) + bytes([1 if psk else 0]) + text(psk_id)


def stanza(context, sequence, ctx, keys):
    enc, key, base = context
    nonce = bytes(a ^ b for a, b in zip(base, sequence.to_bytes(12, "big")))
    return enc + struct.pack(">Q", sequence) + seal(key, nonce, keys, ctx)


# --- wrapping at rest ----------------------------------------------------------------------

def hchacha20(key, nonce):
    mask = 0xffffffff
    s = list(struct.unpack("<4I", b"expand 32-byte k") + struct.unpack("<8I", key) +
             struct.unpack("<4I", nonce))

    def quarter(a, b, c, d):
        for x, y, z, turn in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            s[x] = (s[x] + s[y]) & mask
            s[z] ^= s[x]
            s[z] = (s[z] << turn | s[z] >> (32 - turn)) & mask
    for _ in range(10):
        for a, b, c, d in ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
                           (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)):
            quarter(a, b, c, d)
    return struct.pack("<8I", *(s[:4] + s[12:]))


def wrap(key, nonce, plain, aad):
    return nonce + seal(hchacha20(key, nonce[:16]), bytes(4) + nonce[16:], plain, aad)


# --- one ciphertext under two keys ---------------------------------------------------------

P1305 = 2 ** 130 - 5


def key_stream(key, nonce, block, size):
    cipher = Cipher(ChaCha20(key, struct.pack("<I", block) + nonce), None)
    return cipher.encryptor().update(bytes(size))


def xor(a, b):
    return bytes(x ^ y for x, y in zip(a, b))


def poly(blocks, r):
    total = 0
    for block in blocks:
        total = (total + block) * r % P1305
    return total


def salamander(key1, key2, nonce, text1, text2):
    """Opens under key1 to text1 and noise, under key2 to noise and text2; None: try other keys.

    One free block makes the two tags equal: each is linear in it (Dodis et al., CRYPTO 2018).
    """
    size = len(text1)
    total = 2 * size + 16
    cipher = xor(text1, key_stream(key1, nonce, 1, total)) + \
        xor(text2, key_stream(key2, nonce, 1, total)[size:])
    blocks = [int.from_bytes(cipher[i:i + 16], "little") + 2 ** 128
              for i in range(0, len(cipher), 16)]
    length = (total << 64) + 2 ** 128
    one_time = []
    for key in (key1, key2):
        block = key_stream(key, nonce, 0, 32)
        r = int.from_bytes(block[:16], "little") & 0x0ffffffc0ffffffc0ffffffc0fffffff
        one_time.append((r, int.from_bytes(block[16:], "little")))
    (r1, s1), (r2, s2) = one_time
    b1, b2 = poly(blocks + [0, length], r1), poly(blocks + [0, length], r2)
    for wraps in range(-5, 6):
        free = (b2 + s2 - b1 - s1 + wraps * 2 ** 128) * pow(r1 * r1 - r2 * r2, -1, P1305) % P1305
        if not 2 ** 128 <= free < 2 ** 129:
            continue
        tags = [(poly(blocks + [free, length], r) + s) % 2 ** 128 for r, s in one_time]
        if tags[0] == tags[1]:
            return cipher + (free - 2 ** 128).to_bytes(16, "little") + tags[0].to_bytes(16, "little")
    return None


def salamander_vector():
    text1 = b"Transition to kbh-pol: GRANTED".ljust(48)
    text2 = b"Transition to kbh-pol: REFUSED".ljust(48)
    salt, ctx, header, content1 = (fill("salamander " + n, 32)
                                   for n in ("salt", "ctx", "header", "content"))
    for attempt in range(1000):
        content2 = fill("salamander content %d" % attempt, 32)
        keys = [part_key(content, salt, 1) for content in (content1, content2)]
        sealed = salamander(keys[0], keys[1], bytes(11) + b"\1", text1, text2)
        if sealed:
            return {"salt": salt, "ctx": ctx, "header_key": header, "content_keys": [content1, content2],
                    "sealed": sealed, "texts": [text1, text2],
                    "header_commitment": commitment(header, ctx),
                    "content_commitment": commitment(content1, ctx)}
    raise SystemExit("no salamander found")


# --- the vectors ---------------------------------------------------------------------------

def hexed(value):
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dict):
        return {k: hexed(v) for k, v in value.items()}
    return [hexed(v) for v in value] if isinstance(value, list) else value


def padding_vectors():
    sizes = [0, 1, 247, 248, 249, 264, 265, 503, 504, 505, 1024, 4087, 4088, 4089, 65527, 65528,
             65529, 100000, 1 << 20, (1 << 20) - 8, (1 << 20) - 7, 10 ** 9, (1 << 31) - 8,
             (1 << 31) - 7, 1 << 31]
    good = pad(b"Hr. Borger er bekendt.")
    refused = {
        "no length": b"", "shorter than a length": good[:7], "the padding is missing": good[:30],
        "one byte of padding too few": good[:-1], "one byte of padding too many": good + b"\0",
        "padded to the next size": good + bytes(16),
        "last byte of the padding not zero": good[:-1] + b"\1",
        "first byte of the padding not zero": good[:30] + b"\1" + good[31:],
        "a length beyond the data": struct.pack(">Q", 249) + good[8:],
        "a length that wraps around": b"\xff" * 8 + good[8:],
        "a length over the limit": struct.pack(">Q", (1 << 31) + 1) + good[8:],
    }
    return {
        "sizes": [{"data_size": n, "padded_size": padded_size(n)} for n in sizes],
        "impossible_padded_sizes": [0, 8, 255, 257, 271, 65537, (1 << 31) + 1,
                                    padded_size(1 << 31) + 1, padded_size(1 << 31) + (1 << 26)],
        "padded": {"data": b"Hr. Borger er bekendt.", "padded": good},
        "refused": [{"why": why, "padded": value} for why, value in refused.items()],
    }


def message_vectors():
    out = []
    for number, (origin, recipients) in enumerate([
            (b"infohus-demo/kk/1", [(2, 2)]),
            (b"infohus-demo/kbh-pol/3", [(1, 2), (3, 1)])]):
        label = "message %d" % number
        salt, header, content = (fill(label + name, 32) for name in (" salt", " header", " content"))
        envelope = b"\1" + fill(label + " id", 16) + salt + struct.pack(">IB", 7, len(recipients))
        envelope += b"".join(struct.pack(">HB", *row) for row in recipients)
        ctx = ctx_of(origin, envelope)
        out.append({
            "origin": origin.decode(), "envelope": envelope, "salt": salt, "header_key": header,
            "content_key": content, "ctx": ctx, "header_commitment": commitment(header, ctx),
            "content_commitment": commitment(content, ctx),
            "part_keys": [part_key(content if n else header, salt, n) for n in (0, 1, 2, 17)],
            "part_numbers": [0, 1, 2, 17]})
    return out


def part_vectors():
    key = fill("part key", 32)
    parts = []
    for size in (0, 1, 248, 249, 1016, 65520, 65528, 65529, 131064, 131065, 300000):
        data = fill("data %d" % size, size)
        sealed = stream(key, pad(data))
        parts.append({"data_size": size, "data_sha256": sha256(data), "sealed_size": len(sealed),
                      "sealed_sha256": sha256(sealed), "root": root(sealed)})
    return {"key": key, "data_rule": "SHA-256(label || u32 0) || SHA-256(label || u32 1) ..., cut; label 'data <size>'",
            "parts": parts,
            "small": {"data": b"header", "sealed": stream(key, pad(b"header"))},
            "refused": part_refusals(key)}


def part_refusals(key):
    """Well sealed and with the right root, and yet no part."""
    plain = pad(b"header")
    cases = {
        "padding is not zero": stream(key, plain[:-1] + b"\1"),
        "padded to a size that is not of the rule": stream(key, plain + b"\0"),
        "padded more than needed": stream(key, plain + bytes(16)),
        "an empty stream": stream(key, b""),
        "not marked as last": seal(key, bytes(12), plain),
        "an index that is not 0": seal(key, bytes(10) + b"\1\1", plain),
    }
    out = [{"why": why, "sealed": sealed, "root": root(sealed),
            "error": "decrypt" if why.startswith(("not marked", "an index")) else "malformed"}
           for why, sealed in cases.items()]
    good, other = stream(key, plain), stream(key, pad(b"another"))
    out.append({"why": "the root of another part", "sealed": good, "root": root(other),
                "error": "proof"})
    out.append({"why": "sealed under another key", "sealed": stream(fill("other key", 32), plain),
                "root": root(stream(fill("other key", 32), plain)), "error": "decrypt"})
    return out


def stanza_vectors():
    recipient_seed, ephemeral_seed = fill("epoch key", 32), fill("ephemeral", 32)
    _, _, public = derive(recipient_seed)
    psk, ctx = fill("psk", 32), fill("ctx", 32)
    header, content = fill("stanza header", 32), fill("stanza content", 32)
    wrapper, recipient, epoch = b"infohus-demo/kk/1", b"infohus-demo/kbh-pol/1", 5
    out = []
    for secret, name in ((b"", b""), (psk, b"kk+kbh-pol 2021")):
        info = stanza_info(1, wrapper, recipient, epoch, secret, name)
        context = setup(ephemeral_seed, public, info, secret, name)
        out.append({
            "suite": 1, "wrapper_origin": wrapper.decode(), "recipient_origin": recipient.decode(),
            "epoch": epoch, "psk": secret, "psk_id": name.decode(), "info": info,
            "recipient_seed": recipient_seed, "recipient_public": public,
            "ephemeral_seed": ephemeral_seed, "ctx": ctx,
            "header_key": header, "content_key": content,
            "stanzas": [
                {"sequence": 0, "right": "header", "stanza": stanza(context, 0, ctx, header)},
                {"sequence": 1, "right": "all", "stanza": stanza(context, 1, ctx, header + content)},
                {"sequence": 2, "right": "header", "stanza": stanza(context, 2, ctx, header)}],
            "top_bit": stanza(setup(ephemeral_seed, public, info, secret, name, 0x80), 3, ctx,
                              header + content),
            "refused": stanza_refusals(context, ctx, header + content, epoch)})
    return out


def stanza_refusals(context, ctx, keys, epoch):
    """Presented to the recipient above with the right to all, `epoch` and `ctx`."""
    good = stanza(context, 1, ctx, keys)
    cases = [
        ("right to the header only", epoch, ctx, stanza(context, 1, ctx, keys[:32])),
        ("one byte short", epoch, ctx, good[:-1]), ("one byte long", epoch, ctx, good + b"\0"),
        ("another message", epoch, fill("other ctx", 32), good), ("another epoch", epoch + 1, ctx, good),
        ("another sequence number", epoch, ctx, good[:39] + b"\2" + good[40:]),
        ("another enc", epoch, ctx, derive(fill("other", 32))[2] + good[32:]),
        ("enc of small order", epoch, ctx, bytes(32) + good[32:]),
        ("top bit of enc set", epoch, ctx, good[:31] + bytes([good[31] ^ 0x80]) + good[32:]),
        ("changed tag", epoch, ctx, good[:-1] + bytes([good[-1] ^ 1])),
        ("empty", epoch, ctx, b"")]
    return [{"why": why, "epoch": number, "ctx": other, "stanza": value,
             "error": "decrypt" if len(value) == 120 else "malformed"}
            for why, number, other, value in cases]


def wrap_vectors():
    bucket, leaf, key = fill("bucket key", 32), fill("leaf hash", 32), fill("data key", 32)
    root_key, nonce = fill("storage root", 32), fill("nonce", 24)
    good, other = wrap(bucket, nonce, key, leaf + b"\1"), fill("another", 32)
    refused = [("the other key of the message", bucket, leaf, 2, good),
               ("another message", bucket, other, 1, good), ("another bucket", other, leaf, 1, good),
               ("changed nonce", bucket, leaf, 1, bytes([good[0] ^ 1]) + good[1:]),
               ("changed tag", bucket, leaf, 1, good[:-1] + bytes([good[-1] ^ 1]))]
    return {
        "data_keys": [{"bucket_key": bucket, "leaf": leaf, "which": which, "key": key,
                       "nonce": nonce, "wrapped": wrap(bucket, nonce, key, leaf + bytes([which]))}
                      for which in (1, 2)],
        "refused": [dict(zip(("why", "bucket_key", "leaf", "which", "wrapped"), row))
                    for row in refused],
        "bucket_key": {"root_key": root_key, "bucket_id": "besked/2021-07", "key": bucket,
                       "nonce": nonce, "wrapped": wrap(root_key, nonce, bucket, b"besked/2021-07")}}


print(json.dumps(hexed({
    "about": "Vectors of Tov's envelope (docs/protocol.md section 4). Bytes are hexadecimal. "
             "top_bit: a stanza with the right to all whose enc has the bit set that X25519 ignores; "
             "it opens. salamander: one sealed part 1 that opens under two content keys and holds "
             "each of the texts under one; the commitment is that of the first. wrapping is how "
             "this node keeps keys at rest, and no part of the protocol.",
    "padding": padding_vectors(), "messages": message_vectors(), "part": part_vectors(),
    "stanzas": stanza_vectors(), "wrapping": wrap_vectors(), "salamander": salamander_vector()}), indent=1))
