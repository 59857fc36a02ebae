"""What users hand in as texts, to rows of tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np

from sunhwan.preprocessing.text import TextFunction, join_ngrams, split, standardize


@dataclass(frozen=True)
class Tokenizer:
    """The steps from texts to tokens.

    Args:
        standardize: as `sunhwan.preprocessing.text.standardize` takes it.
        split: as `sunhwan.preprocessing.text.split` takes it; `None` if each string is a token.
        ngrams: sizes of the n-grams that tokens are joined to, or `None`.
        encoding: of texts that come as bytes.

    >>> steps = Tokenizer("lower", "whitespace", (1, 2))
    >>> steps.rows(["The cat"], "x")
    [['the', 'cat', 'the cat']]
    """

    standardize: str | TextFunction | None
    split: str | TextFunction | None
    ngrams: Sequence[int] | None = None
    encoding: str = "utf-8"

    def rows(self, data: Any, name: str) -> list[list[str]]:
        """Return the tokens of each text.

        Args:
            data: one text, or texts of shape ``(N,)`` or ``(N, 1)``; where nothing is split, tokens
                of shape ``(N,)`` or ``(N, k)``, or `N` lists of tokens.
            name: of what `data` is, for errors.

        Raises:
            ValueError: `data` holds something else than texts, or has another shape.
        """
        rows = self._split(data, name) if self.split is not None else self._whole(data, name)
        return rows if self.ngrams is None else join_ngrams(rows, self.ngrams)

    def _split(self, data: Any, name: str) -> list[list[str]]:
        texts = _as_array(data)
        if texts.ndim > 2 or texts.shape[1:] not in ((), (1,)):
            raise ValueError(
                f"{name} must be texts of shape (rows,) or (rows, 1), got shape {texts.shape}"
            )
        assert self.split is not None
        return split(self._standard(texts.reshape(-1).tolist(), name), self.split)

    def _whole(self, data: Any, name: str) -> list[list[str]]:
        tokens = _as_array(data)
        if tokens.ndim > 2:
            raise ValueError(
                f"{name} must be tokens of shape (rows,) or (rows, tokens), got {tokens.shape}"
            )
        rows = tokens.reshape(len(tokens), -1).tolist() if tokens.ndim else [[tokens.item()]]
        if tokens.ndim == 1 and any(_is_list(row) for (row,) in rows):
            rows = [list(row) if _is_list(row) else [row] for (row,) in rows]
        flat = iter(self._standard(list(chain.from_iterable(rows)), name))
        return [[next(flat) for _ in row] for row in rows]

    def _standard(self, texts: list[Any], name: str) -> list[str]:
        return standardize([self._text(text, name) for text in texts], self.standardize)

    def _text(self, text: Any, name: str) -> str:
        if isinstance(text, str):
            return text
        if isinstance(text, bytes):
            return text.decode(self.encoding)
        raise ValueError(f"{name} must hold texts, got {text!r} of type {type(text).__name__}")


def _as_array(data: Any) -> np.ndarray:
    if hasattr(data, "to_numpy"):
        data = data.to_numpy()
    return np.asarray(data, dtype=object)


def _is_list(row: Any) -> bool:
    return isinstance(row, (list, tuple, np.ndarray))
