# SPDX-License-Identifier: EUPL-1.2
"""The tables of tests/scenarios that a play is read from."""

from datetime import datetime
from zoneinfo import ZoneInfo

from difference import Difference

DANISH = ZoneInfo("Europe/Copenhagen")


def lines_of(path):
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            yield number, line.rstrip("\n")


def read_minimal(path):
    """The words and contents that the stories do not tell: a minimal message of each type."""
    rows = (line.split("\t") for _, line in lines_of(path) if line and not line.startswith("#"))
    return {row[0]: {"who": row[6], "fields": row[7]} for row in rows}


def assignments(text):
    pairs = {}
    for part in text.split(";"):
        part = part.strip()
        if part and part != "-":
            name, _, value = part.partition("=")
            pairs[name] = value
    return pairs


def read_story(path, branch):
    """Rows of the course of events; with a branch those up to where it leaves, then its own, which stand
    below "# Branch X leaves before ROW"."""
    rows, now, leaves = [], "", None
    for _, line in lines_of(path):
        if line.startswith("# Branch "):
            words = line.split()
            now = words[2]
            leaves = words[5].rstrip(":") if now == branch else leaves
        if not line or line.startswith("#") or now not in ("", branch):
            continue
        names = ("row", "time", "type", "from", "to", "bases", "about", "fields")
        row = dict(zip(names, line.split("\t")))
        row["at"] = datetime.strptime(row["time"], "%Y-%m-%d %H:%M").replace(tzinfo=DANISH)
        row["fields"] = assignments(row["fields"])
        row["branch"] = now
        rows.append(row)
    names = [row["row"] for row in rows]
    end = names.index(leaves) if leaves else None
    return rows[:end] + [row for row in rows if row["branch"]]


def read_expected(path):
    """{row: [(units, thing, subject, expectation)]}"""
    expected = {}
    for number, line in lines_of(path):
        if not line or line.startswith("#"):
            continue
        columns = line.split("\t")
        if len(columns) != 5:
            raise Difference(f"{path}, linje {number}: fem kolonner ventes")
        expected.setdefault(columns[0], []).append(
            (columns[1].split(), columns[2], columns[3], columns[4]))
    return expected
