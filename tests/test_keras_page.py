"""What docs/keras.md claims: names that are not there, functions that cells take, arguments."""

import re
from pathlib import Path

import numpy as np
import pytest

import sunhwan as sh
from sunhwan import layers

PAGE = (Path(__file__).parents[1] / "docs" / "keras.md").read_text(encoding="utf-8")
PLACES = (
    sh,
    sh.activations,
    sh.callbacks,
    sh.layers,
    sh.losses,
    sh.metrics,
    sh.models,
    sh.optimizers,
    sh.utils,
)


def bullet(beginning):
    """Names in code in the bullet that begins so, without what it says to use instead."""
    found = re.search(rf"^- {re.escape(beginning)}.*?(?=^- |^\n)", PAGE, re.DOTALL | re.MULTILINE)
    assert found, beginning
    return re.findall(r"`(\w+)`", re.sub(r"use `\w+`", "", found[0]))


ABSENT = [
    name
    for beginning in ("Layers beyond", "Activations:", "Optimizers `")
    for name in bullet(beginning)
]


@pytest.mark.parametrize("name", ABSENT)
def test_absent_names_are_absent(name):
    assert not any(hasattr(place, name) for place in PLACES)


@pytest.mark.parametrize("name", bullet("Activations:"))
def test_absent_activations_are_unknown(name):
    with pytest.raises(ValueError, match="unknown activation"):
        sh.activations.get(name)


def test_cells_take_the_functions_named():
    names = bullet("Recurrent layers take")[2:]
    x = np.ones((2, 3, 1), np.float32)
    for name in names:
        assert layers.GRU(2, activation=name, recurrent_activation=name)(x).shape == (2, 2)
    for name in set(sh.activations.__all__) - {"swish", "get", "serialize", "deserialize", *names}:
        with pytest.raises(ValueError, match="native cells"):
            layers.GRU(2, activation=name)(x)


def test_arguments_without_effect_are_accepted():
    layers.SimpleRNN(1, unroll=True, implementation=1)
    layers.LSTM(1, unroll=True, use_cudnn=True)
    layers.BatchNormalization(synchronized=True)
    model = sh.Sequential([layers.Dense(1)])
    model.compile(run_eagerly=True, jit_compile=False, steps_per_execution=2, auto_scale_loss=False)


@pytest.mark.parametrize(
    "cause",
    [
        lambda: layers.Dense(1, dtype="float64"),
        lambda: layers.LSTM(1, dropout=1.0),
        lambda: sh.utils.to_categorical([0, -1]),
        lambda: sh.utils.to_categorical([0, 3], num_classes=2),
        lambda: sh.utils.to_categorical([0.5]),
        lambda: sh.utils.pad_sequences([[1]], maxlen=0),
        lambda: sh.optimizers.SGD(-1.0),
        lambda: sh.regularizers.get(lambda w: 0.0),
        lambda: layers.MaxPooling1D(4)(np.ones((1, 3, 1))),
        lambda: layers.Embedding(3, 1)([[3]]),
        lambda: layers.Embedding(3, 1)([[0.5]]),
        lambda: sh.losses.MeanSquaredError()(np.ones((2, 1)), np.ones((2, 3))),
        lambda: sh.losses.BinaryCrossentropy()([[2.0]], [[0.5]]),
        lambda: sh.losses.CategoricalCrossentropy()([[1.0]], [[0.5]]),
        lambda: layers.TextVectorization(sparse=True),
    ],
)
def test_where_we_are_stricter(cause):
    with pytest.raises(ValueError, match=r"must|needs"):
        cause()


def test_where_numbers_differ():
    x = np.ones((1, 3, 2), np.float32)
    masked = layers.GlobalAveragePooling1D()(x, mask=np.zeros((1, 3), bool))
    np.testing.assert_array_equal(masked, np.zeros((1, 2)))
    assert layers.Conv1D(1, 2, strides=2, dilation_rate=2)(np.ones((1, 9, 1))).shape == (1, 4, 1)
    for name in ("l1l2", "l1_l2"):
        assert sh.regularizers.get(name).get_config() == {"l1": 0.01, "l2": 0.01}
    turned = layers.LSTM(2, go_backwards=True, return_sequences=True)
    mask = np.array([[True, True, False]])
    np.testing.assert_array_equal(turned.compute_mask(x, mask), mask[:, ::-1])


def test_a_vocabulary_is_replaced_by_adapting():
    layer = layers.TextVectorization(vocabulary=["a", "b"])
    layer.adapt(["c"])
    assert layer.get_vocabulary() == ["", "[UNK]", "c"]


def test_default_names_are_those_of_keras():
    def number(name):
        return int(name.rpartition("_")[2]) if name[-1].isdigit() else 0

    for make, base in (
        (sh.optimizers.RMSprop, "rm_sprop"),
        (sh.optimizers.AdamW, "adam_w"),
        (sh.metrics.AUC, "auc"),
        (sh.metrics.Precision, "precision"),
    ):
        first, second = make().name, make().name
        assert first in (base, f"{base}_{number(first)}")
        assert second == f"{base}_{number(first) + 1}"
    for make in (sh.metrics.Mean, sh.metrics.Sum, sh.metrics.Accuracy):
        assert make().name == make().name == make.__name__.lower()
