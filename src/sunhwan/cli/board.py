"""`sunhwan board`: show what trainings have recorded."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from sunhwan.cli.argument_types import at_least
from sunhwan.cli.arguments import Parser


def board(arguments: Sequence[str]) -> int:
    """Serve the board that `arguments` mean, until Ctrl-C; returns the exit code.

    Raises:
        SystemExit: after a help text (0), or an error message (2).
    """
    parser = _parser()
    parser.check_options(arguments)
    found = parser.parse_args(list(arguments))
    from sunhwan.board import serve

    if not Path(found.folder).exists():
        print(f"{found.folder} is not there yet: trainings will appear when it is", file=sys.stderr)
    serve(found.folder, port=found.port, host=found.host, browser=found.browser)
    return 0


def _parser() -> Parser:
    parser = Parser(
        prog="sunhwan board",
        usage="sunhwan board [FOLDER] [options]",
        description=(
            "Show in the browser what callbacks.Board records in a folder, while trainings\n"
            "run and afterwards. Ctrl-C ends it."
        ),
        epilog="example:\n  sunhwan board runs",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
        add_help=False,
    )
    add = parser.add_argument
    add("folder", metavar="FOLDER", nargs="?", default="runs",
        help="the folder of the runs (default runs)")  # fmt: skip
    add("--port", metavar="N", type=at_least(0),
        help="default 6116, or the next that is free; 0 takes any")  # fmt: skip
    add("--host", metavar="NAME", default="127.0.0.1",
        help="where to listen; by default on this machine alone")  # fmt: skip
    add("--no-browser", dest="browser", action="store_false", help="do not open the page")
    add("-h", "--help", action="help", help="show this text")
    return parser
