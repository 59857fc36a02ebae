"""IMDB: 50,000 film reviews, each positive or negative, as lists of word ids."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np

from sunhwan.datasets._archive import read_npz
from sunhwan.datasets._files import DataFile
from sunhwan.datasets._ranked_words import WordRows, check_labels, check_numbers, shorter, shuffled

_REVIEWS = DataFile(
    "imdb",
    "imdb.npz",
    "sha256",
    "69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f",
)
_WORDS = DataFile(
    "imdb",
    "imdb_word_index.json",
    "sha256",
    "027313fe9a320280f3bf0fac5baf58c4a683cf39a7ed9c3d3d3912bde4284cf6",
)
_LISTS = ("x_train", "y_train", "x_test", "y_test")
_END_TO_END = (
    "train_ids",
    "train_offsets",
    "train_labels",
    "test_ids",
    "test_offsets",
    "test_labels",
)


def load_data(
    path: str | os.PathLike[str] = "imdb.npz",
    num_words: int | None = None,
    skip_top: int = 0,
    maxlen: int | None = None,
    seed: int | None = 113,
    start_char: int | None = 1,
    oov_char: int | None = 2,
    index_from: int | None = 3,
) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Load 25,000 reviews to train on and 25,000 to test on.

    A review is a list of ids. The id of a word is its rank, 1 for the most frequent, plus
    `index_from`; below that 0 is left for padding, 1 begins each review and 2 stands for words that
    were cut out. ::

        ids = [start_char] + [rank + index_from for rank in review]
        ids = [id if skip_top <= id < num_words else oov_char for id in ids]

    Args:
        path: name of the file in the cache folder, or an absolute path.
        num_words: ids from here on are cut out. By default this is the largest id that occurs, so
            that the rarest word is cut out too, as in Keras.
        skip_top: ids below this are cut out.
        maxlen: keep only reviews that, with `start_char`, have fewer words than this.
        seed: of the shuffle; `None` shuffles differently each time.
        start_char: put in front of each review; `None` for nothing.
        oov_char: put in the place of each word that is cut out; `None` drops these words.
        index_from: added to each rank.

    Returns:
        ``(x_train, y_train), (x_test, y_test)``: `x` an object array of lists, `y` an int64 array,
        1 for a positive review and 0 for a negative one.

        The file of Keras gives Keras's arrays exactly. A file in `SUNHWAN_DATA` may also hold the
        ranks end to end (`train_ids`, `train_offsets`, `train_labels`, and the same for `test`);
        the reviews are then the same, but stand in an order of their own.

    Raises:
        DownloadError: the file is not on this machine and could not be downloaded; the message says
            which file to put where.
        ValueError: the file is damaged, a number is no integer of zero or more, or `maxlen` leaves
            no review.

    Source: Maas et al., "Learning word vectors for sentiment analysis", ACL 2011.

    >>> (x_train, y_train), (x_test, y_test) = load_data(num_words=10000)  # doctest: +SKIP
    >>> len(x_train), len(x_test), max(max(review) for review in x_train)  # doctest: +SKIP
    (25000, 25000, 9999)
    """
    check_numbers(
        seed,
        skip_top,
        num_words=num_words,
        maxlen=maxlen,
        start_char=start_char,
        oov_char=oov_char,
        index_from=index_from,
    )
    random = np.random.RandomState(seed)
    parts = []
    for part in _read(_REVIEWS.fetch(path)):
        rows, labels = shuffled(*part, random)
        parts.append(shorter(rows.numbered(start_char, index_from), labels, maxlen))
    if not num_words:
        num_words = max(int(rows.words.max()) for rows, _ in parts)
    train, test = (
        (rows.limited(num_words, skip_top, oov_char).to_lists(), labels) for rows, labels in parts
    )
    return train, test


def get_word_index(path: str | os.PathLike[str] = "imdb_word_index.json") -> dict[str, int]:
    """Return the rank of each of the 88,584 words; its id in a review is rank + `index_from`.

    Args:
        path: name of the file in the cache folder, or an absolute path.

    Raises:
        DownloadError: the file is not on this machine and could not be downloaded.

    >>> get_word_index()["the"]  # doctest: +SKIP
    1
    """
    return json.loads(_WORDS.fetch(path).read_text(encoding="utf-8"))


def _read(path: Path) -> list[tuple[WordRows, np.ndarray]]:
    arrays = read_npz(path, _END_TO_END, _LISTS)
    parts = []
    for part in ("train", "test"):
        if f"{part}_ids" in arrays:
            rows = WordRows.from_flat(arrays[f"{part}_ids"], arrays[f"{part}_offsets"])
            labels = arrays[f"{part}_labels"]
        else:
            rows, labels = WordRows.from_lists(arrays[f"x_{part}"]), arrays[f"y_{part}"]
        parts.append((rows, check_labels(rows, labels)))
    return parts
