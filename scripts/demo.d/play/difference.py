# SPDX-License-Identifier: EUPL-1.2
"""What ends a play."""


class Difference(Exception):
    """What was expected is not what is found."""
