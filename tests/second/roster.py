# SPDX-License-Identifier: EUPL-1.2
"""Rosters, roots files, thresholds, client registries: docs/roster.md and docs/keys.md."""
import datetime
import re

import note
import text as t
from base import need, sha256

MOST = 2 << 20
MOST_AGENCIES = 1024


def _when(text):
    match = re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})Z", text)
    need(match, "time")
    try:
        return datetime.datetime(*map(int, match.groups()), tzinfo=datetime.timezone.utc)
    except ValueError:
        need(False, "time")


class Roots:
    """Whom somebody trusts to begin with; also the root lines of a roster."""

    def __init__(self, federation, threshold, keys):
        self.federation, self.threshold, self.keys = federation, threshold, keys
        need(threshold <= len(keys), "threshold")
        need(len({k.public_key for k in keys}) == len(keys), "a root key twice")
        need(len({k.name for k in keys}) == len(keys), "a root's name twice")

    @staticmethod
    def read(lines, federation):
        threshold = t.from_1(lines.take(0, "threshold"))
        keys = []
        for line in lines.many(0, "root", 1, 16):
            holder = line.split("+")[0].rpartition("/")[2]
            keys.append(t.vkey(line, note.ED25519, f"{federation}/root/{t.name(holder)}"))
        return Roots(federation, threshold, keys)

    @staticmethod
    def parse(data):
        lines = t.Lines(data)
        need(lines.take(0, "tov-roots") == "v1", "format", "version")
        federation = t.name(lines.take(0, "federation"))
        roots = Roots.read(lines, federation)
        lines.end()
        return roots

    def have_signed(self, data):
        """Refuses a note that fewer than the threshold of these roots signed."""
        _, known = note.open_note(data, self.keys, MOST)
        need(note.distinct(known) >= self.threshold, "threshold", "signature")


class Unit:
    def __init__(self, lines):
        self.name = t.name(lines.take(2, "unit"))
        self.title = t.title(lines.take(4, "title"))
        code = lines.maybe(4, "gln")
        self.gln = code and t.gln(code)
        self.roles = t.chosen(lines.take(4, "roles"), t.ROLES)
        words = lines.maybe(4, "cooperations")
        self.cooperations = t.chosen(words, ["SSP", "PSP", "KSP"]) if words else []


class Agency:
    def __init__(self, lines, federation):
        words = lines.take(0, "agency").split(" ")
        need(len(words) == 2, "agency")
        self.number = t.from_1(words[0], MOST_AGENCIES)
        self.name = t.name(words[1])
        need(self.name not in ("root", "none"), "name of an agency")
        self.title = t.title(lines.take(2, "title"))
        self.cvr = t.cvr(lines.take(2, "cvr"))
        self.regime = lines.take(2, "regime")
        need(self.regime in ("GDPR", "LED"), "regime")
        self._keys(lines, f"{federation}/{self.name}")
        self.endpoints = [t.endpoint(x) for x in lines.many(2, "endpoint", 0, 4)]
        words = lines.maybe(2, "keepers")
        self.keepers = words.split(" ") if words else []
        need(len(self.keepers) <= 32, "keepers")
        self.successor = lines.maybe(2, "successor")
        self.units = []
        while lines.peek() == (2, "unit"):
            self.units.append(Unit(lines))
            need(len(self.units) <= 128, "units", "limit")
        need(len({u.name for u in self.units}) == len(self.units), "a unit twice")

    def _keys(self, lines, base):
        self.generation = t.from_1(lines.take(2, "generation"))
        self.origin = f"{base}/{self.generation}"
        self.ledger = t.vkey(lines.take(2, "ledger"), note.ED25519, self.origin)
        line = lines.take(2, "journal")
        self.journal_number = t.from_1(line.split("+")[0].rpartition("/")[2])
        self.journal = t.vkey(line, note.ED25519,
                              f"{self.origin}/journal/{self.journal_number}")
        self.witness = t.vkey(lines.take(2, "witness"), note.COSIGNATURE, f"{base}/witness")
        self.control = t.control_key(lines.take(2, "control"))
        self.transport = [t.transport_key(x) for x in lines.many(2, "transport", 1, 2)]

    @property
    def is_open(self):
        return self.successor is None


class Revoked:
    def __init__(self, line, federation):
        words = line.split(" ")
        need(len(words) == 3, "revoked")
        self.key = note.Key.parse(words[0])
        need(self.key.kind == note.ED25519, "type of key")
        names = self.key.name.split("/")
        need(len(names) in (3, 5) and names[0] == federation, "revoked origin")
        self.agency, self.generation = t.name(names[1]), t.from_1(names[2])
        self.kind = "ledger" if len(names) == 3 else "journal"
        if self.kind == "journal":
            need(names[3] == "journal" and t.from_1(names[4]), "revoked origin")
        self.size, self.root = t.number(words[1]), t.hexadecimal(words[2])

    def line(self):
        return self.key.name, self.key.public_key, self.size, self.root


