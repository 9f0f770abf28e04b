# SPDX-License-Identifier: EUPL-1.2
"""The people of a story, each with their own profile of tov."""

import json
import os
import subprocess

from difference import Difference

PROFILES = {
    "krfo/faengsel": "faengsel", "krfo/central": "krfo", "krfo/kif": "kif", "kk/vink": "vink",
    "kk/eki": "eki", "kk/jku": "jku", "kk/ydelse": "ydelse", "kk/folkereg": "folkereg",
    "kk/mentor": "mentor", "kbh-pol/dks": "politi", "aarhus/infohus": "aarhus",
}


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
        done = self.run(f"revisor-{agency}", ("status",))  # of the whole agency
        value = json.loads(done.stdout) if done.stdout else {}
        return value if "sizes" in value else None


def refusal(error):
    words = [error.get("text", "")]
    for finding in error.get("findings") or []:
        if finding.get("kind", "refuses") == "refuses":
            words.append(f"[{finding.get('field')}] {finding.get('reason_da')}")
    return " ".join(words)
