# SPDX-License-Identifier: EUPL-1.2
"""Exports: docs/export.md. Reads one whole folder and refuses what does not hold together.

Not for: opening content, comparing two agencies' exports, telling damage from lies.
"""
import base64
import datetime
import os
import re

import envelope
import leaf
import note
import roster
import tree
from base import Cursor, Refused, agency, base64_strict, generation, need, number, sha256

MOST_BODY = 262144
KINDS = {1: "leaf", 2: "gone", 3: "link", 4: "verdict", 5: "part", 6: "list", 7: "skipped"}
PATH = re.compile(r"[a-z0-9][a-z0-9.-]*(/[a-z0-9][a-z0-9.-]*)*")


class Files:
    """The files of a folder, all of them named with hash and size by its manifest."""

    def __init__(self, folder):
        self.folder, self.used = folder, {"manifest"}
        self.names = set()
        for where, folders, files in os.walk(folder):
            for name in folders + files:
                need(not os.path.islink(os.path.join(where, name)), "a link in an export")
            for name in files:
                self.names.add(os.path.relpath(os.path.join(where, name), folder))
        self._check_manifest()

    def _check_manifest(self):
        told = parse_manifest(self._read("manifest"))
        need(set(told) == self.names - {"manifest"}, "files and manifest differ")
        for path, (digest, size) in told.items():
            data = self._read(path)
            need(len(data) == size and sha256(data).hex() == digest, f"damaged: {path}")

    def _read(self, path):
        need(path in self.names, f"missing: {path}")
        with open(os.path.join(self.folder, path), "rb") as stream:
            return stream.read()

    def take(self, path):
        """A file that must be there."""
        self.used.add(path)
        return self._read(path)

    def maybe(self, path):
        return self.take(path) if path in self.names else None

    def below(self, prefix):
        """Names below `prefix`, without it."""
        return sorted(n[len(prefix):] for n in self.names if n.startswith(prefix))

    def end(self):
        need(self.used == self.names, f"not of an export: {sorted(self.names - self.used)}")


def text_lines(data):
    need(data.endswith(b"\n") and data.isascii(), "no lines of ASCII")
    lines = data[:-1].decode().split("\n")
    need(all(len(line) <= 511 for line in lines), "line", "limit")
    return [line.split(" ") for line in lines]


def check_path(path):
    need(len(path) <= 255 and PATH.fullmatch(path), "path")
    return path


def parse_manifest(data):
    """{path: (sha256 in hexadecimal, size)}"""
    out, last = {}, ""
    for words in text_lines(data):
        need(len(words) == 3 and re.fullmatch("[0-9a-f]{64}", words[0]), "manifest")
        need(check_path(words[2]) > last and words[2] != "manifest", "order of the manifest")
        last = words[2]
        out[last] = (words[0], number(words[1], 63))
    return out