class Roster:
    """A roster's text, and rules R1 to R4."""

    def __init__(self, text):
        lines = t.Lines(text)
        need(lines.take(0, "tov-roster") == "v1", "format", "version")
        self.federation = t.name(lines.take(0, "federation"))
        self.version = t.from_1(lines.take(0, "version"))
        self.previous = t.hexadecimal(lines.take(0, "previous"))
        need((self.version == 1) == (self.previous == bytes(32)), "previous")
        self.valid_until = _when(lines.take(0, "valid-until"))
        self.catalogue = t.from_1(lines.take(0, "catalogue"))
        self.calendar = t.from_1(lines.take(0, "calendar"))
        self.policy = lines.take(0, "witness-policy")
        need(self.policy in ("two-thirds", "none"), "witness-policy")
        self.roots = Roots.read(lines, self.federation)
        self.agencies = []
        while lines.peek() == (0, "agency"):
            self.agencies.append(Agency(lines, self.federation))
        self.revoked = [Revoked(x, self.federation)
                        for x in lines.many(0, "revoked", 0, MOST_AGENCIES)]
        lines.end()
        self.hash = sha256(text)
        self.by_name = {a.name: a for a in self.agencies}
        self._check_agencies()
        self._check_keys()
        self._check_revoked()
        for agency in self.agencies:
            self._check_keepers(agency)

    @staticmethod
    def parse(data):
        """Of a note with or without signatures: the text alone, not its signatures."""
        need(len(data) <= MOST, "roster", "limit")
        return Roster(note.split(data, MOST)[0] if b"\n\n" in data else data)

    def _check_agencies(self):
        numbers = [a.number for a in self.agencies]
        need(all(a < b for a, b in zip(numbers, numbers[1:])), "R1: numbers")
        need(len(self.by_name) == len(numbers), "R1: names")
        need(len({a.cvr for a in self.agencies}) == len(numbers), "R1: CVR")

    def _check_keys(self):
        uses = [(root.public_key, "root", root.name) for root in self.roots.keys]
        for a in self.agencies:
            uses += [(a.ledger.public_key, "ledger", a.name),
                     (a.journal.public_key, "journal", a.name),
                     (a.witness.public_key, "witness", a.name), (a.control, "control", a.name)]
            uses += [(key, "transport", a.name) for key in a.transport]
        once = {key: (kind, name) for key, kind, name in uses}
        need(len(once) == len(uses), "R2: one key, one use")
        for r in self.revoked:
            use = (r.kind, r.agency)
            need(once.setdefault(r.key.public_key, use) == use, "R2: one key, one use")

    def _check_revoked(self):
        origins = [r.key.name for r in self.revoked]
        need(len(set(origins)) == len(origins), "R3: an origin revoked twice")
        for r in self.revoked:
            agency = self.by_name.get(r.agency)
            need(agency and r.generation <= agency.generation, "R3: revoked origin")

    def _check_keepers(self, a):
        others = [b for b in self.agencies if b.is_open and b is not a]
        names = [b.name for b in others]
        known = names if a.is_open else [b.name for b in self.agencies if b is not a]
        need(all(k in known for k in a.keepers), "R3, R4: keepers")
        places = [known.index(k) for k in a.keepers]
        need(all(x < y for x, y in zip(places, places[1:])), "order of keepers")
        if a.is_open:
            need(len(places) >= min(2, len(others)), "R4: too few keepers")
        else:
            need(a.successor == "none" or a.successor in names, "R3, R4: successor")

    def quorum(self, a):
        """How many other agencies must cosign an anchor of `a`."""
        if self.policy == "none":
            return 0
        others = sum(b.is_open and b is not a for b in self.agencies)
        return 2 * others // 3 + 1 if others else 0


def check_successor(old_data, new_data):
    """Refuses a new roster that may not follow the verified old one."""
    old, new = Roster.parse(old_data), Roster.parse(new_data)
    need(new.federation == old.federation and new.version == old.version + 1, "1", "rule")
    need(new.previous == old.hash, "1: previous", "proof")
    old.roots.have_signed(new_data)
    new.roots.have_signed(new_data)
    lines = {r.line() for r in new.revoked}
    for a in old.agencies:
        b = new.by_name.get(a.name)
        need(b and b.number == a.number and (a.is_open or not b.is_open), "3", "rule")
        need(b.generation >= a.generation, "4: generation", "rule")
        if b.generation == a.generation:
            need(b.ledger.public_key == a.ledger.public_key
                 and b.journal.public_key == a.journal.public_key
                 and b.journal_number >= a.journal_number, "4: keys", "rule")
        else:
            gone = {line[:2] for line in lines}
            need(all((k.name, k.public_key) in gone for k in (a.ledger, a.journal)),
                 "4: not revoked", "rule")
    need(all(r.line() in lines for r in old.revoked), "5", "rule")


def parse_clients(data, agency):
    """A client registry of an agency of a roster: [(name, kind, key, roles, units)]."""
    lines = t.Lines(data)
    need(lines.take(0, "tov-clients") == "v1", "format", "version")
    need(lines.take(0, "agency") == agency.name, "agency")
    clients = []
    while lines.peek() == (0, "client"):
        name = t.name(lines.take(0, "client"))
        kind = lines.take(2, "kind")
        need(kind in ("person", "system"), "kind")
        key = t.hexadecimal(lines.take(2, "key"))
        roles = t.listed(lines.take(2, "roles"), t.ROLES)
        words = lines.maybe(2, "units")
        units = words.split(" ") if words else []
        _check_client(agency, roles, units)
        clients.append((name, kind, key, roles, units))
    lines.end()
    need(len({c[0] for c in clients}) == len(clients), "a client twice")
    need(len({c[2] for c in clients}) == len(clients), "a key twice")
    return clients


def _check_client(agency, roles, units):
    known = {u.name: u for u in agency.units}
    need(len(units) <= 32, "units")
    need(all(u in known for u in units) and len(set(units)) == len(units), "units")
    for role in roles:
        need(role in t.WHOLE_AGENCY or any(role in known[u].roles for u in units),
             "a role that no unit allows")
