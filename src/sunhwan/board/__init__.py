"""The board: a page in the browser that shows trainings while they run, and afterwards.

`callbacks.Board(folder)` records a training; `sunhwan board folder`, or `serve(folder)`, shows what
is recorded there. See docs/board.md.
"""

from .launch import Shown, show
from .serving import serve

__all__ = ["Shown", "serve", "show"]
