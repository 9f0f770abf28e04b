# SPDX-License-Identifier: EUPL-1.2
"""What all readers share: refusals, a cursor over bytes, canonical base64 and numbers.

The package is a second reader of Tov's formats, written from docs/ alone. Never mend a disagreement
by looking at the C code: mend the page that let two readers disagree, then this reader.
"""
import base64
import hashlib
import re

LAST_MS = 253402300799999


class Refused(Exception):
    """The input is refused; code is the name that docs/protocol.md gives (section 11)."""

    def __init__(self, code, why=""):
        super().__init__(f"{code}: {why}")
        self.code = code


def need(condition, why="", code="malformed"):
    if not condition:
        raise Refused(code, why)


def sha256(data):
    return hashlib.sha256(data).digest()


def u16(n):
    return n.to_bytes(2, "big")


def framed(text):
    """u16 length || text, the form of origins and names in labels."""
    return u16(len(text)) + text


def agency(n):
    need(1 <= n <= 1024, "agency number")
    return n


def generation(n):
    need(n >= 1, "generation")
    return n


def time_ms(n):
    need(n <= LAST_MS, "time")
    return n


def base64_strict(text):
    """Standard alphabet, padded, bits to spare zero."""
    need(text.isascii() and re.fullmatch(r"[A-Za-z0-9+/]*={0,2}", text), "base64 alphabet")
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise Refused("malformed", "base64") from None
    need(base64.b64encode(data).decode() == text, "base64 not canonical")
    return data


def number(text, bits=64):
    need(text.isascii() and re.fullmatch(r"0|[1-9][0-9]{0,19}", text), "number")
    value = int(text)
    need(value < 1 << bits, "number too large")
    return value


class Cursor:
    """Reads forward through bytes; running out is `malformed`."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, size):
        need(self.at + size <= len(self.data), "cut short")
        piece = self.data[self.at:self.at + size]
        self.at += size
        return piece

    def u(self, size):
        return int.from_bytes(self.take(size), "big")

    def left(self):
        return len(self.data) - self.at

    def end(self):
        need(self.left() == 0, "bytes left over")
