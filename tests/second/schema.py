# SPDX-License-Identifier: EUPL-1.2
"""Protobuf by hand: reads proto/schema/*.proto, decodes strictly, encodes canonically.

The one rule of docs/protocol.md 5.1 and 7: encoding what was read gives the same bytes. Here it is
kept the simple way, by encoding again and comparing.
"""
import os
import re

from base import need

INTEGERS = {"uint32": 32, "uint64": 64}


class Field:
    def __init__(self, name, number, kind, repeated, oneof):
        self.name, self.number, self.kind = name, number, kind
        self.repeated, self.oneof = repeated, oneof


class Schema:
    """All messages and enums of a folder of .proto files, by name ("Right.Value" for lists)."""

    def __init__(self, folder, files):
        self.messages, self.enums = {}, {}
        for file in files:
            with open(os.path.join(folder, file), encoding="utf-8") as stream:
                text = re.sub(r"//[^\n]*", "", stream.read())
            self.implicit = '"proto3"' in text
            self._read(re.findall(r'[\w.]+|[{}=;]|"[^"]*"', text))

    def _read(self, words):
        self.words, self.at = words, 0
        while self.at < len(words):
            word = self._next()
            if word == "message":
                self._message("")
            elif word == "enum":
                self._enum("")
            else:
                while self._next() != ";":
                    pass

    def _next(self):
        self.at += 1
        return self.words[self.at - 1]

    def _enum(self, outer):
        values = self.enums[outer + self._next()] = {}
        assert self._next() == "{"
        while (word := self._next()) != "}":
            assert self._next() == "="
            values[int(self._next())] = word
            assert self._next() == ";"

    def _message(self, outer):
        name = outer + self._next()
        fields = self.messages[name] = {}
        assert self._next() == "{"
        oneof = None
        while True:
            word = self._next()
            if word == "}":
                if oneof is None:
                    return
                oneof = None
            elif word == "enum":
                self._enum(name + ".")
            elif word == "oneof":
                oneof = self._next()
                assert self._next() == "{"
            else:
                repeated = word == "repeated"
                kind = self._next() if word in ("repeated", "optional") else word
                field = self._next()
                assert self._next() == "="
                number = int(self._next())
                fields[number] = Field(field, number, kind, repeated, oneof)
                assert self._next() == ";"

    def decode(self, message, data, check=None):
        """A dictionary of the fields that are there. Refuses what is not the one encoding."""
        value = self._decode(message, data, check)
        need(self.encode(message, value) == data, "not the one encoding")
        return value

    def _decode(self, message, data, check):
        out, at = {}, 0
        while at < len(data):
            tag, at = _varint(data, at)
            field = self.messages[message].get(tag >> 3)
            need(field is not None, "an unknown field")
            need(tag & 7 == self._wire(field), "wire type")
            raw, at = _value(data, at, tag & 7)
            value = self._value_of(field, raw, check)
            if field.repeated:
                out.setdefault(field.name, []).append(value)
            else:
                need(field.name not in out, "a field twice")
                out[field.name] = value
        for name in {f.oneof for f in self.messages[message].values() if f.oneof}:
            there = [f for f in self.messages[message].values()
                     if f.oneof == name and f.name in out]
            need(len(there) <= 1, "two of a oneof")
        return out

    def _wire(self, field):
        if field.kind in ("string", "bytes") or field.kind in self.messages:
            return 2
        return 1 if field.kind == "fixed64" else 0

    def _value_of(self, field, raw, check):
        kind = field.kind
        if kind in self.messages:
            return self._decode(kind, raw, check)
        if kind == "string":
            value = _text(raw)
        elif kind in INTEGERS:
            need(raw < 1 << INTEGERS[kind], "a number too large")
            value = raw
        elif kind == "bool":
            need(raw <= 1, "a truth that is not 0 or 1")
            value = raw
        elif kind == "sint32":
            need(raw < 1 << 32, "a number too large")
            value = (raw >> 1) ^ -(raw & 1)
        elif kind in self.enums:
            need(raw in self.enums[kind], "not in the list")
            value = raw
        else:
            value = raw
        if check:
            check(field, value)
        return value

    def encode(self, message, value):
        out = b""
        for number in sorted(self.messages[message]):
            field = self.messages[message][number]
            if field.name not in value or value[field.name] is None:
                continue
            items = value[field.name] if field.repeated else [value[field.name]]
            always = field.repeated or field.oneof or field.kind in self.messages
            for item in items:
                if always or not self._is_left_out(item):
                    out += self._put(field, item)
        return out

    def _is_left_out(self, item):
        return item in (0, b"", "") if self.implicit else item in (b"", "")

    def _put(self, field, item):
        wire = self._wire(field)
        head = _put_varint(field.number << 3 | wire)
        if field.kind in self.messages:
            item = self.encode(field.kind, item)
        if isinstance(item, str):
            item = item.encode()
        if wire == 2:
            return head + _put_varint(len(item)) + item
        if wire == 1:
            return head + item.to_bytes(8, "little")
        if field.kind == "sint32":
            item = item << 1 if item >= 0 else (-item << 1) - 1
        return head + _put_varint(item)


def _text(raw):
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        need(False, "not UTF-8")
    need("\0" not in text, "a NUL in a text")
    return text


def _varint(data, at):
    value = 0
    for shift in range(0, 70, 7):
        need(at < len(data), "cut short")
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            need(value < 1 << 64, "a varint too large")
            return value, at
    need(False, "a varint too long")


def _put_varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _value(data, at, wire):
    if wire == 0:
        return _varint(data, at)
    size = 8
    if wire == 2:
        size, at = _varint(data, at)
    need(size <= len(data) - at, "cut short")
    piece = data[at:at + size]
    return (piece if wire == 2 else int.from_bytes(piece, "little")), at + size
