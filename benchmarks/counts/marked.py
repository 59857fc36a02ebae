"""``python -m benchmarks.counts.marked LIBRARY NAME...``: the calls of cases, each counted apart.

Prints for each case by how many steps its two calls differ.
"""

from __future__ import annotations

import ctypes
import gc
import sys

from benchmarks.counts.cases import short_cases
from benchmarks.counts.steps import prepare


def main(requests: str, names: list[str]) -> None:
    """Run the cases under callgrind; `requests` is the library made of requests.cpp."""
    ask = ctypes.CDLL(requests)
    known = {case.name: case for case in short_cases()}
    for name in names:
        calls, steps = prepare(known[name])
        gc.disable()  # it would come at another place each time a line of code is added
        for call in calls:
            ask.count_from_here()
            call()
            ask.write_counts()
        gc.enable()
        print(steps, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
