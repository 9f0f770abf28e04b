# SPDX-License-Identifier: EUPL-1.2
"""Texts of lines: docs/roster.md, Text and Values. Rosters, roots files, client registries."""
import ipaddress
import re

import ed25519
import note
from base import need, number

ROLES = ("tovholder_kommune tovholder_politi koordinator_krfo handleplansansvarlig tilsynsfoerende "
         "sagsbehandler boerneraadgiver hotline_medarb mentor paaroerendecoach overlaege "
         "psyk_kontakt integration auditor dbr node_admin").split()
WHOLE_AGENCY = ROLES[-4:]
INVISIBLE = re.compile("[\0-\x09\x0b-\x1f\x7f-\x9f\xa0\xad\u061c\u200b-\u200f\u2028-\u202f"
                       "\u2060-\u206f\ufeff\U000e0000-\U0010ffff]")
LINE = re.compile(r"(|  |    )([a-z][a-z0-9-]*) (\S.*)")


class Lines:
    """A text as (indentation, keyword, value), read from the front."""

    def __init__(self, data):
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            need(False, "not UTF-8")
        need(text.endswith("\n") and not INVISIBLE.search(text), "characters")
        self.lines, self.at = [], 0
        for line in text[:-1].split("\n"):
            match = LINE.fullmatch(line)
            need(match and not line.endswith(" ") and len(line.encode()) <= 4096, "line")
            self.lines.append((len(match[1]), match[2], match[3]))

    def peek(self):
        return self.lines[self.at][:2] if self.at < len(self.lines) else (None, None)

    def take(self, indentation, keyword):
        need(self.peek() == (indentation, keyword), f"{keyword} expected")
        self.at += 1
        return self.lines[self.at - 1][2]

    def many(self, indentation, keyword, least, most):
        out = []
        while self.peek() == (indentation, keyword):
            out.append(self.take(indentation, keyword))
            need(len(out) <= most, f"too many: {keyword}", "limit")
        need(len(out) >= least, f"{keyword} expected")
        return out

    def maybe(self, indentation, keyword):
        return self.take(indentation, keyword) if self.peek() == (indentation, keyword) else None

    def end(self):
        need(self.at == len(self.lines), "an unknown line")


def name(text):
    need(len(text) <= 63 and re.fullmatch(r"[a-z0-9]+([.-][a-z0-9]+)*", text), "name")
    return text


def from_1(text, most=0xFFFFFFFF):
    value = number(text)
    need(1 <= value <= most, "number")
    return value


def hexadecimal(text):
    need(re.fullmatch("[0-9a-f]{64}", text), "hexadecimal")
    return bytes.fromhex(text)


def control_key(text):
    key = hexadecimal(text)
    need(ed25519.point(key) is not None, "control key", "key")
    return key


def transport_key(text):
    key = hexadecimal(text)
    need(any(key), "transport key", "key")
    return key


def vkey(text, kind, expected_name):
    key = note.Key.parse(text)
    need(key.kind == kind and key.name == expected_name, "name or type of key")
    return key


def title(text):
    need(len(text.encode()) <= 200, "title")
    return text


def cvr(text):
    need(re.fullmatch("[0-9]{8}", text) and text != "0" * 8, "CVR")
    need(sum(w * int(d) for w, d in zip((2, 7, 6, 5, 4, 3, 2, 1), text)) % 11 == 0, "CVR")
    return text


def gln(text):
    need(re.fullmatch("[0-9]{13}", text) and text != "0" * 13, "GLN")
    need(sum(int(d) * (3 if n % 2 else 1) for n, d in enumerate(text)) % 10 == 0, "GLN")
    return text


def endpoint(text):
    match = re.fullmatch(r"tcp://(\[[0-9A-Fa-f:.]+\]|[a-z0-9.-]{1,253}):([1-9][0-9]{0,4})", text)
    need(match and int(match[2]) <= 65535, "endpoint")
    if match[1][0] == "[":
        try:
            ipaddress.IPv6Address(match[1][1:-1])
        except ValueError:
            need(False, "IPv6 address")
    else:
        label = "[a-z0-9]([a-z0-9-]*[a-z0-9])?"
        need(re.fullmatch(rf"{label}(\.{label})*", match[1]), "host")
    return text


def listed(text, known):
    """Words of a list, each once, at least one."""
    words = text.split(" ")
    need(all(w in known for w in words) and len(set(words)) == len(words), "words of a list")
    return words


def chosen(text, known):
    """The same, in the order of the list."""
    words = listed(text, known)
    need(words == [w for w in known if w in words], "order of words")
    return words
