# SPDX-License-Identifier: EUPL-1.2
"""The envelope: commitments, parts, stanzas. docs/protocol.md section 4."""
import hmac

import hpke
from base import framed, need, sha256
from leaf import leaf_hash
from tree import root_of

CHUNK = 65536
PULL_CHUNK = 131104
MOST_DATA = 2 << 30


def ctx(origin, envelope):
    return sha256(b"tov/v1 envelope" + framed(origin) + envelope)


def commitment(key, context):
    return hpke.expand(key, b"tov/v1 commit" + context, 32)


def check_commitment(key, context, expected):
    need(hmac.compare_digest(commitment(key, context), expected), "commitment", "commitment")


def part_key(header_key, content_key, salt, part):
    key = content_key if part else header_key
    return hpke.expand(key, b"tov/v1 part" + salt + bytes([part]), 32)


def padded_size(data_size):
    size = max(8 + data_size, 256)
    exponent = size.bit_length() - 1
    step = 1 << (exponent - exponent.bit_length())
    return -(-size // step) * step


def check_padded_size(size):
    """Refuses a size that is the padded size of nothing."""
    need(8 <= size and padded_size(size - 8) == size and size <= padded_size(MOST_DATA),
         "a size that no data has")


def pad(data):
    plain = len(data).to_bytes(8, "big") + data
    return plain.ljust(padded_size(len(data)), b"\0")


def unpad(plain):
    need(len(plain) >= 8, "no length")
    size = int.from_bytes(plain[:8], "big")
    need(size <= min(MOST_DATA, len(plain) - 8), "length")
    need(len(plain) == padded_size(size) and not any(plain[8 + size:]), "padding")
    return plain[8:8 + size]


def _nonce(index, last):
    return index.to_bytes(11, "big") + bytes([last])


def seal_part(key, data):
    plain = pad(data)
    chunks = [plain[at:at + CHUNK] for at in range(0, len(plain), CHUNK)]
    cipher = hpke.ChaCha20Poly1305(key)
    return b"".join(cipher.encrypt(_nonce(n, n == len(chunks) - 1), chunk, None)
                    for n, chunk in enumerate(chunks))


def open_part(key, sealed):
    step = CHUNK + 16
    chunks = [sealed[at:at + step] for at in range(0, len(sealed), step)] or [b""]
    return unpad(b"".join(hpke.open_box(key, _nonce(n, n == len(chunks) - 1), chunk, None)
                          for n, chunk in enumerate(chunks)))


def part_root(sealed):
    return root_of(leaf_hash(sealed[at:at + PULL_CHUNK])
                   for at in range(0, len(sealed), PULL_CHUNK))


def stanza_info(wrapper, recipient, epoch, psk_id=None):
    """psk_id None: mode base."""
    mode = b"\0" if psk_id is None else b"\1"
    return (b"tov/v1 stanza" + b"\1" + framed(wrapper) + framed(recipient)
            + epoch.to_bytes(4, "big") + mode + framed(psk_id or b""))


def seal_stanza(enc, context, sequence, aad, keys):
    return enc + sequence.to_bytes(8, "big") + context.seal(sequence, aad, keys)


def open_stanza(stanza, right, private, info, aad, psk=(b"", b"")):
    """The header key, with right "all" header key || content key."""
    need(len(stanza) == {"header": 88, "all": 120}[right], "size of the stanza")
    context = hpke.receiver(stanza[:32], private, info, *psk)
    return context.open(int.from_bytes(stanza[32:40], "big"), aad, stanza[40:])
