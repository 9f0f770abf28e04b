# SPDX-License-Identifier: EUPL-1.2
"""C2SP signed-note, tlog-checkpoint, cosignature/v1, tlog-policy, tlog-proof."""
import unicodedata

import ed25519
import tree
from base import Refused, base64_strict, need, number, sha256

MOST, MOST_LINES = 131072, 100
ED25519, COSIGNATURE = 1, 4


class Key:
    """A verifier key `<name>+<id>+<base64(type || public key)>`."""

    def __init__(self, name, kind, public_key):
        self.name, self.kind, self.public_key = name, kind, public_key
        self.id = sha256(name.encode() + b"\n" + bytes([kind]) + public_key)[:4]

    @staticmethod
    def parse(text):
        parts = text.split("+", 2)
        need(len(parts) == 3 and is_name(parts[0]), "verifier key")
        data = base64_strict(parts[2])
        need(data, "verifier key")
        key = Key(parts[0], data[0], data[1:])
        need(key.kind in (ED25519, COSIGNATURE), "type of key", "version")
        need(len(key.public_key) == 32, "size of key")
        need(parts[1] == key.id.hex(), "key id")
        need(ed25519.point(key.public_key) is not None, "public key", "key")
        return key

    def verify(self, text, signature):
        """`signature` as it stands in a note, behind the id; a cosignature with its time."""
        if self.kind == ED25519:
            return ed25519.verify(self.public_key, text, signature)
        if len(signature) != 72:
            return False
        time = int.from_bytes(signature[:8], "big")
        return time < 1 << 63 and ed25519.verify(
            self.public_key, cosigned(text, time), signature[8:])


def is_name(text):
    return text != "" and not any(c == "+" or c.isspace() or unicodedata.category(c) == "Zs"
                                  for c in text)


def cosigned(text, time):
    return b"cosignature/v1\ntime %d\n" % time + text


def split(data, most=MOST):
    """(text, [(name, id, signature)]) of a note."""
    need(len(data) <= most, "note", "limit")
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("malformed", "not UTF-8") from None
    need(not any(c < " " and c != "\n" for c in whole), "control character")
    text, separator, tail = whole.rpartition("\n\n")
    need(separator and tail.endswith("\n") and tail != "\n", "no signatures")
    lines = []
    for line in tail[:-1].split("\n"):
        words = line.split(" ")
        need(len(words) == 3 and words[0] == "\u2014" and is_name(words[1]), "signature line")
        blob = base64_strict(words[2])
        need(len(blob) > 4, "an id without signature")
        lines.append((words[1], blob[:4], blob[4:]))
    need(len(lines) <= MOST_LINES, "signature lines", "limit")
    return text.encode() + b"\n", lines


def open_note(data, keys, most=MOST):
    """(text, [(key, signature)]) with the good signatures of known keys; at least one."""
    text, lines = split(data, most)
    known = []
    for name, key_id, signature in lines:
        for key in keys:
            if key.name == name and key.id == key_id:
                need(key.verify(text, signature), "a known key that fails", "signature")
                known.append((key, signature))
    need(known, "no known key", "signature")
    return text, known


def distinct(known):
    return len({key.public_key for key, _ in known})


def checkpoint_text(origin, size, root):
    import base64
    return b"%s\n%d\n%s\n" % (origin.encode(), size, base64.b64encode(root))


def parse_checkpoint(text):
    """(origin, size, root)"""
    lines = text.decode().split("\n")
    need(len(lines) == 4 and lines[3] == "" and is_name(lines[0]), "lines of a checkpoint")
    size, root = number(lines[1]), base64_strict(lines[2])
    need(len(root) == 32, "size of a root")
    need(size or root == tree.EMPTY, "a root of nothing")
    return lines[0], size, root


def open_checkpoint(data, key, witnesses=()):
    """(size, root, known) of a checkpoint of the log whose key is `key`."""
    text, known = open_note(data, [key, *witnesses])
    need(any(k is key for k, _ in known), "not signed by the log", "signature")
    origin, size, root = parse_checkpoint(text)
    need(origin == key.name, "another origin", "signature")
    return size, root, known


class Policy:
    """A tlog-policy."""

    def __init__(self, text):
        need(text.endswith("\n"), "no newline at the end")
        self.logs, self.names, self.members, self.quorum = [], {}, set(), None
        self.witnesses = []
        for line in text[:-1].split("\n"):
            words = line.split()
            if not words or words[0].startswith("#"):
                continue
            rule = getattr(self, "_" + words[0], None) if words[0] in (
                "log", "witness", "group", "quorum") else None
            need(rule, "an unknown word")
            rule(words[1:])
        need(self.quorum is not None, "no quorum")

    def _key(self, text, kind):
        key = Key.parse(text)
        need(key.kind == kind, "type of key")
        keys = self.logs + self.witnesses
        need(all(k.public_key != key.public_key for k in keys), "a key twice")
        return key

    def _log(self, words):
        need(len(words) in (1, 2), "log")
        self.logs.append(self._key(words[0], ED25519))

    def _name(self, name, value):
        need(name not in self.names and name != "none", "a name taken")
        self.names[name] = value

    def _witness(self, words):
        need(len(words) in (2, 3), "witness")
        key = self._key(words[1], COSIGNATURE)
        self._name(words[0], key)
        self.witnesses.append(key)

    def _group(self, words):
        need(len(words) >= 3, "group")
        members = words[2:]
        for member in members:
            need(member in self.names and member not in self.members, "member")
            self.members.add(member)
        k = {"any": 1, "all": len(members)}.get(words[1])
        k = number(words[1]) if k is None else k
        need(1 <= k <= len(members), "threshold")
        self._name(words[0], (k, members))

    def _quorum(self, words):
        need(self.quorum is None and len(words) == 1, "quorum")
        need(words[0] == "none" or words[0] in self.names, "quorum")
        self.quorum = words[0]

    def is_met(self, data):
        """Whether the checkpoint satisfies the policy; refuses what does not verify."""
        text, known = open_note(data, self.logs + self.witnesses)
        origin, _, _ = parse_checkpoint(text)
        need(any(k.kind == ED25519 and k.name == origin for k, _ in known), "no log", "signature")
        keys = {k.public_key for k, _ in known}
        return self.quorum == "none" or self._holds(self.quorum, keys)

    def _holds(self, name, keys):
        value = self.names[name]
        if isinstance(value, Key):
            return value.public_key in keys
        return sum(self._holds(member, keys) for member in value[1]) >= value[0]


def check_proof(data, leaf_hash, key, witnesses=()):
    """(index, size, root) of a tlog-proof of an entry."""
    lines = data.decode().split("\n")
    need(lines.pop(0) == "c2sp.org/tlog-proof@v1", "version of the proof")
    if lines and lines[0].startswith("extra "):
        base64_strict(lines.pop(0)[6:])
    need(lines and lines[0].startswith("index "), "index")
    index = number(lines.pop(0)[6:])
    need("" in lines, "no empty line")
    hashes = [base64_strict(line) for line in lines[:lines.index("")]]
    need(all(len(one) == 32 for one in hashes), "hash")
    need(len(hashes) <= 63, "hashes", "limit")
    checkpoint = "\n".join(lines[lines.index("") + 1:]).encode()
    size, root, _ = open_checkpoint(checkpoint, key, witnesses)
    tree.check_inclusion(index, size, leaf_hash, hashes, root)
    return index, size, root
