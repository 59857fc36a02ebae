"""`TextVectorization` against Keras's recorded numbers, hand-worked cases, and bad input."""

import json
from pathlib import Path

import numpy as np
import pytest

from sunhwan._engine.config import serialize
from sunhwan._engine.custom_objects import custom_object_scope, register_keras_serializable
from sunhwan.layers import TextVectorization, deserialize

RECORDED = json.loads(
    (Path(__file__).parent / "golden" / "fixtures" / "text_vectorization.json").read_text()
)
TF_IDF_TOLERANCE = 1e-6  # the record has six decimals
TEXTS = ["the cat sat", "the cat", "the"]


def adapted(texts=TEXTS, **arguments):
    layer = TextVectorization(**arguments)
    layer.adapt(texts)
    return layer


@pytest.mark.parametrize("case", RECORDED["cases"], ids=lambda case: str(case["arguments"]))
def test_as_keras(case):
    layer = adapted(RECORDED["learn"], **case["arguments"])
    assert layer.get_vocabulary() == case["vocabulary"]
    assert layer.vocabulary_size() == case["size"]
    output = layer(RECORDED["read"])
    assert str(output.dtype) == case["dtype"]
    assert output.shape == np.shape(case["output"])
    np.testing.assert_allclose(output, case["output"], rtol=0, atol=TF_IDF_TOLERANCE)


@pytest.mark.parametrize("case", RECORDED["cases"], ids=lambda case: str(case["arguments"]))
def test_a_config_holds_all_that_was_learned(case):
    layer = adapted(RECORDED["learn"], **case["arguments"])
    again = deserialize(json.loads(json.dumps(serialize(layer))))
    np.testing.assert_array_equal(again(RECORDED["read"]), layer(RECORDED["read"]))
    assert again.get_config() == layer.get_config()
    assert again.name == layer.name


def test_shapes_and_kinds_of_input_agree():
    layer = adapted()
    expected = [[2, 3], [1, 0]]
    for texts in (
        ["the cat", "dog"],
        ("the cat", "dog"),
        [["the cat"], ["dog"]],
        np.array(["the cat", "dog"]),
        np.array([["the cat"], ["dog"]]),
        np.array(["the cat", "dog"], dtype=object),
        [b"the cat", b"dog"],
        np.array([b"the cat", b"dog"]),
        FakeSeries(["the cat", "dog"]),
    ):
        assert layer(texts).tolist() == expected
    assert layer("the cat").tolist() == [2, 3]
    assert layer([]).shape == (0, 0)


class FakeSeries:
    def __init__(self, texts):
        self.texts = texts

    def to_numpy(self):
        return np.array(self.texts, dtype=object)


def test_texts_in_another_encoding():
    layer = adapted(["달 별", "달"], encoding="euc-kr")
    assert layer(["별 달".encode("euc-kr")]).tolist() == [[3, 2]]


def test_ragged_output():
    layer = adapted(ragged=True)
    rows = layer(["the cat sat", "", "dog the"])
    assert [row.tolist() for row in rows] == [[2, 3, 4], [], [1, 2]]
    assert all(row.dtype == np.int64 for row in rows)
    layer = adapted(ragged=True, output_sequence_length=2)
    assert [row.tolist() for row in layer(["the cat sat", "", "dog"])] == [[2, 3], [], [1]]
    assert layer("the cat sat").tolist() == [2, 3]


def test_tokens_that_are_not_split():
    layer = adapted([["a b", "c"], ["a b", "d"]], split=None, standardize=None)
    assert layer.get_vocabulary() == ["", "[UNK]", "a b", "d", "c"]
    assert layer([["a b", "z"], ["c", ""]]).tolist() == [[2, 1], [4, 0]]
    assert layer([["a b"], ["c", "d"]]).tolist() == [[2, 0], [4, 3]]
    assert layer(["a b", "z"]).tolist() == [[2], [1]]
    assert layer("a b").tolist() == [2]
    counted = adapted([["a"], ["b"]], split=None, output_mode="count")
    assert counted.get_vocabulary() == ["[UNK]", "b", "a"]
    assert counted([["a", "a", ""], ["b", "z", "y"]]).tolist() == [[0, 0, 2], [2, 1, 0]]