def parse_time(text):
    need(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", text), "time")
    try:
        when = datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ")
    except ValueError:
        need(False, "time")
    return (when - datetime.datetime(1970, 1, 1)) // datetime.timedelta(milliseconds=1)


def parse_about(data):
    """The facts of `about`, named as in the vectors."""
    lines = text_lines(data)
    words = ["tov-export", "federation", "agency", "generation", "software", "time", "ledger",
             "journal"]
    need([line[0] for line in lines] == words, "lines of about")
    need([len(line) for line in lines] == [2, 2, 3, 2, 2, 2, 2, 3], "words of about")
    value = dict(zip(words, (line[1:] for line in lines)))
    need(number(value["tov-export"][0], 32) >= 1, "format")
    need(value["tov-export"] == ["1"], "format", "version")
    need(re.fullmatch(r"[A-Za-z0-9.+~-]{1,63}", value["software"][0]), "software")
    need(all(re.fullmatch(r"[a-z0-9.-]{1,63}", one)
             for one in (value["federation"][0], value["agency"][1])), "name")
    journal, size = number(value["journal"][0], 32), number(value["journal"][1])
    need((journal == 0) == (size == 0), "journal")
    return {"federation": value["federation"][0], "agency": agency(number(value["agency"][0])),
            "agency_name": value["agency"][1],
            "generation": generation(number(value["generation"][0], 32)),
            "software": value["software"][0], "time_ms": parse_time(value["time"][0]),
            "ledger_size": number(value["ledger"][0]), "journal": journal, "journal_size": size}


def parse_signatures(data):
    """[(size, root, signature)], ascending."""
    out = []
    for words in text_lines(data):
        need(len(words) == 3, "signatures")
        size, root, signature = number(words[0]), *map(base64_strict, words[1:])
        need(len(root) == 32 and len(signature) == 64, "signatures")
        need(not out or size > out[-1][0], "order of signatures")
        out.append((size, root, signature))
    need(b"".join(b"%d %s %s\n" % (s, base64.b64encode(r), base64.b64encode(x))
                  for s, r, x in out) == data, "signatures")
    return out


def parse_cosignatures(data):
    """[(size, agency, time, signature)], ascending by size, then agency."""
    out = []
    for words in text_lines(data):
        need(len(words) == 4, "cosignatures")
        one = (*map(number, words[:3]), base64_strict(words[3]))
        need(len(one[3]) == 64 and one[2] < 1 << 63 and agency(one[1]), "cosignatures")
        need(not out or one[:2] > out[-1][:2], "order of cosignatures")
        out.append(one)
    return out


def parse_position(data):
    lines = text_lines(data)
    need([(line[0], len(line)) for line in lines] == [("size", 2), ("series", 3), ("link", 2)],
         "lines of position")
    series = generation(number(lines[1][1], 32)), number(lines[1][2])
    return number(lines[0][1]), series, number(lines[2][1])


def parse_fork(data):
    """(smaller, larger, hashes): two signed sizes; the root that the larger one has at the other's
    size and the proof of it, or nothing."""
    need(data.endswith(b"\n"), "a last line")
    lines = data.split(b"\n")[:-1]
    need(2 <= len(lines) <= 66 and len(lines) != 3, "lines of a fork")
    notes = [parse_signatures(line + b"\n")[0] for line in lines[:2]]
    need(0 < notes[0][0] <= notes[1][0], "sizes of a fork")
    need(len(lines) == 2 or notes[0][0] < notes[1][0], "a proof where none is needed")
    need(all(line.isascii() for line in lines), "no lines of ASCII")
    hashes = [base64_strict(line.decode()) for line in lines[2:]]
    need(all(len(one) == 32 for one in hashes), "hashes of a fork")
    return notes[0], notes[1], hashes


def check_fork(data, key):
    """Whether KEY has signed two histories; False: nothing is proven."""
    smaller, larger, hashes = parse_fork(data)
    for size, root, signature in (smaller, larger):
        need(key.verify(note.checkpoint_text(key.name, size, root), signature), "note", "signature")
    if smaller[0] == larger[0]:
        need(smaller[1] != larger[1], "one tree, signed twice", "proof")
        return True
    if not hashes:
        return False
    tree.check_consistency(smaller[0], larger[0], hashes[1:], hashes[0], larger[1])
    need(hashes[0] != smaller[1], "one history", "proof")
    return True


def parse_bundle(data):
    """The leaves of a bundle; b"" for one that is gone."""
    c, out = Cursor(data), []
    while c.left():
        out.append(c.take(c.u(2)))
        need(len(out[-1]) <= leaf.MOST, "leaf", "limit")
    return out


def _body(kind, data):
    c = Cursor(data)
    if kind == "gone":
        value = (c.u(1), c.take(32))
        need(value[0] in (2, 3), "state")
    elif kind == "link":
        value = (agency(c.u(2)), c.take(68))
        leaf.decode_link(value[1])
    elif kind == "verdict":
        value = (c.u(1), c.u(1), c.u(2))
        need(1 <= value[0] <= 7 and value[1] in (0, 1), "verdict")
    elif kind == "part":
        value = (c.u(1), c.take(c.left()))
        need(value[0] < 18 and len(value[1]) >= 16, "part")
    elif kind == "skipped":
        value = (c.u(8), c.u(1), c.take(c.left()))
        count, hashes = value[0], len(value[2]) // 32
        need(count and value[1] in (0, 1) and len(value[2]) % 32 == 0, "skipped")
        need(hashes == count if value[1] else 1 <= hashes <= 128, "hashes of a skipped run")
    else:
        value = c.take(c.left())
        need(kind == "list" or 1 <= len(value) <= leaf.MOST, "leaf")
    c.end()
    return value


def parse_records(data):
    """[(kind, index, body)] in the order of the file; body as _body() gives it."""
    c, out, last = Cursor(data), [], ()
    while c.left():
        kind, index, size = c.u(1), c.u(8), c.u(4)
        need(kind in KINDS, "kind of a record", "version")
        need(size <= MOST_BODY, "body", "limit")
        body = _body(KINDS[kind], c.take(size))
        need(kind != 7 or index + body[0] < 1 << 64, "a run past the last index")
        order = (index, kind, body[0] if kind in (3, 5) else 0)
        need(order > last, "order of records")
        last = order
        out.append((KINDS[kind], index, body))
    return out


def format_record(kind, index, body):
    return bytes([kind]) + index.to_bytes(8, "big") + len(body).to_bytes(4, "big") + body


def read_bundles(files, prefix, allowed):
    """{index: {kind or (kind, number): body}} of detached, entries or parts."""
    out = {}
    for path in files.below(prefix):
        n = tree.parse_index(path)
        records = parse_records(files.take(prefix + path))
        need(records, "a bundle without records")
        for kind, index, body in records:
            need(kind in allowed and index >> 8 == n, f"a record in the wrong place: {path}")
            key = (kind, body[0]) if kind in ("link", "part") else kind
            out.setdefault(index, {})[key] = body[1] if kind in ("link", "part") else body
    return out


def readable(data):
    """The leaf; one that is newer or breaks the layout is kept without effect."""
    try:
        return leaf.decode(data)
    except Refused:
        return {"type": "unreadable", "fields": {}}


class Log:
    """A tree with all its tiles and leaves: the ledger or the journal of an export."""

    def __init__(self, files, prefix, key, witnesses, size):
        self.key = key
        self.size, self.root, _ = note.open_checkpoint(files.take(prefix + "checkpoint"), key,
                                                       witnesses)
        need(self.size == size, "size of the checkpoint")
        self.hashes = self._tiles(files, prefix)
        self.leaves = self._leaves(files, prefix)
        for index, one in enumerate(self.leaves):
            need(not one or leaf.leaf_hash(one) == self.hashes[index], f"leaf {index}", "proof")
        self.signed = check_signatures(files.take(prefix + "signatures"), key, self.roots())
        need(self.signed[-1][0] == size, "the last signature")
        need(self.roots()[size] == self.root, "root", "proof")
        self.values = [readable(one) if one else None for one in self.leaves]

    def roots(self):
        if not hasattr(self, "_roots"):
            out, self._roots = tree.Range(), {0: tree.EMPTY}
            for one in self.hashes:
                out.append(one)
                self._roots[out.size] = out.root()
        return self._roots

    def _tiles(self, files, prefix):
        below, levels = None, []
        while not levels or self.size >> 8 * len(levels):
            level = len(levels)
            count = self.size >> 8 * level
            hashes = b"".join(self._piece(files, f"{prefix}tile/{level}/", at, count)
                              for at in range(0, count, 256))
            need(len(hashes) == 32 * count, "size of a tile")
            row = [hashes[at:at + 32] for at in range(0, len(hashes), 32)]
            for n in range(count if below else 0):
                need(tree.root_of(below[256 * n:256 * n + 256]) == row[n], "tile", "proof")
            below = row
            levels.append(row)
        return levels[0]

    @staticmethod
    def _piece(files, prefix, at, count):
        width = min(256, count - at)
        suffix = "" if width == 256 else f".p/{width}"
        return files.take(prefix + tree.index_path(at // 256) + suffix)

    def _leaves(self, files, prefix):
        out = []
        for at in range(0, self.size, 256):
            bundle = parse_bundle(self._piece(files, prefix + "leaves/", at, self.size))
            need(len(bundle) == min(256, self.size - at), "leaves of a bundle")
            out += bundle
        return out


def check_signatures(data, key, roots):
    """Every line is a signed note in short form; `roots` has the roots that are known by size."""
    signed = parse_signatures(data)
    for size, root, signature in signed:
        need(size not in roots or roots[size] == root, f"root of {size}", "proof")
        text = note.checkpoint_text(key.name, size, root)
        need(key.verify(text, signature), f"signature of {size}", "signature")
    return signed


class Chain:
    """The links of one recipient (or to one): series, numbers, previous hashes."""

    def __init__(self):
        self.series, self.number, self.last_hash = None, 0, bytes(32)
        self.hashes, self.broken = {}, False

    def take(self, series, block, leaf_hash):
        """Takes the next message; False when its link is broken."""
        if series != self.series:
            self.__init__()
            self.series = series
        link = leaf.decode_link(block)
        fits = ((link["generation"], link["lost_index"]) == series
                and link["number"] == self.number + 1 and link["previous"] == self.last_hash)
        self.broken = self.broken or not fits
        if self.broken:
            return False
        self.number, self.last_hash = link["number"], leaf_hash
        self.hashes[self.number] = leaf_hash
        return True


def check_part(value, part, sealed):
    told = value["fields"]["parts"]
    need(part < len(told), "part number")
    need(len(sealed) == told[part]["sealed_size"], "size of a part")
    need(envelope.part_root(sealed) == told[part]["root"], "root of a part", "proof")
    return told[part]


class Export:
    """One folder, verified. `roots` is a roots file or None."""

    def __init__(self, folder, roots=None):
        self.files = Files(folder)
        self.about = parse_about(self.files.take("about"))
        self.rosters = self._read_rosters(roots)
        self.me = self._agency(self.about["agency"])
        need(self.me.name == self.about["agency_name"], "name of the agency")
        self.witnesses = {(a.number, a.witness.id): a.witness for r in self.rosters for a in r.agencies}
        key = self._ledger_key(self.me.number, self.about["generation"])
        self.ledger = Log(self.files, "", key, list(self.witnesses.values()), self.about["ledger_size"])
        self._check_genesis(self.ledger, 0)
        self._check_journal()
        self._check_gone()
        self._check_own()
        self._check_attachments("attachments/", lambda i: self.ledger.values[i])
        self._check_cosignatures()
        self.forks = []  # (agency, generation) whose key is proven to have signed two histories
        for path in self.files.below("fork/"):
            who = tuple(map(number, path.split("/")))
            need(len(who) == 2, "name of a fork")
            if check_fork(self.files.take("fork/" + path), self._ledger_key(*who)):
                self.forks.append(who)
        for path in sorted({"/".join(p.split("/")[:2]) for p in self.files.below("mirror/")}):
            Mirror(self, *map(number, path.split("/")))
        self.files.end()

    def _read_rosters(self, roots):
        versions = sorted(number(path, 32) for path in self.files.below("roster/"))
        need(versions and versions == list(range(versions[0], versions[-1] + 1)), "rosters")
        data = [self.files.take(f"roster/{version}") for version in versions]
        if roots:
            trust = roster.Roots.parse(roots)
            need(trust.federation == self.about["federation"], "federation", "rule")
            trust.have_signed(data[0])
        for old, new in zip(data, data[1:]):
            roster.check_successor(old, new)
        out = [roster.Roster.parse(one) for one in data]
        need(all(r.version == v and r.federation == self.about["federation"]
                 for r, v in zip(out, versions)), "version of a roster")
        return out

    def _agency(self, number_):
        found = [a for a in self.rosters[-1].agencies if a.number == number_]
        need(found, "an agency that the roster does not have")
        return found[0]

    def _ledger_key(self, number_, generation):
        for one in reversed(self.rosters):
            for a in one.agencies:
                if a.number == number_ and a.generation == generation:
                    return a.ledger
        raise Refused("key", "no roster has the ledger key")

    def _check_genesis(self, log, journal):
        value = log.values[0]
        need(value and value["type"] == "genesis", "no genesis")
        f = value["fields"]
        need((f["agency"], f["generation"], f["journal"], f["federation"].decode())
             == (self.me.number, self.about["generation"], journal, self.about["federation"]),
             "genesis of another ledger")
        for one in self.rosters:
            need(one.version != f["roster_version"] or one.hash == f["roster_hash"], "roster hash")
        for v in log.values[1:]:
            need(v is None or v["type"] != "genesis", "a second genesis")
            need(v is None or (v["type"] in leaf.JOURNAL_ONLY) == (journal > 0), "type of a leaf")

    def _check_journal(self):
        number_ = self.about["journal"]
        if number_ == 0:
            return
        log = self.ledger.key
        key = note.Key(f"{log.name}/journal/{number_}", note.ED25519, self.me.journal.public_key)
        journal = Log(self.files, "journal/", key, [], self.about["journal_size"])
        self._check_genesis(journal, number_)
        for v in self.ledger.values:
            if v and v["type"] == "journal_root" and v["fields"]["journal"] == number_:
                f = v["fields"]
                need(journal.roots().get(f["size"], f["root"]) == f["root"], "journal root", "proof")

    def _check_gone(self):
        named = set()
        for index, v in enumerate(self.ledger.values):
            if v and v["type"] == "erased" and v["fields"]["scope"] == 2:
                named |= {r["index"] for r in v["fields"]["refs"]
                          if r["agency"] == self.me.number and r["index"] < index}
            if v and v["type"] == "lost":
                named |= set(range(v["fields"]["first"], v["fields"]["end"]))
        need(all(v or i in named for i, v in enumerate(self.ledger.values)), "an empty record")

    def _check_own(self):
        detached = read_bundles(self.files, "detached/", ("link", "part", "list"))
        signed = {size for size, _, _ in self.ledger.signed}
        chains, lost = {}, 0
        for index, v in enumerate(self.ledger.values):
            has = detached.pop(index, {})
            if v and v["type"] == "lost":
                lost = index
            if v and v["type"] == "message":
                self._check_message(v, index, has, chains, lost)
                continue
            if v and v["type"] == "anchor":
                need(index + 1 in signed, "an anchor inside a signed size")
                listed = has.pop("list", b"")
                need(sha256(listed) == v["fields"]["seen_hash"], "list of an anchor", "proof")
                leaf.decode_list(listed, v["fields"]["seen_count"])
            need(not has, "detached from nothing")
        need(not detached, "detached beyond the ledger")

    def _check_message(self, value, index, has, chains, lost):
        for r in value["fields"]["recipients"]:
            if r["agency"] == self.me.number:
                need(r["link_hash"] == bytes(32), "link to oneself")
                continue
            block = has.pop(("link", r["agency"]), None)
            need(block and leaf.link_hash(block) == r["link_hash"], f"link of {index}", "proof")
            chain = chains.setdefault(r["agency"], Chain())
            need(chain.take((self.about["generation"], lost), block, self.ledger.hashes[index]),
                 f"a broken link at {index}")
        for n, part in enumerate(value["fields"]["parts"]):
            if part["inline"]:
                sealed = has.pop(("part", n), None)
                need(sealed is not None, f"no part {n} of {index}")
                check_part(value, n, sealed)
        need(not has, f"more than message {index} has")

    def _check_attachments(self, prefix, value_of):
        for path in self.files.below(prefix):
            match = re.fullmatch(r"(0|[1-9][0-9]*)-([1-9][0-9]?)", path)
            need(match, "name of an attachment")
            value = value_of(int(match[1]))
            need(value and value["type"] == "message", "an attachment of no message")
            told = check_part(value, int(match[2]), self.files.take(prefix + path))
            need(not told["inline"], "an inline part as a file")

    def _check_cosignatures(self):
        data = self.files.maybe("cosignatures")
        roots = {size: root for size, root, _ in self.ledger.signed}
        for size, who, time, signature in parse_cosignatures(data) if data else []:
            keys = [key for (agency, _), key in self.witnesses.items() if agency == who]
            need(size in roots and keys and who != self.me.number, "cosignature")
            text = note.checkpoint_text(self.ledger.key.name, size, roots[size])
            need(any(key.verify(text, time.to_bytes(8, "big") + signature) for key in keys),
                 f"cosignature at {size}", "signature")


class Mirror:
    """What the exporter holds of a peer's ledger, and what its receipts say about that."""

    def __init__(self, export, number_, generation):
        prefix = f"mirror/{number_}/{generation}/"
        self.export, files = export, export.files
        self.peer, self.generation = number_, generation
        self.key = export._ledger_key(number_, generation)
        self.size, self.root, _ = note.open_checkpoint(
            files.take(prefix + "checkpoint"), self.key, list(export.witnesses.values()))
        entries = read_bundles(files, prefix + "entries/", ("leaf", "gone", "link", "verdict"))
        self.parts = read_bundles(files, prefix + "parts/", ("part", "list"))
        self.values = {i: readable(has["leaf"]) for i, has in entries.items() if "leaf" in has}
        roots = self._cover(entries, parse_records(files.take(prefix + "skipped")))
        need(roots.get(self.size) == self.root, "root of a mirror", "proof")
        signed = check_signatures(files.take(prefix + "checkpoints"), self.key, roots)
        need(signed[-1][0] == self.size, "the last checkpoint")
        self._check_entries(entries)
        need(parse_position(files.take(prefix + "position"))
             == (self.size, self.chain.series, self.chain.number), "position")
        export._check_attachments(prefix + "attachments/", self.values.get)
        self._check_receipts()

    def _cover(self, entries, skipped):
        """Roots by size, at every place where an entry or a run ends."""
        runs = {}
        for kind, index, body in skipped:
            need(kind == "skipped", "kind of a record")
            runs[index] = body
        out, roots = tree.Range(), {}
        while out.size < self.size:
            at = out.size
            need((at in entries) != (at in runs), f"a gap or overlap at {at}")
            if at in entries:
                has = entries[at]
                need(("leaf" in has) != ("gone" in has), "leaf or gone")
                out.append(leaf.leaf_hash(has["leaf"]) if "leaf" in has else has["gone"][1])
            else:
                count, level0, hashes = runs.pop(at)
                widths = [1] * count if level0 else list(tree.aligned(at, at + count))
                need(len(hashes) == 32 * len(widths), "hashes of a run")
                for n, width in enumerate(widths):
                    out.append(hashes[32 * n:32 * n + 32], width)
            roots[out.size] = out.root()
        need(out.size == self.size and not runs and all(i < self.size for i in entries), "cover")
        return roots

    def _check_entries(self, entries):
        me, lost = self.export.me.number, 0
        self.chain, self.verdicts = Chain(), {}
        self.chain.series = (self.generation, 0)
        for index, v in sorted(self.values.items()):
            has, parts = entries[index], self.parts.pop(index, {})
            if v["type"] == "lost":
                lost = index
                self.chain.__init__()
                self.chain.series = (self.generation, lost)
            if v["type"] == "anchor":
                listed = parts.pop("list", b"")
                need(sha256(listed) == v["fields"]["seen_hash"], "list of an anchor", "proof")
            if v["type"] == "unreadable":
                self._take_link(has, (self.generation, lost))
                continue
            if v["type"] != "message":
                need(set(has) == {"leaf"} and not parts, f"entry {index}")
                continue
            right = {r["agency"]: r["right"] for r in v["fields"]["recipients"]}.get(me)
            need(right and "verdict" in has, f"entry {index}")
            self._check_message(v, has, (self.generation, lost))
            self._check_parts(v, right, has["verdict"][0], parts)
        need(not self.parts, "parts of nothing")

    @staticmethod
    def _check_parts(v, right, verdict, parts):
        for (_, n), sealed in parts.items():
            need(right == 2 or n == 0, "a part beyond the right")
            need(check_part(v, n, sealed)["inline"], "a part that is not inline")
        ours = [n for n, part in enumerate(v["fields"]["parts"])
                if part["inline"] and (right == 2 or n == 0)]
        need(verdict in (2, 5, 7) or len(parts) == len(ours), "a part is missing")

    def _check_message(self, v, has, series):
        me = self.export.me.number
        told = {r["agency"]: r["link_hash"] for r in v["fields"]["recipients"]}[me]
        if leaf.link_hash(has.get(("link", me), b"")) == told:
            self._take_link(has, series)

    def _take_link(self, has, series):
        """The next message on its link; no receipt speaks of one that breaks it."""
        block, leaf_hash = has.get(("link", self.export.me.number)), leaf.leaf_hash(has["leaf"])
        if block and self.chain.take(series, block, leaf_hash):
            need("verdict" in has, "a message without verdict")
            self.verdicts[(series, self.chain.number)] = (leaf_hash, has["verdict"])

    def _check_receipts(self):
        """The receipts of the exporter's ledger about this one, without gap, and their last word."""
        words, reached = {}, {}
        for v in self.export.ledger.values:
            f = v["fields"] if v else {}
            if not v or v["type"] != "receipt" or (f["peer"], f["generation"]) != (
                    self.peer, self.generation):
                continue
            series = (f["generation"], f["lost_index"])
            link = reached.get(series, 0)
            for run in f["runs"]:
                for _ in range(run["count"]):
                    link += 1
                    words[(series, link)] = (run["verdict"], run["flags"], run["detail"])
            need(link == f["last_link"], "a gap in the receipts")
            reached[series] = link
            for a in f["amendments"]:
                key = (series, a["link_number"])
                need(key in words and self.verdicts[key][0] == a["leaf_hash"], "amendment")
                words[key] = (a["verdict"], a["flags"], a["detail"])
            if (series, link) in self.verdicts:
                need(self.verdicts[(series, link)][0] == f["last_leaf_hash"], "last leaf")
        for key, (_, verdict) in self.verdicts.items():
            word = words.get(key)
            need(word is None or word == verdict or word[0] in (3, 6), f"verdict of link {key}")
        need(set(words) <= set(self.verdicts), "a receipt of what is not held")
