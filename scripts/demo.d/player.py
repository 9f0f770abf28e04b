# SPDX-License-Identifier: EUPL-1.2
"""Plays a story of tests/scenarios through the command line, on the story's own dates.

Each row of the story is one message, written by `tov` as the person of its unit. The nodes' clock is
a file that is set forward, at most a week at a time, whenever the nodes are at rest. After each row
every unit is asked by `tov case --json` how it sees its cases; a difference from what the table beside
the story expects ends the play. Run by scripts/demo.
Not for: making keys or configurations (nodes.sh, clerk.sh).
"""

import json
import os
import select
import signal
import subprocess
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

DANISH = ZoneInfo("Europe/Copenhagen")
PROFILES = {
    "krfo/faengsel": "faengsel", "krfo/central": "krfo", "krfo/kif": "kif", "kk/vink": "vink",
    "kk/eki": "eki", "kk/jku": "jku", "kk/ydelse": "ydelse", "kk/folkereg": "folkereg",
    "kk/mentor": "mentor", "kbh-pol/dks": "politi", "aarhus/infohus": "aarhus",
}
# Who is asked how the node of an agency stands.
STATUS = {"kk": "vink", "kbh-pol": "politi", "krfo": "krfo", "aarhus": "aarhus"}
# They keep everybody's ledger whole; others hold what concerns them.
KEEPERS = ("kk", "kbh-pol", "krfo")
THINGS = {"concern": "henvendelse", "case": "sag", "course": "forløb", "episode": "frihedsberøvelse"}
# A message of the first type answers the last one of the others that its unit holds.
ANSWERS = {
    "intervention.accept": ("intervention.refer",), "case.close_answer": ("case.close_propose",),
    "handover.accept": ("handover.offer",), "case.transfer_answer": ("case.transfer",),
    "concern.receipt": ("krfo.concern", "concern.transfer"),
}
# Who offers the transition must cite the admission by which the agency holds it, and the probation
# unit was never sent that: its clerk is of the prison's unit too.
ALSO_OF = {"krfo/kif": "krfo/faengsel"}
# Units that are shown a thing as of the last event that the release channel was told.
RELEASE = ("kk/eki", "kk/jku", "kk/ydelse", "kk/folkereg")
STEP = timedelta(days=1)
PATIENCE_SECONDS = 60


class Difference(Exception):
    """What was expected is not what is found."""


def pause():
    select.select([], [], [], 0.02)


# ---- the nodes ----


