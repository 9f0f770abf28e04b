#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Writes rosters.json from docs/roster.md alone: a second implementation of the format, which
shares nothing with the C code. Run it here after a change of the format: ./make.py >rosters.json
Needs python3-cryptography. Keys are derived from labels, so the output never changes by itself."""
import base64, hashlib, json
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

FED = "vektor-demo"


def seed(label):
    return hashlib.sha256(("tov roster vector " + label).encode()).digest()


def ed(label):
    return Ed25519PrivateKey.from_private_bytes(seed(label))


def raw(key):
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def key_id(name, body):
    return hashlib.sha256(name.encode() + b"\n" + body).digest()[:4]


def vkey(name, label, kind=1):
    body = bytes([kind]) + raw(ed(label))
    return f"{name}+{key_id(name, body).hex()}+{base64.b64encode(body).decode()}"


def root_vkey(holder, label=None):
    return vkey(f"{FED}/root/{holder}", label or f"root {holder}")


def sign(text, holder, label=None):
    label = label or f"root {holder}"
    name = f"{FED}/root/{holder}"
    body = bytes([1]) + raw(ed(label))
    blob = key_id(name, body) + ed(label).sign(text.encode())
    return f"\u2014 {name} {base64.b64encode(blob).decode()}\n"


def note(text, *holders):
    return text + "\n" + "".join(sign(text, h) for h in holders)


def x(label):
    return raw(X25519PrivateKey.from_private_bytes(seed(label))).hex()


def keys(name, generation=1, journal=1):
    origin, tag = f"{FED}/{name}/{generation}", f"{name} {generation}"
    return [f"  generation {generation}",
            "  ledger " + vkey(origin, tag + " ledger"),
            "  journal " + vkey(f"{origin}/journal/{journal}", tag + " journal"),
            "  witness " + vkey(f"{FED}/{name}/witness", name + " witness", 4),
            "  control " + raw(ed(name + " control")).hex(),
            "  transport " + x(name + " transport")]


def head(version=1, previous="0" * 64, threshold=2, holders=("a", "b", "c")):
    return ["tov-roster v1", "federation " + FED, f"version {version}", f"previous {previous}",
            "valid-until 2031-12-31T23:59:59Z", "catalogue 1", "calendar 2",
            "witness-policy two-thirds", f"threshold {threshold}"] + \
           ["root " + root_vkey(h) for h in holders]


ALFA = ["agency 1 alfa", "  title Alfa Kommune", "  cvr 00000094", "  regime GDPR"] + \
    keys("alfa") + ["  endpoint tcp://alfa.example.org:4760", "  endpoint tcp://[::1]:4760",
                    "  keepers bravo delta",
                    "  unit en", "    title Enhed Ét", "    gln 9521230000017",
                    "    roles tovholder_kommune sagsbehandler", "    cooperations SSP KSP",
                    "  unit to", "    title Enhed To", "    roles mentor"]
BRAVO = ["agency 2 bravo", "  title Bravo Politi", "  cvr 00000108", "  regime LED"] + \
    keys("bravo") + ["  transport " + x("bravo transport next"), "  keepers alfa delta",
                     "  unit kreds", "    title Kredsen", "    roles tovholder_politi"]
DELTA = ["agency 4 delta", "  title Delta Forsorg", "  cvr 00000116", "  regime LED"] + \
    keys("delta") + ["  keepers alfa bravo"]


def text(*parts):
    return "".join(line + "\n" for part in parts for line in part)


BASE = head() + ALFA + BRAVO + DELTA
good, rejected, successors, thresholds = [], [], [], []


def accept(name, lines, **facts):
    t = text(lines)
    good.append({"name": name, "note": t, "hash": hashlib.sha256(t.encode()).hexdigest(), **facts})


def refuse(name, lines, line=None, field=None):
    rejected.append({"name": name, "text": lines if isinstance(lines, str) else text(lines),
                     "line": line, "field": field})


def at(start, nth=0):
    return [i for i, l in enumerate(BASE) if l.startswith(start)][nth]


def changed(name, start, new, field=None, nth=0, line=None):
    i = at(start, nth)
    lines = BASE[:i] + ([new] if isinstance(new, str) else new) + BASE[i + 1:]
    refuse(name, lines, line or i + 1, field or start.split()[0])


accept("three agencies", BASE, version=1, agencies=3, agency="alfa", units=2, quorum=2)
accept("one agency, no keepers", head(threshold=1, holders=("a",)) + ALFA[:10], version=1,
       agencies=1, agency="alfa", units=0, quorum=0)
two = head() + ALFA[:10] + ["  keepers bravo"] + BRAVO[:11] + ["  keepers alfa"]
accept("two agencies keep each other", two, version=1, agencies=2, agency="bravo", units=0,
       quorum=1)
accept("a closed agency and its successor", head() + ALFA[:-3] + BRAVO[:11] +
       ["  keepers alfa delta"] + DELTA + ["agency 7 golf", "  title Golf", "  cvr 00000124",
       "  regime GDPR"] + keys("golf") + ["  successor alfa"], version=1, agencies=4,
       agency="golf", units=0, quorum=3)
# Alfa and bravo are open and keep each other; delta is closed and is last, its successor at the end.
CLOSED = head() + ALFA[:12] + ["  keepers bravo"] + ALFA[13:] + BRAVO[:11] + ["  keepers alfa"] + \
    BRAVO[12:] + DELTA[:-1]
accept("a closed agency without successor or keepers", CLOSED + ["  successor none"], version=1,
       agencies=3, agency="delta", units=0, quorum=2)
accept("a closed agency keeps the keepers it had, closed ones too", CLOSED[:-len(DELTA) + 1] +
       DELTA[:-1] + ["  successor alfa", "agency 7 golf", "  title Golf", "  cvr 00000124",
       "  regime GDPR"] + keys("golf") + ["  keepers alfa delta", "  successor bravo"], version=1,
       agencies=4, agency="golf", units=0, quorum=2)
g2 = [l for l in ALFA]
i = next(i for i, l in enumerate(g2) if l.startswith("  generation"))
g2 = g2[:i] + keys("alfa", 2) + g2[i + 6:]
revoked = [f"revoked {vkey(FED + '/alfa/1', 'alfa 1 ledger')} 1007 {seed('root hash').hex()}",
           f"revoked {vkey(FED + '/alfa/1/journal/1', 'alfa 1 journal')} 12 {seed('j').hex()}"]
accept("a second generation, the first revoked", head() + g2 + BRAVO + DELTA + revoked, version=1,
       agencies=3, agency="alfa", units=2, quorum=2)

# Limits, on both sides.
def solo(number=1, title="T", holders=("a",), units=0):
    lines = head(threshold=1, holders=holders) + ALFA[:10] + \
        [l for n in range(units) for l in (f"  unit u{n}", "    title U", "    roles mentor")]
    lines[lines.index("agency 1 alfa")] = f"agency {number} alfa"
    return [l if l != "  title Alfa Kommune" else "  title " + title for l in lines]


def solo_facts(units=0):
    return dict(version=1, agencies=1, agency="alfa", units=units, quorum=0)


ROOTS = [f"h{n}" for n in range(17)]
accept("agency number 1024", solo(number=1024), **solo_facts())
accept("a title of 200 bytes", solo(title="x" * 200), **solo_facts())
accept("16 root keys", solo(holders=ROOTS[:16]), **solo_facts())
accept("128 units", solo(units=128), **solo_facts(128))
endpoints = ["tcp://[2001:DB8::192.0.2.1]:1", "tcp://192.0.2.1:65535", "tcp://a--b.c:1"]
accept("spellings of endpoints", solo() + ["  endpoint " + e for e in endpoints],
       **solo_facts())
refuse("17 root keys", solo(holders=ROOTS), 9 + 17, "root")
refuse("129 units", solo(units=129), len(solo()) + 128 * 3 + 1, "unit")

# Each line missing, and each standing twice.
single = ["tov-roster", "federation", "version", "previous", "valid-until", "catalogue",
          "calendar", "witness-policy", "threshold", "  title", "  cvr", "  regime",
          "  generation", "  ledger", "  journal", "  witness", "  control", "    title",
          "    roles"]
for start in single:
    i, field = at(start + " "), start.strip()
    refuse(f"{start.strip()} missing" + (" in a unit" if start.startswith("    ") else ""),
           BASE[:i] + BASE[i + 1:], i + 1, field)
    refuse(f"{start.strip()} twice" + (" in a unit" if start.startswith("    ") else ""),
           BASE[:i + 1] + BASE[i:], i + 2, field)
i = at("  transport ")
refuse("transport missing", BASE[:i] + BASE[i + 1:], i + 1, "transport")
refuse("transport twice, the same key", BASE[:i] + [BASE[i]] + BASE[i:], at("agency 1") + 1)
refuse("three transport keys", BASE[:i] + ["  transport " + x(f"t{n}") for n in range(3)] +
       BASE[i + 1:], i + 3, "transport")
i = at("  keepers ")
refuse("keepers twice", BASE[:i + 1] + BASE[i:], i + 2, "keepers")
i = at("    gln ")
refuse("gln twice", BASE[:i + 1] + BASE[i:], i + 2, "gln")
refuse("no root", [l for l in BASE if not l.startswith("root ")], 10, "root")
refuse("five endpoints", BASE[:at("  endpoint")] + [f"  endpoint tcp://h{n}:1" for n in range(5)] +
       BASE[at("  keepers"):], at("  endpoint") + 5, "endpoint")
refuse("empty", "", 1, "tov-roster")
refuse("no newline at the end", text(BASE)[:-1], len(BASE))
refuse("an unknown line", BASE[:at("  cvr")] + ["  colour blue"] + BASE[at("  cvr"):],
       at("  cvr") + 1, "cvr")
refuse("an unknown line at the end", BASE + ["colour blue"], len(BASE) + 1, "colour")
refuse("indented by one", BASE[:at("  cvr")] + [" cvr 00000094"] + BASE[at("  cvr") + 1:],
       at("  cvr") + 1)
refuse("a tab", BASE[:at("  cvr")] + ["  cvr\t00000094"] + BASE[at("  cvr") + 1:], at("  cvr") + 1)
refuse("a carriage return", text(BASE).replace("\n", "\r\n"), 1)
refuse("an empty line inside", BASE[:9] + [""] + BASE[9:])
refuse("two spaces after a keyword", ["tov-roster  v1"] + BASE[1:], 1)
refuse("a space at the end", BASE[:1] + [BASE[1] + " "] + BASE[2:], 2)

changed("a newer format", "tov-roster", "tov-roster v2")
changed("a federation with a capital", "federation", "federation Vektor-demo")
changed("a federation that ends in a hyphen", "federation", "federation vektor-")
changed("version 0", "version", "version 0")
changed("version with a leading zero", "version", "version 01")
changed("version beyond 32 bits", "version", "version 4294967296")
changed("version 2 without a previous hash", "version", "version 2", "previous", line=4)
changed("version 1 with a previous hash", "previous", "previous " + "11" * 32)
changed("a hash in capitals", "previous", "previous " + "AB" * 32)
changed("a short hash", "previous", "previous " + "00" * 31)
changed("a day that is not", "valid-until", "valid-until 2031-02-30T00:00:00Z")
changed("a time in milliseconds", "valid-until", "valid-until 2031-12-31T23:59:59.000Z")
changed("an unknown policy", "witness-policy", "witness-policy half")
changed("threshold 0", "threshold", "threshold 0")
changed("threshold above the keys", "threshold", "threshold 4")
changed("the same root key twice", "root", "root " + vkey(FED + "/root/a", "root a"), nth=1)
changed("the same root key under two names", "root", "root " + root_vkey("x", "root a"), nth=1)
changed("two root keys of one name", "root", "root " + root_vkey("a", "root other"), nth=1)
changed("an agency's key as a root, under its own name", "root",
        "root " + vkey(FED + "/alfa/1", "alfa 1 ledger"))
changed("an agency's key as a root, renamed", "root", "root " + root_vkey("a", "alfa 1 ledger"),
        field=None, line=at("agency 1") + 1)
rejected[-1]["field"] = None
changed("a root of another federation", "root", "root " + vkey("other/root/a", "root a"))
changed("a witness key as a root", "root", "root " + vkey(FED + "/root/a", "root a", 4))
changed("a key id that does not fit", "root", "root " + root_vkey("a")[:19] + "00000000" +
        root_vkey("a")[27:])
changed("agency number 0", "agency", "agency 0 alfa")
changed("agency number 1025", "agency", "agency 1025 alfa", nth=2)
changed("an agency number used twice", "agency", "agency 1 bravo", nth=1, line=at("agency 2") + 1)
rejected[-1]["text"] = text(BASE[:at("agency 2")] + ["agency 1 bravo"] + BASE[at("agency 2") + 1:])
changed("agency numbers out of order", "agency", "agency 1 delta", nth=2)
rejected[-1]["text"] = text(head() + ALFA + DELTA + BRAVO)
rejected[-1]["line"] = len(head() + ALFA + DELTA) + 1
changed("an agency without a name", "agency", "agency 1")
for name in ("root", "none"):
    refuse("an agency named " + name, head() + [f"agency 1 {name}"] + ALFA[1:4] + keys(name) +
           ALFA[10:] + BRAVO + DELTA, at("agency 1") + 1, "agency")
twin = [l.replace("bravo", "alfa") for l in BRAVO]
twin[4:10] = keys("alfa")
refuse("an agency name used twice", head() + ALFA + twin + DELTA, len(head() + ALFA) + 1, "agency")
changed("a title of 201 bytes", "  title", "  title " + "x" * 201)
changed("a title with a right-to-left override", "  title", "  title Alfa \u202ekcab", line=None)
rejected[-1]["field"] = None
changed("a CVR that fails modulus 11", "  cvr", "  cvr 00000095")
changed("a CVR of 7 digits", "  cvr", "  cvr 0000094")
changed("a CVR of zeros", "  cvr", "  cvr 00000000")
changed("a CVR used twice", "  cvr", "  cvr 00000094", "agency", nth=1, line=at("agency 2") + 1)
changed("an unknown regime", "  regime", "  regime gdpr")
changed("generation 0", "  generation", "  generation 0")
changed("a ledger key of another generation", "  generation", "  generation 2", "ledger",
        line=at("  ledger") + 1)
changed("a ledger key of another agency", "  ledger", BASE[at("  ledger", 1)])
changed("a ledger key of witness type", "  ledger",
        "  ledger " + vkey(FED + "/alfa/1", "alfa 1 ledger", 4))
changed("a journal key without its number", "  journal",
        "  journal " + vkey(FED + "/alfa/1", "alfa 1 journal"))
changed("the ledger key as journal key", "  journal",
        "  journal " + vkey(FED + "/alfa/1/journal/1", "alfa 1 ledger"), line=at("agency 1") + 1)
rejected[-1]["field"] = None
changed("a witness key of type 1", "  witness",
        "  witness " + vkey(FED + "/alfa/witness", "alfa witness"))
changed("a witness key of another name", "  witness",
        "  witness " + vkey(FED + "/alfa/w", "alfa witness", 4))
changed("a control key that is no point", "  control", "  control " + "02" + "00" * 31)
changed("a control key of small order", "  control", "  control " + "01" + "00" * 31)
changed("a transport key of zeros", "  transport", "  transport " + "00" * 32)
changed("a transport key used by two", "  transport", BASE[at("  transport", 1)],
        line=at("agency 2") + 1)
rejected[-1]["field"] = None
for bad in ("tcp://alfa", "tcp://alfa:0", "tcp://alfa:65536", "udp://alfa:1", "tcp://:1",
            "tcp://al fa:1", "tcp://[zz]:1", "tcp://[1:2]:1", "tcp://[fe80::1%1]:1", "tcp://*:1", "tcp://a..b:1", "tcp://Alfa:1"):
    changed("endpoint " + bad, "  endpoint", "  endpoint " + bad)
changed("a keeper that is no agency", "  keepers", "  keepers bravo foxtrot")
changed("itself as a keeper", "  keepers", "  keepers alfa bravo")
changed("a keeper twice", "  keepers", "  keepers bravo bravo")
changed("keepers out of order", "  keepers", "  keepers delta bravo")
changed("one keeper where two are needed", "  keepers", "  keepers bravo", line=at("agency 1") + 1)
changed("no keepers line", "  keepers", [], line=at("agency 1") + 1)
changed("a unit's name with a space", "  unit", "  unit e n")
changed("a unit twice", "  unit", "  unit en", nth=1)
changed("a GLN with a wrong check digit", "    gln", "    gln 9521230000018")
changed("a GLN of 12 digits", "    gln", "    gln 952123000001")
changed("an unknown role", "    roles", "    roles borgmester")
changed("a role twice", "    roles", "    roles sagsbehandler sagsbehandler")
changed("roles out of order", "    roles", "    roles sagsbehandler tovholder_kommune")
changed("an unknown co-operation", "    cooperations", "    cooperations SSP XSP")
changed("co-operations out of order", "    cooperations", "    cooperations KSP SSP")
refuse("a successor that is no agency", CLOSED + ["  successor foxtrot"], len(CLOSED) + 1,
       "successor")
refuse("itself as successor", CLOSED + ["  successor delta"], len(CLOSED) + 1, "successor")
refuse("a closed agency as successor", CLOSED + ["  successor golf", "agency 7 golf",
       "  title Golf", "  cvr 00000124", "  regime GDPR"] + keys("golf") + ["  successor none"],
       len(CLOSED) + 1, "successor")
refuse("a closed agency as keeper", BASE + ["  successor alfa"], at("  keepers") + 1, "keepers")
refuse("a revoked key of no agency", BASE + [f"revoked {vkey(FED + '/echo/1', 'e')} 1 " + "00" * 32],
       len(BASE) + 1, "revoked")
refuse("a revoked key of a generation to come", BASE +
       [f"revoked {vkey(FED + '/alfa/2', 'e')} 1 " + "00" * 32], len(BASE) + 1, "revoked")
refuse("an origin revoked twice", head() + g2 + BRAVO + DELTA + revoked[:1] + revoked[:1],
       len(BASE) + 2, "revoked")
for name, of, kind in (("a witness key revoked", FED + "/alfa/1", 4),
                       ("a revoked origin of another federation", "other/alfa/1", 1),
                       ("a revoked origin that is no journal", FED + "/alfa/1/journal", 1),
                       ("a revoked journal 0", FED + "/alfa/1/journal/0", 1),
                       ("a revoked generation 0", FED + "/alfa/0", 1)):
    refuse(name, BASE + [f"revoked {vkey(of, 'e', kind)} 1 " + "00" * 32], len(BASE) + 1, "revoked")
refuse("a revoked size with a zero before it", BASE +
       [f"revoked {vkey(FED + '/alfa/1', 'alfa 1 ledger')} 01 " + "00" * 32], len(BASE) + 1,
       "revoked")
refuse("a revocation without a root", BASE + [f"revoked {vkey(FED + '/alfa/1', 'alfa 1 ledger')} 1"],
       len(BASE) + 1, "revoked")
refuse("a revoked key that another agency uses", head() + g2 + BRAVO + DELTA +
       [f"revoked {vkey(FED + '/alfa/1', 'bravo 1 ledger')} 5 " + "00" * 32], len(BASE) + 1)

# Thresholds.
base_text = text(BASE)
roots2 = text(["tov-roots v1", "federation " + FED, "threshold 2"] +
              ["root " + root_vkey(h) for h in "abc"])


def threshold(name, n, is_good, roots=roots2):
    thresholds.append({"name": name, "roots": roots, "note": n, "good": is_good})


threshold("two of three", note(base_text, "a", "c"), True)
threshold("three of three", note(base_text, "a", "b", "c"), True)
threshold("one of three", note(base_text, "a"), False)
threshold("one key twice", note(base_text, "a", "a"), False)
threshold("one root and one stranger", note(base_text, "a", "z"), False)
threshold("one root and one agency", base_text + "\n" + sign(base_text, "a") +
          sign(base_text, "b", "alfa 1 ledger"), False)
threshold("two good, one whose signature is wrong", base_text + "\n" + sign(base_text, "a") +
          sign(base_text, "b") + sign(base_text + "x", "c"), False)
threshold("a changed text", note(base_text, "a", "b").replace("Alfa Kommune", "Alfa Kommunes"),
          False)
threshold("not signed", base_text, False)
threshold("roots of another federation", note(base_text, "a", "b"), False,
          text(["tov-roots v1", "federation other", "threshold 1", "root " +
                vkey("other/root/a", "root a")]))

# Roots files.
ROOTS_START = ["tov-roots v1", "federation " + FED]
A, B = "root " + root_vkey("a"), "root " + root_vkey("b")
roots = {"good": [], "rejected": []}
for kind, name, lines in (
        ("good", "one of one", ROOTS_START + ["threshold 1", A]),
        ("good", "two of two", ROOTS_START + ["threshold 2", A, B]),
        ("rejected", "empty", []), ("rejected", "no root", ROOTS_START + ["threshold 1"]),
        ("rejected", "a newer format", ["tov-roots v2"] + ROOTS_START[1:] + ["threshold 1", A]),
        ("rejected", "no federation", ROOTS_START[:1] + ["threshold 1", A]),
        ("rejected", "no threshold", ROOTS_START + [A]),
        ("rejected", "threshold 0", ROOTS_START + ["threshold 0", A]),
        ("rejected", "threshold above the keys", ROOTS_START + ["threshold 2", A]),
        ("rejected", "a key twice", ROOTS_START + ["threshold 1", A, A]),
        ("rejected", "a key under two names", ROOTS_START + ["threshold 1", A, "root " +
                                                             root_vkey("b", "root a")]),
        ("rejected", "two keys of one name", ROOTS_START + ["threshold 1", A, "root " +
                                                            root_vkey("a", "root b")]),
        ("rejected", "a root of another federation", ROOTS_START +
         ["threshold 1", "root " + vkey("other/root/a", "root a")]),
        ("rejected", "a witness key", ROOTS_START +
         ["threshold 1", "root " + vkey(FED + "/root/a", "root a", 4)]),
        ("rejected", "17 keys", ROOTS_START + ["threshold 1"] +
         ["root " + root_vkey(holder) for holder in ROOTS]),
        ("rejected", "a line too many", ROOTS_START + ["threshold 1", A, "colour blue"])):
    roots[kind].append({"name": name, "text": text(lines)})

# Successors.
h1 = hashlib.sha256(base_text.encode()).hexdigest()
first = note(base_text, "a", "b")


def follow(name, lines, verdict, holders="ab", previous=None):
    t = lines if isinstance(lines, str) else text(lines)
    successors.append({"name": name, "previous": previous or first, "next": note(t, *holders),
                       "verdict": verdict})


h2 = head(2, h1)
follow("the next version", h2 + ALFA + BRAVO + DELTA, "ok")
follow("version 3 after 1", head(3, h1) + ALFA + BRAVO + DELTA, "rule")
follow("the same version again", BASE, "rule")
follow("another previous hash", head(2, "22" * 32) + ALFA + BRAVO + DELTA, "proof")
follow("one old root only", h2 + ALFA + BRAVO + DELTA, "signature", "a")
newroots = head(2, h1, 2, ("a", "d", "e"))
follow("new roots, signed by the old only", newroots + ALFA + BRAVO + DELTA, "signature", "ab")
follow("new roots, signed by the new only", newroots + ALFA + BRAVO + DELTA, "signature", "ade")
follow("new roots, signed by both thresholds", newroots + ALFA + BRAVO + DELTA, "ok", "abde")
follow("a new agency", h2 + ALFA + BRAVO + ["agency 3 charlie", "  title Charlie", "  cvr 00000124",
       "  regime GDPR"] + keys("charlie") + ["  keepers alfa bravo"] + DELTA, "ok")
follow("an agency vanishes", h2 + ALFA[:12] + ["  keepers bravo"] + BRAVO[:11] +
       ["  keepers alfa"], "rule")
follow("a number given to another name", h2 + [l.replace("delta", "echo") for l in ALFA] +
       [l.replace("delta", "echo") for l in BRAVO] + ["agency 4 echo", "  title Echo",
       "  cvr 00000132", "  regime GDPR"] + keys("echo") + ["  keepers alfa bravo"], "rule")
follow("a new transport key", h2 + ALFA + [l for l in BRAVO if l != BASE[at("  transport", 1)]] +
       DELTA, "ok")
sneaky = [l if not l.startswith("  ledger") else "  ledger " + vkey(FED + "/alfa/1", "sneaky")
          for l in ALFA]
follow("a new ledger key in the same generation", h2 + sneaky + BRAVO + DELTA, "rule")
follow("a new generation, nothing revoked", h2 + g2 + BRAVO + DELTA, "rule")
follow("a new generation, only the ledger revoked", h2 + g2 + BRAVO + DELTA + revoked[:1], "rule")
follow("a new generation, both revoked", h2 + g2 + BRAVO + DELTA + revoked, "ok")
rbase = head() + g2 + BRAVO + DELTA + revoked
rtext = text(rbase)
rfirst, rh = note(rtext, "a", "b"), hashlib.sha256(rtext.encode()).hexdigest()
follow("a revocation that stays", head(2, rh) + g2 + BRAVO + DELTA + revoked, "ok", previous=rfirst)
follow("a revocation vanishes", head(2, rh) + g2 + BRAVO + DELTA + revoked[:1], "rule",
       previous=rfirst)
follow("a revocation moves", head(2, rh) + g2 + BRAVO + DELTA +
       [revoked[0].replace(" 1007 ", " 2000 "), revoked[1]], "rule", previous=rfirst)
follow("a generation falls", head(2, rh) + ALFA + BRAVO + DELTA, "rule", previous=rfirst)
later = [l if not l.startswith("  journal") else
         "  journal " + vkey(FED + "/alfa/1/journal/3", "alfa 1 journal") for l in ALFA]
follow("a later journal", h2 + later + BRAVO + DELTA, "ok")
lt = text(head() + later + BRAVO + DELTA)
follow("a journal's number falls", head(2, hashlib.sha256(lt.encode()).hexdigest()) + ALFA + BRAVO +
       DELTA, "rule", previous=note(lt, "a", "b"))

FED = "anden-demo"
follow("another federation", head(2, h1, 1) + ALFA[:4] + keys("alfa"), "rule")
FED = "vektor-demo"
follow("a new journal key in the same generation", h2 +
       [l if not l.startswith("  journal") else
        "  journal " + vkey(FED + "/alfa/1/journal/1", "sneaky") for l in ALFA] + BRAVO + DELTA,
       "rule")
ct = text(CLOSED + ["  successor none"])
ch = hashlib.sha256(ct.encode()).hexdigest()
follow("a closed agency opens again", head(2, ch) + ALFA + BRAVO + DELTA, "rule",
       previous=note(ct, "a", "b"))
follow("a revocation gets another root", head(2, rh) + g2 + BRAVO + DELTA +
       [revoked[0][:-64] + "33" * 32, revoked[1]], "rule", previous=rfirst)
follow("a new generation, another key revoked under the old name", h2 + g2 + BRAVO + DELTA +
       [f"revoked {vkey(FED + '/alfa/1', 'sneaky')} 1007 " + "00" * 32, revoked[1]], "rule")

# Client registries of alfa, checked against BASE.
KEY1, KEY2 = "  key " + "11" * 32, "  key " + "22" * 32
METTE = ["client mette", "  kind person", KEY1, "  roles mentor sagsbehandler", "  units en to"]
REVISOR = ["client revisor", "  kind system", KEY2, "  roles auditor"]
CLIENTS = ["tov-clients v1", "agency alfa"]
clients = {"agency": "alfa", "good": [], "rejected": []}


def client(kind, name, lines, **facts):
    clients[kind].append({"name": name, "text": text(lines), **facts})


client("good", "nobody", CLIENTS, clients=0)
client("good", "a person and a system", CLIENTS + METTE + REVISOR, clients=2)
client("good", "roles in any order", CLIENTS + METTE[:3] + ["  roles sagsbehandler mentor"] +
       METTE[4:], clients=1)
client("good", "a role of the agency beside one of a unit", CLIENTS + METTE[:3] +
       ["  roles dbr mentor", "  units to"], clients=1)
client("rejected", "empty", [])
client("rejected", "a newer format", ["tov-clients v2"] + CLIENTS[1:])
client("rejected", "no agency", CLIENTS[:1])
client("rejected", "another agency", [CLIENTS[0], "agency bravo"] + REVISOR)
client("rejected", "a name with a capital", CLIENTS + ["client Mette"] + METTE[1:])
for n, what in enumerate(("name", "kind", "key", "roles")):
    client("rejected", f"{what} missing", CLIENTS + REVISOR[:n] + REVISOR[n + 1:])
    client("rejected", f"{what} twice", CLIENTS + REVISOR[:n + 1] + REVISOR[n:])
client("rejected", "an unknown kind", CLIENTS + [REVISOR[0], "  kind robot"] + REVISOR[2:])
client("rejected", "a short key", CLIENTS + REVISOR[:2] + ["  key 11"] + REVISOR[3:])
client("rejected", "a key in capitals", CLIENTS + REVISOR[:2] + ["  key " + "AB" * 32] +
       REVISOR[3:])
client("rejected", "an unknown role", CLIENTS + REVISOR[:3] + ["  roles borgmester"])
client("rejected", "a role twice", CLIENTS + REVISOR[:3] + ["  roles dbr dbr"])
client("rejected", "a role of a unit without units", CLIENTS + METTE[:4])
client("rejected", "a unit twice", CLIENTS + METTE[:4] + ["  units en to en"])
client("rejected", "a unit that the agency does not have", CLIENTS + METTE[:4] +
       ["  units en to tre"])
client("rejected", "a unit that does not allow the role", CLIENTS + METTE[:4] + ["  units to"])
client("rejected", "units before roles", CLIENTS + METTE[:3] + [METTE[4], METTE[3]])
client("rejected", "an unknown line", CLIENTS + METTE + ["  colour blue"])
client("rejected", "one name for two", CLIENTS + METTE + ["client mette"] + REVISOR[1:])
client("rejected", "one key for two", CLIENTS + METTE + REVISOR[:2] + [KEY1] + REVISOR[3:])
client("rejected", "no newline at the end", CLIENTS + REVISOR)
clients["rejected"][-1]["text"] = clients["rejected"][-1]["text"][:-1]

# A rejected text is the base with something else in its middle: lines kept at both ends.
base_lines = base_text.splitlines(keepends=True)
for case in rejected:
    lines = case.pop("text").splitlines(keepends=True) or [""]
    most = min(len(lines), len(base_lines))
    before = next((n for n in range(most) if lines[n] != base_lines[n]), most)
    after = next((n for n in range(most - before) if lines[-1 - n] != base_lines[-1 - n]),
                 most - before)
    case.update(before=before, after=after, insert="".join(lines[before:len(lines) - after]))

ABOUT = ("Texts of docs/roster.md. A rejected one is the first `before` lines of base, insert, and the "
         "last `after` lines of base; line and field are where our reader finds the fault. "
         "roots: files of root keys. thresholds: is the note's roster verified by the roots file? successors: may next follow "
         "previous? clients: registries of an agency of base (docs/keys.md).")
print(json.dumps({"about": ABOUT, "base": base_text, "good": good, "rejected": rejected, "thresholds": thresholds, "roots": roots,
                  "successors": successors, "clients": clients}, indent=1, ensure_ascii=True))
