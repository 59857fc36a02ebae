"""Reuters: 11,228 newswires, each on one of 46 topics, as lists of word ids."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np

from sunhwan._engine.arguments import check_share
from sunhwan.datasets._archive import read_npz
from sunhwan.datasets._files import DataFile
from sunhwan.datasets._ranked_words import WordRows, check_labels, check_numbers, shorter, shuffled

_NEWSWIRES = DataFile(
    "reuters",
    "reuters.npz",
    "sha256",
    "d6586e694ee56d7a4e65172e12b3e987c03096cb01eab99753921ef915959916",
)
_WORDS = DataFile("reuters", "reuters_word_index.json", "md5", "4d44cc38712099c9e383dc6e5f11a921")

_LABEL_NAMES = tuple(
    """
    cocoa grain veg-oil earn acq wheat copper housing money-supply coffee sugar trade reserves ship
    cotton carcass crude nat-gas cpi money-fx interest gnp meal-feed alum oilseed gold tin
    strategic-metal livestock retail ipi iron-steel rubber heat jobs lei bop zinc orange pet-chem
    dlr gas silver wpi hog lead
    """.split()  # noqa: SIM905, one line for each name otherwise
)


def load_data(
    path: str | os.PathLike[str] = "reuters.npz",
    num_words: int | None = None,
    skip_top: int = 0,
    maxlen: int | None = None,
    test_split: float = 0.2,
    seed: int | None = 113,
    start_char: int | None = 1,
    oov_char: int | None = 2,
    index_from: int | None = 3,
) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Load 8,982 newswires to train on and 2,246 to test on, the same ones as Keras does.

    A newswire is a list of ids. The id of a word is its rank, 1 for the most frequent, plus
    `index_from`; below that 0 is left for padding, 1 begins each newswire and 2 stands for words
    that were cut out. ::

        ids = [start_char] + [rank + index_from for rank in newswire]
        ids = [id if skip_top <= id < num_words else oov_char for id in ids]

    Args:
        path: name of the file in the cache folder, or an absolute path.
        num_words: ids from here on are cut out. By default this is the largest id that occurs, so
            that the rarest word is cut out too, as in Keras.
        skip_top: ids below this are cut out.
        maxlen: keep only newswires that, with `start_char`, have fewer words than this.
        test_split: share of the newswires, from 0 to 1, that is for testing: the last ones after
            the shuffle.
        seed: of the shuffle; `None` shuffles differently each time.
        start_char: put in front of each newswire; `None` for nothing.
        oov_char: put in the place of each word that is cut out; `None` drops these words.
        index_from: added to each rank.

    Returns:
        ``(x_train, y_train), (x_test, y_test)``: `x` an object array of lists, `y` an int64 array
        of topics from 0 to 45.

    Raises:
        DownloadError: the file is not on this machine and could not be downloaded; the message says
            which file to put where.
        ValueError: the file is damaged, a number is out of its range, or `maxlen` leaves no
            newswire.

    Source: Lewis, "Reuters-21578 text categorization test collection", 1997.

    >>> (x_train, y_train), (x_test, y_test) = load_data(num_words=1000)  # doctest: +SKIP
    >>> len(x_train), len(x_test), get_label_names()[y_train[0]]  # doctest: +SKIP
    (8982, 2246, 'earn')
    """
    test_split = check_share("test_split", test_split)
    check_numbers(
        seed,
        skip_top,
        num_words=num_words,
        maxlen=maxlen,
        start_char=start_char,
        oov_char=oov_char,
        index_from=index_from,
    )
    rows, labels = _read(_NEWSWIRES.fetch(path))
    rows, labels = shuffled(rows, labels, np.random.RandomState(seed))
    rows, labels = shorter(rows.numbered(start_char, index_from), labels, maxlen)
    x = rows.limited(num_words or int(rows.words.max()), skip_top, oov_char).to_lists()
    train = int(len(x) * (1 - test_split))
    return (x[:train], labels[:train]), (x[train:], labels[train:])


def get_word_index(path: str | os.PathLike[str] = "reuters_word_index.json") -> dict[str, int]:
    """Return the rank of each of the 30,979 words; its id in a newswire is rank + `index_from`.

    Args:
        path: name of the file in the cache folder, or an absolute path.

    Raises:
        DownloadError: the file is not on this machine and could not be downloaded.

    >>> get_word_index()["the"]  # doctest: +SKIP
    1
    """
    return json.loads(_WORDS.fetch(path).read_text(encoding="utf-8"))


def get_label_names() -> tuple[str, ...]:
    """Return the names of the 46 topics; the topic `y` is called ``get_label_names()[y]``.

    >>> len(get_label_names()), get_label_names()[3]
    (46, 'earn')
    """
    return _LABEL_NAMES


def _read(path: Path) -> tuple[WordRows, np.ndarray]:
    arrays = read_npz(path, ("x_flat", "x_offsets", "y"), ("x", "y"))
    if "x_flat" in arrays:
        rows = WordRows.from_flat(arrays["x_flat"], arrays["x_offsets"])
    else:
        rows = WordRows.from_lists(arrays["x"])
    return rows, check_labels(rows, arrays["y"])