class Nodes:
    def __init__(self, folder, programs):
        self.folder, self.programs, self.running = folder, programs, {}
        self.agencies = [name for name in STATUS if os.path.isdir(f"{folder}/nodes/{name}")]
        self.now = None
        self.pool = ThreadPoolExecutor(3)

    def start(self, agency):
        log = open(f"{self.folder}/nodes/{agency}/tovd.log", "ab")
        program = [f"{self.programs}/tovd", "--config", f"{self.folder}/nodes/{agency}/tovd.conf"]
        process = subprocess.Popen(program, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                   start_new_session=True)
        log.close()
        with open(f"{self.folder}/run/{agency}.pid", "w", encoding="ascii") as file:
            file.write(f"{process.pid}\n")
        self.running[agency] = process

    def stop(self, agency, number=signal.SIGTERM):
        """All processes of the node at once when it is killed; else it ends them itself."""
        process = self.running.pop(agency)
        if number == signal.SIGKILL:
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)
        process.wait(PATIENCE_SECONDS)
        while True:
            try:
                os.killpg(process.pid, 0)
            except ProcessLookupError:
                return
            pause()

    def set_clock(self, now):
        path = f"{self.folder}/clock"
        with open(path + ".new", "w", encoding="ascii") as file:
            file.write(now.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z\n"))
        os.rename(path + ".new", path)
        self.now = now

    def is_at_rest(self, status):
        """All of each running node's ledger is signed, and held by each other running node that keeps it; what it
        sent is receipted."""
        clock = self.now.timestamp()
        for agency in self.running:
            one = status[agency]
            if one is None or one["state"] != "serving":
                return False
            if datetime.fromisoformat(one["now"].replace("Z", "+00:00")).timestamp() < clock:
                return False
            if one["sizes"]["ledger"] != one["sizes"]["signed"]:
                return False
            for peer in one["peers"]:
                other = status.get(peer["name"])
                if not other:
                    continue
                if not peer["connected"] or peer["links_sent"] != peer["links_receipted"]:
                    return False
                if agency in KEEPERS and peer["held"] != other["sizes"]["ledger"]:
                    return False
        return True

    def rest(self, ask):
        deadline = datetime.now() + timedelta(seconds=PATIENCE_SECONDS)
        while True:
            names = list(self.running)
            status = dict(zip(names, self.pool.map(ask, names)))
            if self.is_at_rest(status):
                return
            for agency, process in self.running.items():
                if process.poll() is not None:
                    raise Difference(f"noden {agency} er standset med kode {process.returncode}:"
                                     f" se {self.folder}/nodes/{agency}/tovd.log")
            if datetime.now() > deadline:
                raise Difference(f"noderne kom ikke til ro: {json.dumps(status)}")
            pause()


# ---- the people ----


class People:
    def __init__(self, folder, programs):
        self.folder, self.programs = folder, programs
        self.calls = 0

    def run(self, profile, arguments):
        self.calls += 1
        place = f"{self.folder}/people/{profile}"
        environment = {**os.environ, "XDG_CONFIG_HOME": f"{self.folder}/people",
                       "XDG_STATE_HOME": place, "XDG_DATA_HOME": place, "PAGER": "cat"}
        return subprocess.run([f"{self.programs}/tov", *arguments, "--profile", profile, "--json"],
                              capture_output=True, text=True, env=environment, check=False,
                              stdin=subprocess.DEVNULL)

    def ask(self, profile, *arguments):
        done = self.run(profile, arguments)
        try:
            value = json.loads(done.stdout)
        except json.JSONDecodeError:
            value = {"error": {"text": done.stderr.strip() or done.stdout}}
        if "error" in value:
            raise Difference(f"tov {' '.join(arguments)} som {profile}: {refusal(value['error'])}")
        return value

    def status(self, agency):
        done = self.run(STATUS[agency], ("status",))
        value = json.loads(done.stdout) if done.stdout else {}
        return value if "sizes" in value else None


def refusal(error):
    words = [error.get("text", "")]
    for finding in error.get("findings") or []:
        if finding.get("kind", "refuses") == "refuses":
            words.append(f"[{finding.get('field')}] {finding.get('reason_da')}")
    return " ".join(words)


# ---- tables ----


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


# ---- what a unit is shown ----

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


# ---- the story ----


class Story:
    def __init__(self, nodes, people, minimal):
        self.nodes, self.people, self.minimal = nodes, people, minimal
        self.labels = {}   # ref of a thing: "E1"
        self.events = {}   # "INDS-1": its event_ref
        self.rows = {}     # "1a": {unit: number of the message there}
        self.types = {}    # type: need of each field
        self.told = {}     # (unit, "E1"): number of a message about it that the unit holds
        self.numbers = {}  # unit: numbers of all messages that it holds
        self.of_event = {}  # "INDS-1": rows
        self.headers = {}  # (unit, row): the message's header as that unit is shown it
        self.about = {}    # row: labels of the things that it names
        self.last = {}     # (unit, type): number of the newest
        self.pending = []  # messages that somebody who is away has not got yet
        self.type_of = {}

    def needs(self, kind):
        if kind not in self.types:
            fields = self.people.ask("krfo", "types", kind)["type"]["fields"]
            self.types[kind] = {field["path"].partition(".")[2]: field["need"] for field in fields}
        return self.types[kind]

    def held(self, unit, names):
        """The number at UNIT of the first of the messages NAMES (rows, or events) that it holds."""
        rows = self.of_event.get(names, [names])
        for own in (unit, ALSO_OF.get(unit)):
            for row in rows:
                if own in self.rows.get(row, {}):
                    return self.rows[row][own]
        return None

    # -- writing --

    def field_options(self, row):
        minimal = self.minimal[row["type"]]
        fields = {name: value for name, value in assignments(minimal["fields"]).items()
                  if not name.endswith("_ref")}  # things of the minimal message, not of the story
        fields.update(row["fields"])
        is_minimal = row["to"] in ("kk/ydelse", "kk/folkereg")
        options = []
        for name, value in fields.items():
            if name in ("event", "cites", "start"):
                continue
            need = self.needs(row["type"]).get(
                ".".join(part for part in name.split(".") if not part.isdigit()), "")
            if is_minimal and "minimal" in need:
                continue
            for one in value.split("+"):
                if name.endswith("_ref"):
                    one = self.ref_of(one)
                if one == "-1h":
                    one = (row["at"] - timedelta(hours=1)).strftime("%Y-%m-%d %H:%M")
                options += ["--set", f"{name}={one}"]
        return options

    def ref_of(self, label):
        """Of a thing that has none yet: a new one."""
        if label not in self.labels.values():
            self.labels[uuid.uuid4().hex] = label
        return next(ref for ref, one in self.labels.items() if one == label)

    def person_options(self, row):
        who, options = self.minimal[row["type"]]["who"], []
        if who in ("all", "why"):
            options += ["--set", "purpose=loesladelse", "--set",
                        "necessity=Modtageren skal kunne løse sin del af opgaven."]
        if who in ("all", "name"):
            options += ["--set", "subject.name=Magnus Prøvesen", "--set",
                        "subject.number_kind=erstatningspersonnummer", "--set",
                        "subject.number=720493-0151"]
        return options

    def about_options(self, row):
        options = []
        for thing in row["about"].split():
            kind, _, label = thing.partition(":")
            number = self.told.get((row["from"], label))
            options += ["--about", THINGS[kind] + ("" if number is None else f"={number}")]
            if number is None and label in self.labels.values():
                options[-1] = f"{THINGS[kind]}={self.ref_of(label)}"  # heard of, not by a message
        return options

    def event_options(self, row):
        event = row["fields"].get("event")
        if event not in self.events:
            return []
        number = self.held(row["from"], event)
        if number is not None:
            return ["--same-event", str(number)]
        return ["--set", f"header.event_ref={self.events[event]}"]  # told by a colleague

    def command(self, row):
        """`send`, or `reply` where it answers or signs second."""
        cited = row["fields"].get("cites")
        number = None if cited is None else self.held(row["from"], cited)
        if cited is not None and number is None:
            raise Difference(f"{row['from']} har ingen besked, der svarer til {cited}")
        if cited is not None and self.kind(cited) == row["type"]:
            return ["reply", str(number), row["type"]]
        if row["type"] in ANSWERS:
            answered = max(self.last.get((row["from"], kind), 0) for kind in ANSWERS[row["type"]])
            return ["reply", str(answered), row["type"]]
        return ["send", row["type"]] + ([] if cited is None else ["--cites", str(number)])

    def kind(self, cited):
        return self.type_of[self.of_event.get(cited, [cited])[0]]

    def write(self, row):
        task = "=Har opgaven efter aftalen" if self.minimal[row["type"]]["who"] in ("all", "why") else ""
        arguments = self.command(row) + ["--from", row["from"]]
        for unit in row["to"].split():
            arguments += ["--to", unit + task]
        for basis in row["bases"].split():
            arguments += ["--set", f"legal_bases={basis}"]
        arguments += self.about_options(row) + self.event_options(row)
        arguments += self.person_options(row) + self.field_options(row) + ["--yes"]
        sent = self.people.ask(PROFILES[row["from"]], *arguments)["sent"]
        return sent["number"], sent["message_id"]

    # -- reading --

    def find(self, unit, message_id):
        listed = self.people.ask(PROFILES[unit], "list", "--unit", unit, "--limit", "8")
        for message in listed["messages"]:
            if message["header"].get("message_id") == message_id:
                return message
        return None

    def arrives(self, row, unit, message_id):
        """Who was away for weeks holds it before its keys are sent anew: so it is waited for."""
        deadline = datetime.now() + timedelta(seconds=PATIENCE_SECONDS)
        while (message := self.find(unit, message_id)) is None:
            if datetime.now() > deadline:
                raise Difference(f"{row['row']} kom ikke frem til {unit}")
            pause()
        facts = message["message"]
        if not facts["outgoing"] and facts["verdict"] != "opened":
            raise Difference(f"{row['row']} hos {unit}: {facts['verdict']}")
        self.take(row, unit, message)

    def take(self, row, unit, message):
        number = message["message"]["number"]
        header = message["header"]
        self.rows[row["row"]][unit] = number
        self.headers[unit, row["row"]] = header
        self.numbers.setdefault(unit, []).append(number)
        self.last[unit, row["type"]] = number
        for thing in row["about"].split():
            kind, _, label = thing.partition(":")
            self.labels[header["about"][f"{kind}_ref"]] = label
            self.told.setdefault((unit, label), number)
        event = row["fields"].get("event")
        if event is not None:
            self.events.setdefault(event, header["event_ref"])
            compare(f"hændelsen i {row['row']}", self.events[event], header["event_ref"])
        if (len(header.get("start", [])) > 0) != ("start" in row["fields"]):
            compare(f"udgangspunkt i {row['row']}", row["fields"].get("start", "nej"),
                    json.dumps(header.get("start", [])))

    def refused(self, row, words):
        """The node takes no such message, and says why; nothing of it is written."""
        try:
            number, _ = self.write(row)
        except Difference as difference:
            if words in str(difference):
                return
            raise
        compare(row["row"], f"afvist: {words}", f"sendt som nr. {number}")

    def play(self, row):
        self.rows[row["row"]] = {}
        self.about[row["row"]] = [thing.partition(":")[2] for thing in row["about"].split()]
        self.about[row["row"]] += [label for name, label in row["fields"].items()
                                   if name.endswith("_ref")]
        self.type_of[row["row"]] = row["type"]
        if "event" in row["fields"]:
            self.of_event.setdefault(row["fields"]["event"], []).append(row["row"])
        number, message_id = self.write(row)
        self.nodes.rest(self.people.status)
        for unit in [row["from"], *row["to"].split()]:
            if unit.split("/")[0] in self.nodes.running:
                self.arrives(row, unit, message_id)
            else:
                self.pending.append((row, unit, message_id))
        return number

    def come_back(self, agency):
        """The node is there again: what was sent meanwhile must have come."""
        waiting, self.pending = self.pending, []
        for row, unit, message_id in waiting:
            if unit.split("/")[0] == agency:
                self.arrives(row, unit, message_id)
            else:
                self.pending.append((row, unit, message_id))


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


# ---- the end ----


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
