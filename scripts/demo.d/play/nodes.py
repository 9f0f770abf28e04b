# SPDX-License-Identifier: EUPL-1.2
"""The nodes of a story: their processes, their clock, and when they are at rest."""

import json
import os
import select
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

from difference import Difference

# They keep everybody's ledger whole; others hold what concerns them.
KEEPERS = ("kk", "kbh-pol", "krfo")
AGENCIES = (*KEEPERS, "aarhus")
PATIENCE_SECONDS = 60


def pause():
    select.select([], [], [], 0.02)


class Nodes:
    def __init__(self, folder, programs):
        self.folder, self.programs, self.running = folder, programs, {}
        self.agencies = [name for name in AGENCIES if os.path.isdir(f"{folder}/nodes/{name}")]
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
