# SPDX-License-Identifier: EUPL-1.2
"""RFC 9180 with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305; modes base and PSK."""
import hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from base import Refused

KEM_ID = b"KEM\0\x20"
SUITE_ID = b"HPKE\0\x20\0\1\0\3"


def extract(salt, key):
    return hmac.digest(salt or bytes(32), key, "sha256")


def expand(key, info, size):
    out = block = b""
    counter = 1
    while len(out) < size:
        block = hmac.digest(key, block + info + bytes([counter]), "sha256")
        out += block
        counter += 1
    return out[:size]


def _labeled_extract(suite, salt, label, key):
    return extract(salt, b"HPKE-v1" + suite + label + key)


def _labeled_expand(suite, key, label, info, size):
    return expand(key, size.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info, size)


def derive_key_pair(seed):
    """DeriveKeyPair: the private key of 32 bytes."""
    return _labeled_expand(KEM_ID, _labeled_extract(KEM_ID, b"", b"dkp_prk", seed), b"sk", b"", 32)


def public_of(private):
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes(
        Encoding.Raw, PublicFormat.Raw)


def _exchange(private, public):
    try:
        return X25519PrivateKey.from_private_bytes(private).exchange(
            X25519PublicKey.from_public_bytes(public))
    except ValueError:
        raise Refused("decrypt", "a public key of small order") from None


def open_box(key, nonce, data, aad):
    try:
        return ChaCha20Poly1305(key).decrypt(nonce, data, aad)
    except (InvalidTag, ValueError):
        raise Refused("decrypt", "does not open") from None


class Context:
    """Key and base nonce of one (enc, recipient, info, psk)."""

    def __init__(self, shared, info, psk=b"", psk_id=b""):
        mode = bytes([1 if psk else 0])
        id_hash = _labeled_extract(SUITE_ID, b"", b"psk_id_hash", psk_id)
        info_hash = _labeled_extract(SUITE_ID, b"", b"info_hash", info)
        secret = _labeled_extract(SUITE_ID, shared, b"secret", psk)
        schedule = mode + id_hash + info_hash
        self.key = _labeled_expand(SUITE_ID, secret, b"key", schedule, 32)
        self.base_nonce = _labeled_expand(SUITE_ID, secret, b"base_nonce", schedule, 12)

    def nonce(self, sequence):
        return bytes(a ^ b for a, b in zip(self.base_nonce, sequence.to_bytes(12, "big")))

    def seal(self, sequence, aad, plaintext):
        return ChaCha20Poly1305(self.key).encrypt(self.nonce(sequence), plaintext, aad)

    def open(self, sequence, aad, ciphertext):
        return open_box(self.key, self.nonce(sequence), ciphertext, aad)


def _shared(exchanged, enc, recipient_public):
    prk = _labeled_extract(KEM_ID, b"", b"eae_prk", exchanged)
    return _labeled_expand(KEM_ID, prk, b"shared_secret", enc + recipient_public, 32)


def sender(ephemeral, recipient_public, info, psk=b"", psk_id=b""):
    """(enc, context)"""
    enc = public_of(ephemeral)
    shared = _shared(_exchange(ephemeral, recipient_public), enc, recipient_public)
    return enc, Context(shared, info, psk, psk_id)


def receiver(enc, private, info, psk=b"", psk_id=b""):
    shared = _shared(_exchange(private, enc), enc, public_of(private))
    return Context(shared, info, psk, psk_id)