def test_functions_of_the_user():
    layer = adapted(
        ["École|ÉCOLE|à"], standardize=np.char.lower, split=lambda t: np.char.split(t, "|")
    )
    assert layer.get_vocabulary() == ["", "[UNK]", "école", "à"]
    assert layer(["À|École"]).tolist() == [[3, 2]]


def upper(texts):
    return np.char.upper(texts)


def test_functions_are_found_again_by_name():
    layer = adapted(standardize=upper)
    config = json.loads(json.dumps(serialize(layer)))
    with pytest.raises(ValueError, match="the function 'upper' of a TextVectorization is not"):
        deserialize(config)
    again = deserialize(config, custom_objects={"upper": upper})
    assert again.get_vocabulary() == ["", "[UNK]", "THE", "CAT", "SAT"]
    assert again(["cat"]).tolist() == [[3]]
    with custom_object_scope({"upper": upper}):
        assert deserialize(config)(["cat"]).tolist() == [[3]]
    registered = register_keras_serializable("texts")(swapped)
    config = json.loads(json.dumps(serialize(adapted(standardize=registered))))
    assert deserialize(config)(["cat"]).tolist() == [[3]]


def swapped(texts):
    return np.char.swapcase(texts)


def test_adapt_reads_batches_and_forgets_what_was_before():
    layer = TextVectorization()
    layer.adapt(iter([["b b"], ["a"], ["z z z"]]), steps=2)
    assert layer.get_vocabulary() == ["", "[UNK]", "b", "a"]
    layer.adapt(["c"])
    assert layer.get_vocabulary() == ["", "[UNK]", "c"]
    layer.adapt(["", " "])
    assert layer.get_vocabulary() == ["", "[UNK]"]
    assert layer(["c"]).tolist() == [[1]]
    in_batches = TextVectorization(output_mode="tf_idf")
    in_batches.adapt(iter([["a b"], ["a"]]))
    at_once = adapted(["a b", "a"], output_mode="tf_idf")
    assert in_batches.idf_weights == at_once.idf_weights
    empty = adapted([""], output_mode="tf_idf")
    assert empty(["a"]).tolist() == [[0.0]]


def test_vocabularies_that_are_given(tmp_path):
    layer = TextVectorization(vocabulary=["earth", "wind"])
    assert layer.get_vocabulary() == ["", "[UNK]", "earth", "wind"]
    assert layer.get_vocabulary(include_special_tokens=False) == ["earth", "wind"]
    assert layer.vocabulary_size() == 4
    layer.set_vocabulary(np.array(["", "[UNK]", "fire"]))
    assert layer(["Fire! earth"]).tolist() == [[2, 1]]
    (tmp_path / "words.txt").write_bytes("땅\r\n바람\n".encode())
    layer.set_vocabulary(str(tmp_path / "words.txt"))
    assert layer.get_vocabulary() == ["", "[UNK]", "땅", "바람"]
    layer.adapt(["learned"])
    assert layer(["learned"]).tolist() == [[2]]
    weighted = TextVectorization(
        vocabulary=["a", "b"], idf_weights=[0.5, 0.25], output_mode="tf_idf"
    )
    assert weighted(["a a b z"]).tolist() == [[0.375, 1.0, 0.25]]
    weighted.set_vocabulary(["[UNK]", "a"], [4.0, 0.5])
    assert weighted(["a z"]).tolist() == [[4.0, 0.5]]


def test_before_there_is_a_vocabulary():
    layer = TextVectorization()
    assert layer.get_vocabulary() == ["", "[UNK]"]
    assert TextVectorization(output_mode="count").get_vocabulary() == ["[UNK]"]
    assert layer.get_config()["vocabulary"] is None
    with pytest.raises(ValueError, match=r"has no vocabulary yet: call adapt on texts"):
        layer(["a"])


