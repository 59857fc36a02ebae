"""What kind of batch an edge carries, known before any data is there."""

from __future__ import annotations

from typing import NamedTuple


class Form(NamedTuple):
    """Kind of an edge: a dense array, or `Sequences` with or without each of their parts."""

    sequences: bool
    tokens: bool = False
    shared: bool = False
    masked: bool = False
    ragged: bool = False


ARRAY = Form(False)
DENSE = Form(True)
