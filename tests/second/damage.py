# SPDX-License-Identifier: EUPL-1.2
"""Damages copies of an export, one file at a time, with a manifest that agrees: each is refused."""
import os
import shutil

import export
from base import sha256

# Files that may be missing: what a node holds differs, and witnesses come late.
OPTIONAL = ("cosignatures", "attachments/")
# What only says how the export was made.
UNBOUND = ("about", "manifest")


def _paths(folder):
    return sorted(os.path.relpath(os.path.join(where, name), folder)
                  for where, _, names in os.walk(folder) for name in names)


def _read(folder, path):
    with open(os.path.join(folder, path), "rb") as stream:
        return stream.read()


def _write(folder, path, data):
    with open(os.path.join(folder, path), "wb") as stream:
        stream.write(data)


def write_manifest(folder):
    lines = (f"{sha256(data).hex()} {len(data)} {path}\n" for path in _paths(folder)
             if path != "manifest" for data in [_read(folder, path)])
    _write(folder, "manifest", "".join(lines).encode())


def _flip(folder, path, data):
    at = len(data) // 2
    _write(folder, path, data[:at] + bytes([data[at] ^ 1]) + data[at + 1:])


def _cut(folder, path, data):
    _write(folder, path, data[:-1])


def _remove(folder, path, data):
    os.remove(os.path.join(folder, path))


def run(report, folder, roots, work):
    """Every file of `folder` changed in one bit, cut by a byte, and removed."""
    copy = os.path.join(work, "copy")
    shutil.copytree(folder, copy)
    for path in _paths(folder):
        data = _read(folder, path)
        for what, change in (("a bit of", _flip), ("the end of", _cut), ("without", _remove)):
            is_legal = any(one in path for one in OPTIONAL) if change is _remove else not data
            if is_legal or path in UNBOUND:
                continue
            change(copy, path, data)
            write_manifest(copy)
            report.refused("damaged export", f"{what} {path}", None, export.Export, copy, roots)
            _write(copy, path, data)
    _write(copy, "stray", b"")
    write_manifest(copy)
    report.refused("damaged export", "a file too many", None, export.Export, copy, roots)
    shutil.rmtree(copy)
