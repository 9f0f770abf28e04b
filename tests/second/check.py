#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""check.py ROOT: reads every vector of ROOT/tests/vectors with this package.

Exit code 0: all agree; 1: not; 77: python3-cryptography is absent (in CI: 1).
"""
import importlib.util
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))


def main(root):
    if importlib.util.find_spec("cryptography") is None:
        print("second_implementation needs the package python3-cryptography")
        return 1 if os.environ.get("CI") == "true" else 77
    import vectors_case
    import vectors_envelope
    import vectors_export
    import vectors_merkle
    import vectors_roster
    import vectors_wire
    from report import Report

    def load(name):
        with open(os.path.join(root, "tests/vectors", name), encoding="utf-8") as stream:
            return json.load(stream)

    report = Report()
    schema = os.path.join(root, "proto/schema")
    vectors_merkle.run(report, load)
    vectors_envelope.run(report, load)
    vectors_wire.run(report, load, schema)
    vectors_case.run(report, load, root)
    vectors_roster.run(report, load)
    vectors_export.run(report, load)
    return report.finish()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
