"""The real files of `SUNHWAN_DATA`, where they are: known counts, splits and first words."""

import doctest
import hashlib
import os
from pathlib import Path

import numpy as np
import pytest

from sunhwan.datasets import imdb, mnist, reuters

FOLDER = Path(os.environ.get("SUNHWAN_DATA") or "nowhere")


def needs(name):
    return pytest.mark.skipif(not (FOLDER / name).exists(), reason=f"SUNHWAN_DATA has no {name}")


@needs("imdb/imdb.npz")
def test_imdb():
    (x, y), (u, v) = imdb.load_data(num_words=10000)
    assert len(x) == len(y) == len(u) == len(v) == 25000
    assert (y.sum(), v.sum()) == (12500, 12500)
    assert all(review[0] == 1 for review in x)
    assert max(max(review) for review in x) == 9999
    assert {0, 3}.isdisjoint(set().union(*map(set, x)))
    # As published of Keras's own arrays: the mean of all lengths, and the first two reviews.
    assert round(np.mean([len(review) for review in [*x, *u]]), 2) == 234.76
    for length, label, words in (
        (218, 1, [1, 14, 22, 16, 43, 530, 973, 1622, 1385, 65, 458, 4468, 66, 3941, 4, 173]),
        (189, 0, [1, 194, 1153, 194, 8255, 78, 228, 5, 6, 1463, 4369, 5012, 134, 26, 4, 715]),
    ):
        found = [n for n, review in enumerate(x) if review[: len(words)] == words]
        assert [(len(x[n]), y[n]) for n in found] == [(length, label)]
    assert 0.4 < y[:1000].mean() < 0.6  # shuffled


@needs("imdb/imdb_word_index.json")
def test_imdb_words():
    index = imdb.get_word_index()
    assert len(index) == 88584
    assert (index["the"], index["movie"], index["fawn"]) == (1, 17, 34701)
    content = (FOLDER / "imdb" / "imdb_word_index.json").read_bytes()
    assert hashlib.md5(content).hexdigest() == "bfafd718b763782e994055a2d397834f"  # Keras's own
    assert imdb._WORDS.is_copy(FOLDER / "imdb" / "imdb_word_index.json")


@needs("imdb/imdb.npz")
@needs("imdb/imdb_word_index.json")
def test_a_review_decodes():
    word_of = {rank + 3: word for word, rank in imdb.get_word_index().items()}
    (x, _), _ = imdb.load_data()
    shown = {" ".join(word_of[word] for word in review[1:9]) for review in x}
    assert "this film was just brilliant casting location scenery" in shown


@needs("reuters/reuters.npz")
def test_reuters_has_keras_s_split():
    (x, y), (u, v) = reuters.load_data(num_words=10000)
    assert (len(x), len(u)) == (8982, 2246)
    # What the documentation of Keras and its textbooks print of this data set.
    assert y[:10].tolist() == [3, 4, 3, 4, 4, 4, 4, 3, 3, 16]
    assert x[0][:10] == [1, 2, 2, 8, 43, 10, 447, 5, 25, 207]
    assert v[:3].tolist() == [3, 10, 1]
    assert np.bincount(y)[3] == 3159
    assert len(np.unique(y)) == 46


@needs("reuters/reuters.npz")
@needs("reuters/reuters_word_index.json")
def test_reuters_decodes():
    word_of = {rank + 3: word for word, rank in reuters.get_word_index().items()}
    (x, _), _ = reuters.load_data(num_words=10000)
    shown = " ".join(word_of.get(word, "?") for word in x[0])
    assert shown.startswith("? ? ? said as a result of its december acquisition of space co")


@needs("mnist/train-images-idx3-ubyte.gz")
def test_mnist():
    (x, y), (u, v) = mnist.load_data()
    assert (x.shape, y.shape) == ((60000, 28, 28), (60000,))
    assert (u.shape, v.shape) == ((10000, 28, 28), (10000,))
    assert y[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert v[:5].tolist() == [7, 2, 1, 0, 4]
    assert round(float(x.mean() / 255), 4) == 0.1307  # the known mean and deviation
    assert round(float((x / 255).std()), 4) == 0.3081


@needs("imdb/imdb.npz")
@needs("reuters/reuters.npz")
@needs("mnist/train-images-idx3-ubyte.gz")
@pytest.mark.parametrize("module", [imdb, reuters, mnist])
def test_the_examples_that_need_files_run(module):
    ran = 0
    for test in doctest.DocTestFinder().find(module):
        for example in test.examples:
            example.options.pop(doctest.SKIP, None)
        failed, count = doctest.DocTestRunner().run(test)
        assert failed == 0
        ran += count
    assert ran >= 2
