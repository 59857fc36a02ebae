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


def test_captions_say_what_lies_where(program):
    captions = program("captions")
    images = np.arange(1, 11, dtype=np.uint8)[:, None, None] * np.ones((28, 28), np.uint8)
    rng = np.random.default_rng(0)
    pictures, ids = captions.compose(images, np.arange(10), rng, rows=40)
    for picture, caption in zip(pictures, ids, strict=True):
        words = " ".join(captions.WORDS[word] for word in caption).split(" , ")
        assert 2 <= len(words) <= 4
        seen = []
        for number, place in enumerate(captions.PLACES):
            down, across = 32 * (number // 2), 32 * (number % 2)
            found = np.unique(picture[down : down + 32, across : across + 32])
            assert len(found) <= 2
            if found.max() > 0:
                seen.append(f"{captions.DIGITS[round(float(found.max()) * 255) - 1]} {place}")
        assert words == seen
    (_, said), after = next(captions.batches(images, np.arange(10), rng))
    assert said[0][0] == captions.START
    assert after[0][-1] == captions.STOP
    assert list(said[0][1:]) == list(after[0][:-1])


def test_halves_of_the_captions_decode(program):
    captions = program("captions")
    model, encoder, decoder = captions.make()
    states = encoder.predict(np.zeros((3, 64, 64, 1), np.float32), verbose=0)
    found = decode.greedy(decoder, captions.START, captions.STOP, states=states, max_steps=5)
    said = [[captions.START, *words][: len(words)] for words in found]
    scores = model.predict([np.zeros((3, 64, 64, 1)), said], verbose=0)
    for row, words in zip(scores, found, strict=True):
        np.testing.assert_array_equal(row.argmax(axis=-1), words)


def test_films_are_labelled_by_what_they_show(program):
    films = program("moving_digits")
    images = np.arange(1, 11, dtype=np.uint8)[:, None, None] * np.ones((28, 28), np.uint8)
    clips, labels = films.film(images, np.arange(10), np.random.default_rng(0), rows=50)
    shown = np.rint(clips.max(axis=(2, 3, 4)) * 255) - 1
    np.testing.assert_array_equal(shown, labels["digit"])
    corners = np.stack([(clips[..., 0] > 0).any(axis=axis).argmax(axis=-1) for axis in (3, 2)], -1)
    moved = np.diff(corners, axis=1)
    np.testing.assert_array_equal(moved, films.MOVES[labels["way"][:, 1:]])
    assert not labels["way"][:, 0].any()
    assert len(np.unique(labels["way"])) == len(films.WAYS)
    assert (np.diff(labels["digit"], axis=1) != 0).any()


def test_spaces_are_labels_and_come_back(program):
    spacing = program("word_spacing")
    texts = ["아 그 영화 참 좋다", "나는 본다"]
    together, labels = spacing.examples(texts)
    assert together == ["아그영화참좋다", "나는본다"]
    assert labels == [[1, 1, 0, 1, 1, 0, 0], [0, 1, 0, 0]]
    assert spacing.length_of_words(texts[0]) == pytest.approx(1.4)

    class Knows:
        def predict(self, given, verbose):
            return [np.array(labels[together.index(given[0])])[:, None]]

    assert [spacing.spaced(Knows(), text) for text in together] == texts
