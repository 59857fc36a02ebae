"""Hyperparameter search: `sunhwan.search`."""

from .result import SearchResult, Trial
from .searching import search

__all__ = ["SearchResult", "Trial", "search"]
