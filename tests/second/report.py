# SPDX-License-Identifier: EUPL-1.2
"""Counts what was checked, prints what disagrees."""
import contextlib

from base import Refused


class Disagreement(Exception):
    pass


def plain(value):
    """A decoded record without what is zero, empty or absent, so that two can be compared."""
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items() if v not in (0, b"", "", None, [])}
    if isinstance(value, list):
        return [plain(v) for v in value]
    return value


class Report:
    def __init__(self):
        self.counts, self.failures = {}, []

    @contextlib.contextmanager
    def case(self, group, name):
        """One case that must be accepted."""
        self._count(group, 0)
        try:
            yield
        except (Refused, Disagreement) as error:
            self._fail(group, name, str(error))

    def same(self, got, expected):
        if got != expected:
            raise Disagreement(f"expected {_short(expected)}, got {_short(got)}")

    def refused(self, group, name, code, function, *arguments):
        """One case that must be refused with `code`; None: with any."""
        self._count(group, 1)
        try:
            function(*arguments)
        except Refused as error:
            if code is not None and error.code != code:
                self._fail(group, name, f"expected {code}, got {error}")
        else:
            self._fail(group, name, f"accepted, expected {code or 'a refusal'}")

    def judged(self, group, name, code, function, *arguments):
        """One case with a verdict: "ok", or the code of the refusal."""
        if code != "ok":
            self.refused(group, name, code, function, *arguments)
            return
        with self.case(group, name):
            function(*arguments)

    def _count(self, group, which):
        self.counts.setdefault(group, [0, 0])[which] += 1

    def _fail(self, group, name, why):
        self.failures.append(f"{group}: {name}: {why}")

    def finish(self):
        """Prints the outcome; the exit code."""
        for group, (good, refused) in self.counts.items():
            print(f"{group}: {good} accepted, {refused} refused")
        for line in self.failures:
            print(f"DISAGREES {line}")
        return 1 if self.failures else 0


def _short(value):
    text = value.hex() if isinstance(value, bytes) else repr(value)
    return text if len(text) <= 200 else text[:200] + "..."
