# SPDX-License-Identifier: EUPL-1.2
"""Records of parts 0 and 1: docs/protocol.md section 7; types and their records: docs/messages.md."""
import datetime
import re

from base import Refused, need, time_ms
from schema import Schema

MOST, MOST_INNER = 65536, 4096
FILES = ["message.proto", "generic.proto", "concern.proto", "info.proto", "intervention.proto",
         "case.proto", "prison.proto", "statistics.proto"]
DAYS_BEFORE_1970 = datetime.date(1970, 1, 1).toordinal()
FIRST_DAY = datetime.date(1, 1, 1).toordinal() - DAYS_BEFORE_1970
LAST_DAY = datetime.date(9999, 12, 31).toordinal() - DAYS_BEFORE_1970


def types_of(messages_page):
    """{type: (version, record of the header's fields, record of the content's fields)}"""
    form = re.compile(r"^### `([a-z0-9._]+)`.*?^- Version: (\d+).*?"
                      r"^- Records: `(\w+)` in Header.fields, `(\w+)` in Content.fields$",
                      re.MULTILINE | re.DOTALL)
    return {m[1]: (int(m[2]), m[3], m[4]) for m in form.finditer(messages_page)}


def _check(field, value):
    need(value not in ("", b""), "an empty text or byte string")
    if field.kind == "sint32":
        need(FIRST_DAY <= value <= LAST_DAY, "date")
    elif field.kind == "fixed64":
        time_ms(value)
    elif field.kind == "bytes" and field.name.endswith(("_ref", "_id")):
        need(len(value) == 16, "UUID")
    elif field.kind == "bytes" and (field.name.endswith("_hash") or field.name == "sha256"):
        need(len(value) == 32, "hash")


def _inner(record):
    """Records inside a record, at all depths."""
    below = [x for value in record.values() for x in (value if isinstance(value, list) else [value])
             if isinstance(x, dict)]
    return len(below) + sum(map(_inner, below))


class Payloads:
    """Reads headers and contents by the schema in `folder` and the text of docs/messages.md."""

    def __init__(self, folder, messages_page):
        self.schema = Schema(folder, FILES)
        self.types = types_of(messages_page)

    def record(self, name, data):
        need(len(data) <= MOST, "record", "limit")
        try:
            record = self.schema.decode(name, data, _check)
        except Refused as refusal:
            raise Refused("schema", str(refusal)) from None
        need(_inner(record) <= MOST_INNER, "records inside", "limit")
        return record

    def decode(self, header, content):
        """(header, its fields, content, its fields)"""
        head = self.record("Header", header)
        need("type" in head, "no type", "schema")
        known = self.types.get(head["type"])
        need(known and head.get("type_version") == known[0], "type or version", "version")
        body = self.record("Content", content)
        return (head, self.record(known[1], head.get("fields", b"")), body,
                self.record(known[2], body.get("fields", b"")))
