"""The words of the command line."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from sunhwan.cli.argument_types import at_least, list_of, one_of
from sunhwan.cli.options import Options
from sunhwan.cli.suggestion import unknown
from sunhwan.cli.tasks import MODELS, RECURRENT, SOURCES, SUMMARIES

COMMANDS = {
    "board": "show trainings in the browser, live and afterwards",
    "compare": "train SimpleRNN, LSTM, GRU and Conv1D on one data set and compare them",
}
LENGTHS_OF = "product"  # the data set that can be made in any length


class Parser(argparse.ArgumentParser):
    """A parser that suggests the nearest name for an unknown option."""

    def check_options(self, arguments: Sequence[str]) -> None:
        """Exit with an error message if an argument that looks like an option is none."""
        for word in arguments:
            option = word.partition("=")[0]
            if option.startswith("--") and option not in self._option_string_actions:
                known = [name for name in self._option_string_actions if name.startswith("--")]
                self.error(unknown("option", option, known))


def parse(arguments: Sequence[str]) -> Options | None:
    """The choices that the arguments of `sunhwan` mean; `None` where help is wanted.

    Raises:
        SystemExit: after a help text or the version (0), or an error message (2).
    """
    program = _program()
    command = next((word for word in arguments if not word.startswith("-")), None)
    if command is None or arguments[0] != command:
        program.check_options(arguments)
        program.parse_args(arguments)
        program.print_help()
        return None
    if command not in COMMANDS:
        program.error(unknown("command", command, COMMANDS))
    parser = _compare()
    parser.check_options(arguments[1:])
    found = parser.parse_args(arguments[1:])
    models = found.models or (RECURRENT if found.lengths else MODELS)
    if found.lengths and found.name != LENGTHS_OF:
        parser.error(f"--lengths is for the data set {LENGTHS_OF!r}, got {found.name!r}")
    folder = f"runs/compare-{found.name}{'-lengths' if found.lengths else ''}"
    return Options(**{**vars(found), "models": models, "output": found.output or folder})


def _program() -> Parser:
    commands = "\n".join(f"  {name:10}{words}" for name, words in COMMANDS.items())
    parser = Parser(
        prog="sunhwan",
        usage="sunhwan COMMAND [options]",
        description="Recurrent neural networks, fast on the CPU that you already have.",
        epilog=f"commands:\n{commands}\n\n'sunhwan COMMAND --help' says more about a command.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
        add_help=False,
    )
    parser.add_argument("-h", "--help", action="help", help="show this text")
    parser.add_argument(
        "--version", action=_Version, nargs=0, help="show the version, instruction set and threads"
    )
    return parser


def _compare() -> Parser:
    sources = {name: f" ({SOURCES[name]})" if name in SOURCES else "" for name in SUMMARIES}
    names = "\n".join(f"  {name:10}{words}{sources[name]}" for name, words in SUMMARIES.items())
    parser = Parser(
        prog="sunhwan compare",
        usage="sunhwan compare [NAME] [options]",
        description=(
            "Train SimpleRNN, LSTM, GRU and Conv1D models on one data set. Ends with a\n"
            "table of their scores beside a trivial rival's, and writes the models, the\n"
            "curves as pictures and all numbers (results.json) to a folder. Ctrl-C ends it\n"
            f"and keeps the models that are finished.\n\ndata sets:\n{names}"
        ),
        epilog=(
            "examples:\n"
            "  sunhwan compare\n"
            "  sunhwan compare imdb --models LSTM,Conv1D --epochs 3\n"
            "  sunhwan compare product --lengths 10,25,50,100,200"
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
        add_help=False,
    )
    add = parser.add_argument
    add("name", metavar="NAME", nargs="?", default="digits", type=one_of("data set", SUMMARIES),
        help="the data set (default digits)")  # fmt: skip
    add("--models", metavar="A,B", type=list_of(one_of("model", MODELS)),
        help=f"which models, of {', '.join(MODELS)} (default all)")  # fmt: skip
    add("--lengths", metavar="N,N", type=list_of(at_least(2)),
        help="for product: train at each of these lengths, and show how learning falls as "
        "sequences grow (default models: the recurrent ones)")  # fmt: skip
    add("--epochs", metavar="N", type=at_least(1), help="times that the rows are gone through")
    add("--batch-size", metavar="N", type=at_least(1), help="rows in a step")
    add("--rows", metavar="N", type=at_least(1), help="at most so many rows of each part")
    add("--seed", metavar="N", type=at_least(0), default=0,
        help="the same seed gives the same models (default 0)")  # fmt: skip
    add("--threads", metavar="N", type=at_least(1), help="threads to use (default all processors)")
    add("--output", metavar="FOLDER", help="where the files go (default runs/compare-NAME)")
    add("--no-pictures", dest="pictures", action="store_false", help="draw nothing")
    add("-h", "--help", action="help", help="show this text")
    return parser


class _Version(argparse.Action):
    def __call__(self, parser, namespace, values, option_string=None) -> None:  # noqa: ANN001
        from sunhwan.cli.version import version_line

        print(version_line())
        parser.exit()
