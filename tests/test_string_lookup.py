"""StringLookup: ids of strings and strings of ids, by itself and in a model."""

import numpy as np
import pytest

import sunhwan as sh
from sunhwan import layers


def test_ids_and_back():
    words = ["해", "달", "sun"]
    lookup = layers.StringLookup(vocabulary=words)
    assert lookup.get_vocabulary() == ["[UNK]", *words]
    assert lookup.get_vocabulary(include_special_tokens=False) == words
    ids = lookup(np.array([["달", "sun"], ["star", "해"]]))
    np.testing.assert_array_equal(ids, [[2, 3], [0, 1]])
    back = layers.StringLookup(vocabulary=lookup.get_vocabulary(), invert=True)
    assert back(ids).tolist() == [["달", "sun"], ["[UNK]", "해"]]
    assert (lookup("달"), back(3), back(99)) == (2, "sun", "[UNK]")
    assert lookup([b"sun", "sun"]).tolist() == [3, 3]


def test_masks_and_no_unknown_ones():
    lookup = layers.StringLookup(vocabulary=["a", "b"], mask_token="")
    assert lookup(["", "b", "c"]).tolist() == [0, 3, 1]
    strict = layers.StringLookup(vocabulary=["a", "b"], num_oov_indices=0, name="strict")
    assert strict(["b", "a"]).tolist() == [1, 0]
    with pytest.raises(ValueError, match=r"'strict' must get strings of its vocabulary .* 'c'"):
        strict(["c"])


def test_learned_as_in_keras():
    lookup = layers.StringLookup(max_tokens=3)
    lookup.adapt([["b", "a", "c"], ["b", "c", "[UNK]"]])
    assert lookup.get_vocabulary() == ["[UNK]", "c", "b"]
    lookup.adapt(iter([np.array(["x"]), np.array(["y", "y"])]))
    assert lookup.get_vocabulary() == ["[UNK]", "y", "x"]
    assert lookup.vocabulary_size() == 3


def test_it_begins_a_model_and_is_saved(tmp_path):
    sh.utils.set_random_seed(0)
    letters = np.array([list(word) for word in ("seoul", "busan", "daegu", "jejus")])
    lookup = layers.StringLookup(mask_token="")
    lookup.adapt(letters)
    model = sh.Sequential(
        [lookup, layers.Embedding(lookup.vocabulary_size(), 3), layers.GRU(3), layers.Dense(1)]
    )
    model.compile("adam", "mse")
    model.fit(letters, np.ones(4), epochs=2, verbose=0, doctor=False)
    model.save(tmp_path / "model.safetensors")
    again = sh.load_model(tmp_path / "model.safetensors")
    np.testing.assert_array_equal(again.predict(letters), model.predict(letters))


@pytest.mark.parametrize(
    ("cause", "message"),
    [
        (lambda: layers.StringLookup(num_oov_indices=2), "num_oov_indices must be 0 or 1, got 2"),
        (lambda: layers.StringLookup(output_mode="one_hot"), "output_mode must be 'int'"),
        (lambda: layers.StringLookup(vocabulary=["a", "a"]), "each string once, got .'a'. more"),
        (lambda: layers.StringLookup(vocabulary=[]), "each string once, got none"),
        (lambda: layers.StringLookup(2, vocabulary=["a", "b"]), "at most max_tokens=2 ids, got 3"),
        (lambda: layers.StringLookup(name="l")(["a"]), "'l' has no vocabulary yet"),
        (lambda: layers.StringLookup(vocabulary=["a"])([1]), "must hold strings, got 1 of type"),
        (lambda: layers.StringLookup(vocabulary=["a"], invert=True)(["a"]), "must hold ids, got"),
        (lambda: layers.StringLookup(vocabulary="nix.txt"), "a list of tokens or a file"),
        (
            lambda: layers.StringLookup.from_config({"vocabulary": "/etc/passwd"}),
            "must be a list of strings, got the path",
        ),
    ],
)
def test_wrong_arguments(cause, message):
    with pytest.raises(ValueError, match=message):
        cause()
