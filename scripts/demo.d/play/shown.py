# SPDX-License-Identifier: EUPL-1.2
"""What a unit is shown of its cases, and what it must be shown."""

from difference import Difference
from people import PROFILES

FLAGS = (("incomplete", "ufuldstændig"), ("conflict", "modstrid"), ("unready", "uden-klar"))


def state_words(thing):
    """ "planlagt", "holdt:krfo", "tilbudt:krfo>kk", "planlagt+venter": one thing by one machine."""
    words = thing["state"]
    if thing["machine"] == "ansvar" and thing["responsible_name"]:
        words += ":" + thing["responsible_name"]
        if thing["offered_name"]:
            words += ">" + thing["offered_name"]
    if thing["machine"] == "frihedsberoevelse" and thing["regime"]:
        words += ":" + thing["regime"]
    if thing["waits"]:
        words += "+venter"
    return words + "".join("+" + word for flag, word in FLAGS if thing[flag])


def task_words(task):
    words = f"{task['due']} {task['state']}"
    words += " komprimeret" if task["compressed"] else ""
    words += " ring" if task["call"] else ""
    return words


class View:
    """All cases of one unit, as `tov case` shows them now."""

    def __init__(self, story, unit):
        self.things, self.tasks = {}, {}
        seen = set()
        for number in story.numbers[unit]:
            if number in seen:
                continue
            one = story.people.ask(PROFILES[unit], "case", str(number), "--unit", unit)
            seen.update(message["message"]["number"] for message in one["messages"])
            self.take(story, one)
        for tasks in self.tasks.values():
            tasks.sort(key=lambda task: (task["opened_at"], task["due"] or ""))

    def take(self, story, one):
        for thing in one["things"]:
            self.things[story.labels.get(thing["ref"], thing["ref"]), thing["machine"]] = thing
        for task in one["tasks"]:
            key = story.labels.get(task["thing_ref"], task["thing_ref"]), task["deadline"]
            self.tasks.setdefault(key, []).append(task)


class Expected:
    """What one unit must be shown: grows row by row, and what fell due is overdue by itself."""

    def __init__(self):
        self.things, self.tasks = {}, {}

    def learn(self, thing, subject, words):
        if not subject.startswith("!"):
            self.things[thing, subject] = words
            return
        name, _, number = subject[1:].partition("#")
        self.tasks[thing, name, int(number or 1)] = words

    @staticmethod
    def as_of(words, day):
        due, state = words.split()[:2]
        return words.replace(" open", " overdue", 1) if state == "open" and due < day else words

    def check(self, view, day):
        shown = {key: state_words(thing) for key, thing in view.things.items()}
        for key in sorted(set(shown) | set(self.things)):
            compare(" ".join(key), self.things.get(key, "findes ikke"), shown.get(key, "vises ikke"))
        for (thing, name, number), words in self.tasks.items():
            tasks = view.tasks.get((thing, name), [])
            found = task_words(tasks[number - 1]) if len(tasks) >= number else "vises ikke"
            wanted = "vises ikke" if words == "-" else self.as_of(words, day)
            compare(f"fristen {name} nr. {number} for {thing}", wanted, found)
        for (thing, name), tasks in view.tasks.items():
            for number, task in enumerate(tasks, 1):
                if task["state"] == "overdue" and (thing, name, number) not in self.tasks:
                    compare(f"fristen {name} nr. {number} for {thing}", "ikke overskredet",
                            task_words(task))


def compare(what, wanted, found):
    if wanted != found:
        raise Difference(f"{what}\n    ventet:  {wanted}\n    fundet:  {found}")