def test_output_shapes():
    assert adapted().compute_output_shape((None,)) == (None, None)
    assert adapted(output_sequence_length=7).compute_output_shape((None, 1)) == (None, 7)
    assert adapted(ragged=True, output_sequence_length=7).compute_output_shape((3,)) == (3, None)
    assert adapted(output_mode="count").compute_output_shape((None,)) == (None, 4)
    wide = adapted(output_mode="count", max_tokens=9, pad_to_max_tokens=True)
    assert wide.compute_output_shape((None,)) == (None, 9)
    assert adapted().weights == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"standardize": "upper"}, "standardize must be 'lower_and_strip_punctuation', .* 'upper'"),
        ({"split": 3}, "split must be 'whitespace', 'character', a function or None, got 3"),
        ({"output_mode": "one"}, "output_mode must be one of .* got 'one'"),
        ({"max_tokens": 1}, "max_tokens must be an integer of 2 or more, got 1"),
        ({"ngrams": 0}, "ngrams must be a positive integer, got 0"),
        ({"ngrams": (1, 2.0)}, "ngrams must be a positive integer, got 2.0"),
        ({"output_sequence_length": 2.5}, "output_sequence_length must be a positive integer"),
        ({"output_sequence_length": 2, "output_mode": "count"}, "need output_mode='int'"),
        ({"ragged": True, "output_mode": "count"}, "need output_mode='int', got 'count'"),
        ({"pad_to_max_tokens": True}, "pad_to_max_tokens needs max_tokens"),
        ({"sparse": True}, "sparse must be false"),
        ({"vocabulary": []}, "must not be empty"),
        ({"vocabulary": ["a", "b", "a"]}, r"each token once, got \['a'\] more than once"),
        ({"vocabulary": ["a", ""]}, "must not hold the empty token, .* got it at 1"),
        ({"vocabulary": ["a", "b"], "max_tokens": 3}, "at most max_tokens=3 ids, got 4"),
        ({"vocabulary": "no/such/file"}, "'no/such/file' is neither"),
        (
            {"vocabulary": ["a"], "idf_weights": [1.0]},
            "output_mode='tf_idf', and only then; got so",
        ),
        ({"vocabulary": ["a"], "output_mode": "tf_idf"}, "and only then; got none for 'tf_idf'"),
        ({"idf_weights": [1.0], "output_mode": "tf_idf"}, "must come with a vocabulary"),
        (
            {"vocabulary": ["a"], "idf_weights": [1.0, 2.0], "output_mode": "tf_idf"},
            r"one for each token, \(1,\), got shape \(2,\)",
        ),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        TextVectorization(**arguments)


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ([1, 2], r"input of layer '.*' must hold texts, got 1 of type int"),
        (["a", float("nan")], "must hold texts, got nan of type float"),
        (["a", None], "must hold texts, got None of type NoneType"),
        ([["a", "b"], ["c", "d"]], r"must be texts of shape \(rows,\) or \(rows, 1\), .*\(2, 2\)"),
        ([["a"], ["c", "d"]], r"must hold texts, got \['a'\] of type list"),
    ],
)
def test_bad_inputs(inputs, message):
    with pytest.raises(ValueError, match=message):
        adapted()(inputs)


def test_bad_functions_and_empty_data():
    with pytest.raises(
        ValueError, match="standardize must return as many texts as it gets, 3, got"
    ):
        adapted(standardize=lambda texts: texts[:1])
    with pytest.raises(
        ValueError, match="split must return as many lists as it gets texts, 3, got"
    ):
        adapted(split=lambda texts: [["a"]])
    with pytest.raises(ValueError, match="must be adapted to some texts, got none"):
        TextVectorization().adapt([])
    with pytest.raises(ValueError, match=r"must be tokens of shape \(rows,\) or \(rows, tokens\)"):
        adapted(np.zeros((1, 1, 1), str), split=None)


def test_in_the_place_of_numbers_it_says_so():
    with pytest.raises(TypeError, match="reads texts, not numbers: put it first in the model"):
        adapted().forward(np.zeros((2, 3), np.float32), None)


def test_a_config_opens_no_file():
    config = {**TextVectorization().get_config(), "vocabulary": "/etc/hostname"}
    with pytest.raises(ValueError, match="must be a list of tokens, got the path '/etc/hostname'"):
        TextVectorization.from_config(config)
