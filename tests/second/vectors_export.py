# SPDX-License-Identifier: EUPL-1.2
"""tests/vectors/export: records, lines, small files and bundles, read, written again, refused."""
import export

UNHEX = bytes.fromhex
LINES = {"signed": export.parse_signatures, "cosignature": export.parse_cosignatures,
         "file": export.parse_manifest}


def _records(report, cases):
    kinds = {number: name for number, name in export.KINDS.items()}
    for case in cases["good"]:
        with report.case("export record", case["name"]):
            data = UNHEX(case["hex"])
            (kind, index, _), = export.parse_records(data)
            report.same((kind, str(index)), (kinds[case["kind"]], case["index"]))
            report.same(export.format_record(case["kind"], index, UNHEX(case["body"])), data)
    for case in cases["rejected"]:
        report.refused("export record", case["name"], case["error"], export.parse_records,
                       UNHEX(case["hex"]))


def _lines(report, name, cases):
    for case in cases["good"]:
        with report.case("export line", case["name"]):
            report.same(len(LINES[name](case["text"].encode() + b"\n")), 1)
    for case in cases["rejected"]:
        report.refused("export line", case["name"], "malformed", LINES[name],
                       case["text"].encode() + b"\n")


def _files(report, files):
    for case in files["about"]["good"]:
        with report.case("about", case["name"]):
            report.same(export.parse_about(case["text"].encode()), case["facts"])
    for case in files["about"]["rejected"]:
        report.refused("about", case["name"], case["error"], export.parse_about,
                       case["text"].encode())
    for case in files["position"]["good"]:
        with report.case("position", case["name"]):
            report.same(export.parse_position(case["text"].encode()),
                        (int(case["size"]), (case["generation"], int(case["lost_index"])),
                         int(case["link"])))
    for case in files["position"]["rejected"]:
        report.refused("position", case["name"], "malformed", export.parse_position,
                       case["text"].encode())
    for case in files["fork"]["good"]:
        with report.case("fork", case["name"]):
            smaller, larger, hashes = export.parse_fork(case["text"].encode())
            report.same((smaller[0], larger[0], len(hashes) - 1 if hashes else 0),
                        (int(case["smaller"]), int(case["larger"]), case["hashes"]))
    for case in files["fork"]["rejected"]:
        report.refused("fork", case["name"], "malformed", export.parse_fork, case["text"].encode())


def run(report, load):
    file = load("export/export.json")
    _records(report, file["records"])
    for name, cases in file["lines"].items():
        _lines(report, name, cases)
    _files(report, file["files"])
    for case in file["bundles"]["good"]:
        with report.case("bundle", case["name"]):
            leaves = export.parse_bundle(UNHEX(case["hex"]))
            report.same([one.hex() for one in leaves], case["leaves"])
    for case in file["bundles"]["rejected"]:
        report.refused("bundle", case["name"], "malformed", export.parse_bundle,
                       UNHEX(case["hex"]))
