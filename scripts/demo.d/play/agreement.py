# SPDX-License-Identifier: EUPL-1.2
"""At the end of a story: what several agencies hold is the same, and nobody holds more than it was sent."""

import json

from people import PROFILES
from shown import View, compare

# Units that are shown a thing as of the last event that the release channel was told.
RELEASE = ("kk/eki", "kk/jku", "kk/ydelse", "kk/folkereg")


def agencies_told(story, unit, number):
    """Of the event of the message with NUMBER at UNIT, in any channel."""
    row = next((row for row, at in story.rows.items() if at.get(unit) == number), None)
    rows = next((rows for rows in story.of_event.values() if row in rows), [row])
    return {at.split("/")[0] for one in rows for at in story.rows.get(one, {})}


def check_agreement(story):
    """What several agencies hold is the same everywhere: headers, states, who is responsible, and tasks
    as far as both were told what met them."""
    agreed, compared = {}, 0
    views = {unit: View(story, unit) for unit in story.numbers if unit not in RELEASE}
    shown_by = {}  # task: agencies
    for unit, view in views.items():
        for key, tasks in view.tasks.items():
            for task in tasks:
                shown_by.setdefault(("frist", *key, task["due"]), set()).add(unit.split("/")[0])
    only_some = set()  # tasks that not all who are shown them know to be met
    for unit, view in views.items():
        for key, tasks in view.tasks.items():
            for task in tasks:
                name = ("frist", *key, task["due"])
                if task["met_number"] and not shown_by[name] <= agencies_told(
                        story, unit, task["met_number"]):
                    only_some.add(name)
    for unit, view in views.items():
        told = {("besked", row): story.headers[unit, row] for row in story.rows
                if (unit, row) in story.headers}
        told.update({("tilstand", *key): (thing["state"], thing["responsible_name"])
                     for key, thing in view.things.items()})
        told.update({("frist", *key, task["due"]): task["state"]
                     for key, tasks in view.tasks.items() for task in tasks})
        for key, value in told.items():
            if key in only_some:
                continue
            first = agreed.setdefault(key, (unit, value))
            compared += first[0].split("/")[0] != unit.split("/")[0]
            compare(f"{' '.join(key)}: {first[0]} og {unit}", first[1], value)
    print(f"    ✓ Myndighederne er enige: {compared} sammenligninger mellem to af dem")


def check_need_to_know(story, unit):
    """The unit holds what was sent to it or by it, and nothing of anything else."""
    shown, before = set(), "0"
    while True:
        options = [] if before == "0" else ["--before", before]
        page = story.people.ask(PROFILES[unit], "list", "--unit", unit, "--limit", "200", *options)
        shown.update(message["header"]["message_id"] for message in page["messages"])
        before = str(page["next"])
        if before == "0":
            break
    sent = {header["message_id"] for (of, _), header in story.headers.items() if of == unit}
    compare(f"beskederne hos {unit}", sorted(sent), sorted(shown))
    others = {label for (of, row), header in story.headers.items() if of != unit
              for label in story.about[row]} - {label for (of, row) in story.headers if of == unit
                                                for label in story.about[row]}
    text = json.dumps([story.people.ask(PROFILES[unit], "case", str(number), "--unit", unit)
                       for number in story.numbers[unit][:1] + story.numbers[unit][-1:]])
    for ref, label in story.labels.items():
        if label in others and ref in text:
            compare(f"{label} hos {unit}", "vises ikke", "vises")
    print(f"    ✓ {unit} har de {len(sent)} beskeder, den fik eller sendte, og intet af"
          f" {', '.join(sorted(others)) or 'andet'}")
