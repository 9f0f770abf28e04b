# SPDX-License-Identifier: EUPL-1.2
"""Plays a story of tests/scenarios through the command line, on the story's own dates.

Each row of the story is one message, written by `tov` as the person of its unit. The nodes' clock is
a file that is set forward, a day at a time, whenever the nodes are at rest. After each row
every unit is asked by `tov case --json` how it sees its cases; a difference from what the table beside
the story expects ends the play. Run by scripts/demo.
Not for: making keys or configurations (nodes.sh, clerk.sh).
"""

import signal
import sys
from datetime import timedelta

from agreement import check_agreement, check_need_to_know
from difference import Difference
from nodes import Nodes
from people import People
from shown import Expected, View
from story import Story
from tables import read_expected, read_minimal, read_story

STEP = timedelta(days=1)


def travel(story, at):
    nodes = story.nodes
    while at - nodes.now > STEP:
        nodes.set_clock(nodes.now + STEP)
        nodes.rest(story.people.status)
    nodes.set_clock(at)
    nodes.rest(story.people.status)


def check(story, expectations, at):
    day = at.strftime("%Y-%m-%d")
    units = [unit for unit in expectations
             if unit in story.numbers and unit.split("/")[0] in story.nodes.running]
    views = dict(zip(units, story.nodes.pool.map(lambda unit: View(story, unit), units)))
    for unit in units:
        try:
            expectations[unit].check(views[unit], day)
        except Difference as difference:
            raise Difference(f"{unit}: {difference}") from None


def trouble(story, name):
    """ "stop:kbh-pol", "start:kbh-pol", "kill:krfo" of the table, before the row it stands at."""
    what, _, agency = name.partition(":")
    if what == "start":
        story.nodes.start(agency)
        story.nodes.rest(story.people.status)
        story.come_back(agency)
        print(f"    ✓ {agency} er i gang igen og har fået det, der blev sendt imens", flush=True)
    elif what == "stop":
        story.nodes.stop(agency)
        print(f"    ✓ {agency} er standset", flush=True)
    elif what == "kill":
        story.nodes.stop(agency, signal.SIGKILL)
        story.nodes.start(agency)
        story.nodes.rest(story.people.status)
        print(f"    ✓ {agency} fik kill -9 og er startet igen", flush=True)


def learn(expectations, lines):
    for units, thing, subject, words in lines:
        for unit in units:
            expectations.setdefault(unit, Expected()).learn(thing, subject, words)


def play_row(story, row, expected, expectations):
    lines = expected.get(row["row"], [])
    for _, _, subject, words in lines:
        if subject == "node":
            trouble(story, words)
    travel(story, row["at"])
    refusals = [words for _, _, subject, words in lines if subject == "refused"]
    if refusals:
        story.refused(row, refusals[0])
        number = "afvist"
    else:
        number = story.play(row)
    print(f"    {row['at'].strftime('%d-%m-%Y %H.%M')}  {row['row']:<4}{row['type']:<27}"
          f"{row['from']} → {row['to'].replace(' ', ', ')}  ({number})", flush=True)
    learn(expectations, [line for line in lines if line[2] not in ("node", "refused")])
    check(story, expectations, row["at"])


def main():
    folder, programs, name, branch = sys.argv[1:5]
    nodes, people = Nodes(folder, programs), People(folder, programs)
    rows = read_story(f"tests/scenarios/{name}_rows.tsv", branch)
    expected = read_expected(f"tests/scenarios/{name}.tsv")
    story = Story(nodes, people, read_minimal("tests/unit/case/drafts.tsv"))
    expectations = {}
    nodes.set_clock(rows[0]["at"] - timedelta(hours=1))
    for agency in nodes.agencies:
        nodes.start(agency)
    row = {"row": "-"}
    try:
        nodes.rest(people.status)
        for row in rows:
            play_row(story, row, expected, expectations)
        row = {"row": "til sidst"}
        check_agreement(story)
        check_need_to_know(story, "kbh-pol/dks")
    except Difference as difference:
        print(f"\n  {row['row']}: {difference}", file=sys.stderr)
        return 1
    finally:
        for agency in list(nodes.running):
            nodes.stop(agency)
    print(f"    ✓ {len(rows)} beskeder, {people.calls} kommandoer")
    return 0


if __name__ == "__main__":
    sys.exit(main())
