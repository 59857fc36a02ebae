"""A package's process, seen from the program that measures: stopped whenever it is not asked."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.environments import ROOT


class FailedError(Exception):
    """The package raised, or its process died."""


class UnsupportedError(Exception):
    """The package cannot do this; the message says why."""


class Process:
    """A worker of `peers/serve.py`.

    Args:
        name: the package.
        interpreter: its Python.
        threads: how many threads it may use; it is bound to as many processors too, since not
            every package has a setting.
    """

    def __init__(self, name: str, interpreter: Path, threads: int) -> None:
        self.name = name
        counted = ("OMP_NUM_THREADS", "SUNHWAN_NUM_THREADS", "TF_NUM_INTRAOP_THREADS")
        variables = os.environ | {variable: str(threads) for variable in counted}
        variables["PYTHONPATH"] = str(ROOT)
        self.log = tempfile.NamedTemporaryFile("w+", suffix=f"-{name}.log")  # noqa: SIM115
        processors = sorted(os.sched_getaffinity(0))[:threads]
        self.child = subprocess.Popen(
            [str(interpreter), "-m", "benchmarks.peers.serve", name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
            env=variables,
            cwd=ROOT,
        )
        os.sched_setaffinity(self.child.pid, processors)
        self.versions: dict[str, str] = self.ask("hello")

    def ask(self, what: str, **arguments: Any) -> Any:
        """Let the process run, do `what`, and stop it again.

        Raises:
            UnsupportedError: it says that it cannot.
            FailedError: it raised an error, or died.
        """
        if self.child.poll() is not None:
            raise FailedError(f"the process of {self.name} has ended: {self._last_words()}")
        assert self.child.stdin is not None
        assert self.child.stdout is not None
        self.child.send_signal(signal.SIGCONT)
        self.child.stdin.write(json.dumps({"do": what, **arguments}) + "\n")
        self.child.stdin.flush()
        line = self.child.stdout.readline()
        if not line:
            self.child.wait()
            raise FailedError(f"the process of {self.name} died: {self._last_words()}")
        self.child.send_signal(signal.SIGSTOP)
        answer = json.loads(line)
        if "unsupported" in answer:
            raise UnsupportedError(answer["unsupported"])
        if "error" in answer:
            raise FailedError(f"{self.name}: {answer['error']}")
        return answer["ok"]

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self.child.poll() is None

    def close(self) -> None:
        """End it."""
        self.child.kill()
        self.child.wait()
        self.log.close()

    def _last_words(self) -> str:
        self.log.seek(0)
        return "\n".join(self.log.read().splitlines()[-8:])
