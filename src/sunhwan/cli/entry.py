"""Where the command line begins and ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from sunhwan.cli.arguments import parse

FAILED = 1
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `sunhwan` with `arguments`, default those of the process; returns the exit code.

    Raises:
        SystemExit: after a help text or the version (0), or an unknown word (2).
    """
    try:
        words = sys.argv[1:] if arguments is None else list(arguments)
        if words[:1] == ["board"]:
            from sunhwan.cli.board import board

            return board(words[1:])
        options = parse(words)
        if options is None:
            return 0
        folder = _prepared(options.output)
        _require(options.pictures)
        from sunhwan.cli.compare import compare

        return compare(options, folder)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output is gone; nothing can be said any more, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except (ImportError, OSError, ValueError) as error:
        print(f"sunhwan: {error}", file=sys.stderr)
        return FAILED


def _prepared(output: str) -> Path:
    """The folder, made, and tried: nobody should train for an hour and then be refused."""
    folder = Path(output)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        trial = folder / ".trial"
        trial.touch()
        trial.unlink()
    except OSError as error:
        raise OSError(f"--output {output}: cannot write there: {error.strerror}") from error
    return folder


def _require(pictures: bool) -> None:
    from sunhwan._engine.extras import require

    require("rich.console", "cli")
    if pictures:
        require("matplotlib.figure", "cli")
