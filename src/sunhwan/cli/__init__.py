"""The command line: `sunhwan`, or `python -m sunhwan`."""

from sunhwan.cli.entry import main

__all__ = ["main"]
