# SPDX-License-Identifier: EUPL-1.2
"""tests/vectors/case: headers and contents of every type, and what the strict reader refuses."""
import os

import payload


def run(report, load, root):
    with open(os.path.join(root, "docs/messages.md"), encoding="utf-8") as stream:
        payloads = payload.Payloads(os.path.join(root, "proto/schema"), stream.read())
    for case in load("case/payloads.json")["vectors"]:
        report.judged("payload", case["name"], case["decode"], payloads.decode,
                      bytes.fromhex(case["header"]), bytes.fromhex(case["content"]))
