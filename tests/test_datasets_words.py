"""`imdb` and `reuters` from small files, against Keras's rules written out word by word."""

import hashlib
import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sunhwan.datasets import imdb, reuters
from sunhwan.datasets._ranked_words import WordRows


def object_array(lists):
    array = np.empty(len(lists), dtype=object)
    for place, row in enumerate(lists):
        array[place] = row
    return array


def flat(lists):
    offsets = np.cumsum([0, *map(len, lists)])
    return np.array([word for row in lists for word in row], dtype=np.uint32), offsets


def random_texts(seed, count):
    random = np.random.default_rng(seed)
    lengths = random.integers(1, 12, size=count)
    return [random.integers(1, 30, size=length).tolist() for length in lengths]


def shuffled_as_keras(random, texts, labels):
    indices = np.arange(len(texts))
    random.shuffle(indices)
    return [texts[i] for i in indices], [labels[i] for i in indices]


def ids_as_keras(texts, labels, start_char, index_from, maxlen):
    texts = [[rank + (index_from or 0) for rank in text] for text in texts]
    if start_char is not None:
        texts = [[start_char, *text] for text in texts]
    kept = [i for i, text in enumerate(texts) if not maxlen or len(text) < maxlen]
    return [texts[i] for i in kept], [labels[i] for i in kept]


def limited_as_keras(texts, num_words, skip_top, oov_char):
    inside = lambda word: skip_top <= word < num_words  # noqa: E731
    if oov_char is None:
        return [[word for word in text if inside(word)] for text in texts]
    return [[word if inside(word) else oov_char for word in text] for text in texts]


options = st.fixed_dictionaries(
    {},
    optional={
        "num_words": st.none() | st.integers(0, 40),
        "skip_top": st.integers(0, 8),
        "maxlen": st.none() | st.integers(0, 14),
        "seed": st.integers(0, 2**32 - 1),
        "start_char": st.none() | st.integers(0, 5),
        "oov_char": st.none() | st.integers(0, 100),
        "index_from": st.integers(0, 9),
    },
)
DEFAULTS = {
    "num_words": None,
    "skip_top": 0,
    "maxlen": None,
    "seed": 113,
    "start_char": 1,
    "oov_char": 2,
    "index_from": 3,
}
one_folder_for_all = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def assert_same(got, texts, labels):
    x, y = got
    assert x.dtype == object
    assert x.shape == (len(texts),)
    assert x.tolist() == texts
    assert all(type(word) is int for text in x for word in text)
    assert y.dtype == np.int64
    assert y.tolist() == labels


@pytest.mark.parametrize("layout", ["lists", "end to end"])
@one_folder_for_all
@given(given_options=options)
def test_imdb(tmp_path, layout, given_options):
    parts = {"train": random_texts(1, 40), "test": random_texts(2, 33)}
    labels = {part: [len(text) % 2 for text in texts] for part, texts in parts.items()}
    arrays = {}
    for part, texts in parts.items():
        if layout == "lists":
            arrays |= {f"x_{part}": object_array(texts), f"y_{part}": np.array(labels[part])}
        else:
            words, offsets = flat(texts)
            arrays |= {f"{part}_ids": words, f"{part}_offsets": offsets}
            arrays[f"{part}_labels"] = np.array(labels[part], dtype=np.uint8)
    path = tmp_path / "imdb.npz"
    np.savez(path, **arrays)

    chosen = DEFAULTS | given_options
    random = np.random.RandomState(chosen["seed"])
    expected = []
    for part in ("train", "test"):
        texts = shuffled_as_keras(random, parts[part], labels[part])
        numbering = (chosen["start_char"], chosen["index_from"], chosen["maxlen"])
        expected.append(ids_as_keras(*texts, *numbering))
    if not expected[0][0] or not expected[1][0]:
        with pytest.raises(ValueError, match="maxlen must leave some sequences"):
            imdb.load_data(path, **given_options)
        return
    num_words = chosen["num_words"] or max(max(text) for part in expected for text in part[0])
    for got, (texts, own) in zip(imdb.load_data(path, **given_options), expected, strict=True):
        texts = limited_as_keras(texts, num_words, chosen["skip_top"], chosen["oov_char"])  # noqa: PLW2901
        assert_same(got, texts, own)


@pytest.mark.parametrize("layout", ["lists", "end to end"])
@one_folder_for_all
@given(given_options=options, test_split=st.floats(0, 1))
def test_reuters(tmp_path, layout, given_options, test_split):
    texts, labels = random_texts(3, 47), list(range(47))
    path = tmp_path / "reuters.npz"
    if layout == "lists":
        np.savez(path, x=object_array(texts), y=labels)
    else:
        words, offsets = flat(texts)
        np.savez(path, x_flat=words, x_offsets=offsets, y=labels)

    chosen = DEFAULTS | given_options
    texts, labels = shuffled_as_keras(np.random.RandomState(chosen["seed"]), texts, labels)
    numbering = (chosen["start_char"], chosen["index_from"], chosen["maxlen"])
    texts, labels = ids_as_keras(texts, labels, *numbering)
    if not texts:
        with pytest.raises(ValueError, match="maxlen must leave some sequences"):
            reuters.load_data(path, test_split=test_split, **given_options)
        return
    num_words = chosen["num_words"] or max(max(text) for text in texts)
    texts = limited_as_keras(texts, num_words, chosen["skip_top"], chosen["oov_char"])
    train, test = reuters.load_data(path, test_split=test_split, **given_options)
    cut = int(len(texts) * (1 - test_split))
    assert_same(train, texts[:cut], labels[:cut])
    assert_same(test, texts[cut:], labels[cut:])


