# SPDX-License-Identifier: EUPL-1.2
"""A story as it is played: who holds what, and the command of each row."""

import json
import uuid
from datetime import datetime, timedelta

from difference import Difference
from nodes import PATIENCE_SECONDS, pause
from people import PROFILES
from shown import compare
from tables import assignments

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


class Story:
    def __init__(self, nodes, people, minimal):
        self.nodes, self.people, self.minimal = nodes, people, minimal
        self.labels = {}   # ref of a thing: "E1"
        self.events = {}   # "INDS-1": its event_ref
        self.rows = {}     # "1a": {unit: number of the message there}
        self.types = {}    # of a type: need of each field
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
