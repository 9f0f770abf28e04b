# SPDX-License-Identifier: EUPL-1.2
"""Reads Tov's formats with code that shares none with Tov.

    check.py ROOT                        every vector of ROOT/tests/vectors
    check.py ROOT --export ROOTS DIR...  exports; copies of the last one are damaged, and refused

Exit code 0: all agree; 1: not. Needs the package cryptography (check.sh looks for it).
"""
import json
import os
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))


def check_vectors(report, root):
    import vectors_case
    import vectors_envelope
    import vectors_export
    import vectors_merkle
    import vectors_roster
    import vectors_wire

    def load(name):
        with open(os.path.join(root, "tests/vectors", name), encoding="utf-8") as stream:
            return json.load(stream)

    vectors_merkle.run(report, load)
    vectors_envelope.run(report, load)
    vectors_wire.run(report, load, os.path.join(root, "proto/schema"))
    vectors_case.run(report, load, root)
    vectors_roster.run(report, load)
    vectors_export.run(report, load)


def check_exports(report, roots_file, folders):
    import damage
    import export

    with open(roots_file, "rb") as stream:
        roots = stream.read()
    for folder in folders:
        with report.case("export", folder):
            export.Export(folder, roots)
    with tempfile.TemporaryDirectory() as work:
        damage.run(report, folders[-1], roots, work)


def main(root, *words):
    from report import Report

    report = Report()
    if words:
        check_exports(report, words[1], words[2:])
    else:
        check_vectors(report, root)
    return report.finish()


if __name__ == "__main__":
    if len(sys.argv) != 2 and (len(sys.argv) < 5 or sys.argv[2] != "--export"):
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