def test_without_num_words_the_largest_id_is_cut_out_as_in_keras(tmp_path):
    np.savez(tmp_path / "r.npz", x=object_array([[1, 9], [2]]), y=[0, 1])
    (x, _), _ = reuters.load_data(tmp_path / "r.npz", test_split=0.0)
    assert sorted(x.tolist()) == [[1, 4, 2], [1, 5]]


def test_a_seed_of_none_shuffles_differently_each_time(tmp_path):
    np.savez(tmp_path / "r.npz", x=object_array([[n] for n in range(1, 60)]), y=np.arange(59))
    orders = {reuters.load_data(tmp_path / "r.npz", seed=None)[0][1].tobytes() for _ in range(3)}
    assert len(orders) == 3


def test_lists_share_their_integers():
    rows = WordRows.from_lists([[1000, 2000], [2000, 1500] * 600])
    lists = rows.to_lists()
    assert lists[0][1] is lists[1][0]
    assert WordRows.from_lists([[10**12, 5]]).to_lists().tolist() == [[10**12, 5]]
    assert WordRows.from_lists([[], []]).to_lists().tolist() == [[], []]


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"x": np.arange(3)}, "it must hold x_flat, x_offsets, y, or x, y; it holds x"),
        ({"x_flat": [1, 2], "x_offsets": [0, 1], "y": [0]}, r"from 0 to the number of words, 2"),
        ({"x_flat": [1, 2], "x_offsets": [0, 3, 2], "y": [0, 1]}, "offsets must climb from 0"),
        ({"x_flat": [1, 2], "x_offsets": [1, 2], "y": [0]}, "got 1 to 2"),
        ({"x_flat": [[1, 2]], "x_offsets": [0, 1], "y": [0]}, "must have one axis"),
        ({"x_flat": [1, 2], "x_offsets": [0, 2], "y": [0, 1]}, r"1 texts must have .* got \(2,\)"),
        ({"x": object_array([[1]]), "y": [[0]]}, r"1 texts must have .* got \(1, 1\)"),
        ({"x": object_array([["a"]]), "y": [0]}, "texts must be rows of whole numbers"),
        ({"x": object_array([[[1]]]), "y": [0]}, "texts must be rows of whole numbers"),
        ({"x": np.arange(2), "y": [0, 1]}, "texts must be rows of whole numbers"),
        ({"x_flat": [1.5], "x_offsets": [0, 1], "y": [0]}, "must hold whole numbers, got float64"),
        ({"x_flat": [1], "x_offsets": [0.0, 1.0], "y": [0]}, "must hold whole numbers, got float"),
        ({"x_flat": [], "x_offsets": [0], "y": []}, "there is no text in the file"),
    ],
)
def test_files_of_another_form_are_refused(tmp_path, arrays, message):
    if "x_flat" in arrays and arrays["x_flat"] == []:
        arrays = {"x_flat": np.zeros(0, int), "x_offsets": [0], "y": np.zeros(0, int)}
    np.savez(tmp_path / "r.npz", **arrays)
    with pytest.raises(ValueError, match=message):
        reuters.load_data(tmp_path / "r.npz")


@pytest.mark.parametrize("test_split", [-0.1, 1.1])
def test_bad_split(test_split):
    with pytest.raises(
        ValueError, match=f"test_split must be a number from 0 to 1, got {test_split}"
    ):
        reuters.load_data(test_split=test_split)


@pytest.mark.parametrize("module", [imdb, reuters])
def test_word_index(tmp_path, monkeypatch, module):
    monkeypatch.setenv("SUNHWAN_DATA", str(tmp_path))
    name = module.__name__.rpartition(".")[2]
    (tmp_path / name).mkdir()
    content = json.dumps({"the": 1, "café": 2}, ensure_ascii=False)
    (tmp_path / name / f"{name}_word_index.json").write_text(content, encoding="utf-8")
    assert module.get_word_index() == {"the": 1, "café": 2}


def test_reuters_label_names():
    names = reuters.get_label_names()
    assert len(set(names)) == 46
    assert (names[0], names[16], names[45]) == ("cocoa", "crude", "lead")
    # The digest of Keras 3's names, one a line.
    joined = hashlib.sha256("\n".join(names).encode()).hexdigest()
    assert joined == "dfac7b082424f7cc164f5ca6b1891a82bcde30177d45541f76d4230142702337"


@pytest.mark.parametrize("module", [imdb, reuters])
@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("num_words", "1000"),
        ("num_words", 2.5),
        ("skip_top", None),
        ("maxlen", -1),
        ("seed", "a"),
        ("start_char", "<s>"),
        ("index_from", -3),
    ],
)
def test_wrong_numbers_are_named_before_a_file_is_looked_for(module, argument, value):
    with pytest.raises(ValueError, match=f"{argument} must be .*, got {value!r}"):
        module.load_data("there_is_no_such_file.npz", **{argument: value})
