"""The tokens that are known, and the id of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain, repeat
from pathlib import Path

import numpy as np

MASK, UNKNOWN = "", "[UNK]"


class Vocabulary:
    """Tokens in the order of their ids, behind the special ones.

    Args:
        tokens: the tokens without, or with, the special ones in front.
        masks: whether id 0 is the empty token, for padding; the unknown token follows.
        limit: the most ids there may be, special ones included; `None` for any number.

    Raises:
        ValueError: a token is there twice, or is empty, or there are more than `limit`.

    >>> vocabulary = Vocabulary(["earth", "wind"], masks=True)
    >>> vocabulary.tokens
    ['', '[UNK]', 'earth', 'wind']
    >>> vocabulary.ids(["wind", "fire", ""])
    array([3, 1, 0])
    """

    def __init__(self, tokens: Iterable[str], masks: bool, limit: int | None = None) -> None:
        special = [MASK, UNKNOWN] if masks else [UNKNOWN]
        given = [str(token) for token in tokens]
        self.came_with_special = given[: len(special)] == special
        own = given[len(special) :] if self.came_with_special else given
        self.tokens = special + own
        self.masks = masks
        self.special = len(special)
        twice = [token for token, count in Counter(own).items() if count > 1]
        if twice:
            raise ValueError(f"a vocabulary must hold each token once, got {twice} more than once")
        if MASK in own:
            raise ValueError(
                f"a vocabulary must not hold the empty token, unless it begins with {special}; "
                f"got it at {given.index(MASK)}"
            )
        if limit is not None and len(self.tokens) > limit:
            raise ValueError(
                f"a vocabulary must have at most max_tokens={limit} ids, got {len(self.tokens)} "
                f"with the special ones"
            )
        self._id_of = {token: number for number, token in enumerate(own, self.special)}
        self._id_of[MASK] = 0 if masks else -1

    @classmethod
    def learned(cls, counts: Counter[str], masks: bool, limit: int | None = None) -> Vocabulary:
        """Keep the most frequent tokens; of equally frequent ones the last by code points.

        >>> counts = Counter(["b", "a", "c", "c"])
        >>> Vocabulary.learned(counts, masks=False, limit=3).tokens
        ['[UNK]', 'c', 'b']
        """
        counted = [
            (count, token) for token, count in counts.items() if token not in (MASK, UNKNOWN)
        ]
        tokens = [token for _, token in sorted(counted, reverse=True)]
        special = 2 if masks else 1
        return cls(tokens if limit is None else tokens[: max(0, limit - special)], masks)

    def __len__(self) -> int:
        return len(self.tokens)

    def ids(self, tokens: Sequence[str]) -> np.ndarray:
        """Return the id of each token, int64: of the unknown one for those that are not known.

        The empty token has id 0 where there is a mask, else -1.
        """
        found = map(self._id_of.get, tokens, repeat(self.special - 1))
        return np.fromiter(found, dtype=np.int64, count=len(tokens))


def count_tokens(rows: Iterable[Sequence[str]]) -> Counter[str]:
    """Count the tokens of all rows.

    >>> count_tokens([["a", "b"], ["a"]]) == {"a": 2, "b": 1}
    True
    """
    return Counter(chain.from_iterable(rows))


def count_documents(rows: Iterable[Sequence[str]]) -> Counter[str]:
    """Count in how many rows each token is.

    >>> count_documents([["a", "b", "b"], ["a"]]) == {"a": 2, "b": 1}
    True
    """
    return Counter(chain.from_iterable(set(row) for row in rows))


def read_vocabulary(path: str) -> list[str]:
    """Read a vocabulary from a file with one token a line.

    Raises:
        ValueError: there is no such file.
    """
    if not Path(path).is_file():
        raise ValueError(f"vocabulary must be a list of tokens or a file, and {path!r} is neither")
    lines = Path(path).read_text(encoding="utf-8").split("\n")
    return [line.removesuffix("\r") for line in lines if line.removesuffix("\r")]
