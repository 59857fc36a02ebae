"""The tasks by name, each in a file of its own that is imported when it is wanted."""

from __future__ import annotations

from importlib import import_module

from sunhwan.cli.task import Task

MODELS = ("SimpleRNN", "LSTM", "GRU", "Conv1D")
RECURRENT = ("SimpleRNN", "LSTM", "GRU")

SUMMARIES = {
    "digits": "1,797 handwritten digits, read row by row",
    "product": "the product of the two marked numbers among a hundred",
    "cosine": "the next value of a half noisy wave",
    "imdb": "whether a film review is positive",
    "reuters": "which of 46 topics a newswire is about",
    "mnist": "70,000 handwritten digits, read row by row",
}
SOURCES = {
    "digits": "comes with the package",
    "imdb": "downloads 17 MB once",
    "reuters": "downloads 2 MB once",
    "mnist": "downloads 11 MB once",
}


def find_task(name: str) -> Task:
    """The task of a name in `SUMMARIES`."""
    return import_module(f"sunhwan.cli.task_{name}").TASK
