# SPDX-License-Identifier: EUPL-1.2
"""tests/vectors/roster: texts, thresholds, successors."""
import roster
from base import need


def _trusted(roots, data):
    trust = roster.Roots.parse(roots)
    text = roster.Roster.parse(data)
    need(text.federation == trust.federation, "federation", "rule")
    trust.have_signed(data)


def run(report, load):
    file = load("roster/rosters.json")
    for case in file["good"]:
        with report.case("roster", case["name"]):
            value = roster.Roster.parse(case["note"].encode())
            agency = value.by_name[case["agency"]]
            report.same((value.hash.hex(), value.version, len(value.agencies), len(agency.units),
                         value.quorum(agency)),
                        (case["hash"], case["version"], case["agencies"], case["units"],
                         case["quorum"]))
    base = file["base"].splitlines(True)
    for case in file["rejected"]:
        text = "".join(base[:case["before"]]) + case["insert"]
        text += "".join(base[len(base) - case["after"]:])
        report.refused("roster", case["name"], None, roster.Roster.parse, text.encode())
    for case in file["roots"]["good"]:
        with report.case("roots", case["name"]):
            roster.Roots.parse(case["text"].encode())
    for case in file["roots"]["rejected"]:
        report.refused("roots", case["name"], None, roster.Roots.parse, case["text"].encode())
    for case in file["thresholds"]:
        data = case["roots"].encode(), case["note"].encode()
        if case["good"]:
            with report.case("threshold", case["name"]):
                _trusted(*data)
        else:
            report.refused("threshold", case["name"], None, _trusted, *data)
    for case in file["successors"]:
        report.judged("successor", case["name"], case["verdict"], roster.check_successor,
                      case["previous"].encode(), case["next"].encode())
    clients = file["clients"]
    base = roster.Roster.parse(file["base"].encode())
    agency = base.by_name[clients["agency"]]
    for case in clients["good"]:
        with report.case("clients", case["name"]):
            found = roster.parse_clients(case["text"].encode(), agency)
            report.same(len(found), case["clients"])
    for case in clients["rejected"]:
        report.refused("clients", case["name"], None, roster.parse_clients,
                       case["text"].encode(), agency)
