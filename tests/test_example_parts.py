"""The parts of the longer example programs, on made-up data."""

import importlib
from pathlib import Path

import numpy as np
import pytest

import sunhwan as sh
from sunhwan import decode

EXAMPLES = Path(__file__).parent.parent / "examples"


@pytest.fixture
def program(monkeypatch):
    monkeypatch.syspath_prepend(EXAMPLES)
    return importlib.import_module


def test_sentences_are_taken_apart_and_put_together(program):
    translation = program("translation")
    for text in ("l'homme d'hier, un demi-frère.", "who's there? nobody!", "a 2 b"):
        start, *words, stop = translation.words([text])[0]
        assert (start, stop) == (translation.START, translation.STOP)
        known = ["", "[UNK]", *words]
        ids = [translation.UNKNOWN, *range(2, len(known))]
        assert translation.sentence(ids, known) == text


@pytest.mark.parametrize("search", [decode.greedy, decode.beam])
def test_a_translator_learns_numbers(program, search):
    translation = program("translation")
    sh.utils.set_random_seed(0)
    names = {"one": "eins", "two": "zwei", "three": "drei"}
    rng = np.random.default_rng(1)
    english = [" ".join(rng.choice(list(names), rng.integers(1, 4))) for _ in range(64)]
    german = [" ".join(names[word] for word in text.split()) for text in english]
    to_source, to_target = map(translation.vectorizer, (english, german))
    known = to_target.get_vocabulary()
    sizes = {"size": 16, "units": 16, "dropout": 0.0}
    model, *halves = translation.make(to_source.vocabulary_size(), len(known), **sizes)
    model.compile(sh.optimizers.Adam(0.02), "sparse_categorical_crossentropy")
    source, target = to_source(english), to_target(german)
    for _ in range(2):
        translation.train(model, source, target, epochs=40)
    assert translation.translate(*halves, source[:8], known, search) == german[:8]


def test_streams_go_on_from_batch_to_batch(program):
    characters = program("characters")
    rows, steps = characters.STREAMS, characters.STEPS
    ids = np.arange(3 * rows * steps + 17)
    x, y = characters.batches(ids)
    assert x.shape == y.shape == (3 * rows, steps)
    np.testing.assert_array_equal(y, x + 1)
    np.testing.assert_array_equal(x[rows:, 0], y[:-rows, -1])


def test_no_english_sentence_is_on_both_sides(program):
    korean = program("translation_korean")
    pairs = [(f"k{n}", f"e{n // 3}") for n in range(90)]
    learnt, asked = korean.halves(pairs)
    assert len(learnt) + len(asked) == 90
    assert len(asked) == 9
    assert not {english for _, english in learnt} & {english for _, english in asked}
