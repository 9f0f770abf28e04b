# SPDX-License-Identifier: EUPL-1.2
"""RFC 6962 trees: compact ranges, proofs (RFC 9162), aligned subtrees, names of tiles."""
import re

from base import need, number, sha256

EMPTY = sha256(b"")


def node(left, right):
    return sha256(b"\1" + left + right)


class Range:
    """Compact range: roots of the largest complete subtrees of [0, size), the largest first."""

    def __init__(self):
        self.size, self.hashes = 0, []

    def append(self, subtree, width=1):
        """Adds the root of an aligned complete subtree of `width` leaves."""
        need(width & (width - 1) == 0 and self.size % width == 0, "not aligned", "proof")
        merges = self.size // width
        while merges & 1:
            subtree = node(self.hashes.pop(), subtree)
            merges >>= 1
        self.hashes.append(subtree)
        self.size += width

    def root(self):
        if not self.hashes:
            return EMPTY
        out = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            out = node(left, out)
        return out

    @staticmethod
    def decode(data):
        need(len(data) >= 8, "no size")
        out = Range()
        out.size = int.from_bytes(data[:8], "big")
        need(len(data) == 8 + 32 * out.size.bit_count(), "hashes of the size")
        out.hashes = [data[at:at + 32] for at in range(8, len(data), 32)]
        return out

    def encode(self):
        return self.size.to_bytes(8, "big") + b"".join(self.hashes)


def root_of(leaf_hashes):
    out = Range()
    for one in leaf_hashes:
        out.append(one)
    return out.root()


def aligned(first, end):
    """Widths of the largest aligned complete subtrees that cover [first, end), left to right."""
    while first < end:
        width = first & -first if first else 1 << (end - first).bit_length()
        while width > end - first:
            width >>= 1
        yield width
        first += width


def check_inclusion(index, size, leaf_hash, proof, root):
    """RFC 9162 2.1.3.2."""
    need(index < size and len(proof) <= 63, "index", "proof")
    fn, sn, out = index, size - 1, leaf_hash
    for one in proof:
        need(sn, "a hash too many", "proof")
        if fn & 1 or fn == sn:
            out = node(one, out)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            out = node(out, one)
        fn, sn = fn >> 1, sn >> 1
    need(sn == 0 and out == root, "another root", "proof")


def check_consistency(first, second, proof, first_root, second_root):
    """RFC 9162 2.1.4.2; an empty first tree needs an empty proof and the empty root."""
    need(first <= second and len(proof) <= 63, "sizes", "proof")
    if first == second or first == 0:
        need(not proof, "a proof where none is needed", "proof")
        need(first_root == (second_root if first else EMPTY), "roots", "proof")
        need(second or second_root == EMPTY, "roots", "proof")
        return
    proof = ([] if first & (first - 1) else [first_root]) + proof
    need(proof, "no proof", "proof")
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    a = b = proof[0]
    for one in proof[1:]:
        need(sn, "a hash too many", "proof")
        if fn & 1 or fn == sn:
            a, b = node(one, a), node(one, b)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            b = node(b, one)
        fn, sn = fn >> 1, sn >> 1
    need(sn == 0 and a == first_root and b == second_root, "roots", "proof")


def index_path(n):
    """x001/x234/067"""
    groups = [f"{n % 1000:03d}"]
    while n >= 1000:
        n //= 1000
        groups.append(f"x{n % 1000:03d}")
    return "/".join(reversed(groups))


def parse_index(path):
    need(re.fullmatch(r"(x[0-9]{3}/)*[0-9]{3}", path), "index of a tile")
    n = int(re.sub("[x/]", "", path))
    need(n < 1 << 56 and index_path(n) == path, "index of a tile")
    return n


def parse_path(path):
    """(level or None for leaves, index, width) of tile/<L>/<N>[.p/<W>] or leaves/<N>[.p/<W>]."""
    parts = re.fullmatch(r"(?:tile/([^/]*)|leaves)/(.*?)(?:\.p/(.*))?", path)
    need(parts, "no tile")
    level = None if parts[1] is None else number(parts[1])
    n, width = parse_index(parts[2]), 256
    if parts[3] is not None:
        width = number(parts[3])
        need(1 <= width <= 255, "width of a tile")
    need(level is None or level <= 7, "level of a tile")
    hashes = ((n << 8) + width) << 8 * (level or 0)
    need(hashes < 1 << 64, "a tile beyond 2^64 leaves")
    return level, n, width
