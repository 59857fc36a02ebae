"""What Conv1D takes and refuses: shapes, configs, arguments, inputs."""

import numpy as np
import pytest
from packed_batches import Packed, Run

from sunhwan import layers


def test_shapes_and_counts():
    layer = layers.Conv1D(32, 7, activation="relu")
    assert layer.compute_output_shape((None, 500, 32)) == (None, 494, 32)
    assert layer.compute_output_shape((None, None, 32)) == (None, None, 32)
    layer.ensure_built((None, 500, 32))
    assert layer.count_params() == 7 * 32 * 32 + 32
    assert [v.path.split("/")[1] for v in layer.variables] == ["kernel", "bias"]
    grouped = layers.Conv1D(6, 2, groups=3, strides=2, padding="same", use_bias=False)
    assert grouped.compute_output_shape((2, 9, 12)) == (2, 5, 6)
    grouped.ensure_built((2, 9, 12))
    assert [v.shape for v in grouped.variables] == [(2, 4, 6)]
    causal = layers.Conv1D(1, 3, dilation_rate=4, padding="causal")
    assert causal.compute_output_shape((None, 5, 1)) == (None, 5, 1)


def test_configs():
    config = layers.Conv1D(8, 3, name="tower").get_config()
    assert config["filters"] == 8
    assert config["kernel_size"] == [3]
    assert config["activation"] == "linear"
    layer = layers.Conv1D(
        4,
        (3,),
        strides=[2],
        padding="Causal",
        dilation_rate=2,
        groups=2,
        activation="relu",
        use_bias=False,
        kernel_initializer="he_normal",
        bias_initializer="ones",
        kernel_regularizer="l2",
        bias_regularizer="l1",
        activity_regularizer="l2",
        kernel_constraint="non_neg",
        bias_constraint="unit_norm",
        trainable=False,
        name="tower",
    )
    again = layers.Conv1D.from_config(layer.get_config())
    assert again.get_config() == layer.get_config()
    assert again.padding == "causal"
    assert not again.trainable


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"filters": 0}, "filters must be a positive integer, got 0"),
        ({"kernel_size": -3}, "kernel_size must be a positive integer, got -3"),
        ({"strides": "2"}, "strides must be a positive integer, got '2'"),
        ({"dilation_rate": 0}, "dilation_rate must be a positive integer, got 0"),
        ({"groups": 3}, "groups must divide the filters, 4, got 3"),
        ({"padding": "full"}, "padding must be 'valid', 'same' or 'causal', got 'full'"),
        ({"data_format": "channels_first"}, "data_format 'channels_first' is not supported"),
        ({"activation": "rellu"}, "unknown activation 'rellu': did you mean 'relu'"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        layers.Conv1D(**{"filters": 4, "kernel_size": 3, **arguments})


def test_bad_inputs_are_named():
    rng = np.random.default_rng(7)
    tower = layers.Conv1D(4, 3, dilation_rate=2, name="tower")
    message = (
        "layer 'tower': a window of 3 steps 2 apart needs rows of at least 5 steps without "
        "padding, got"
    )
    with pytest.raises(ValueError, match=f"{message} rows of 4"):
        tower.compute_output_shape((None, 4, 3))
    with pytest.raises(ValueError, match=f"{message} rows of 4"):
        tower(np.zeros((2, 4, 3), np.float32))
    ragged = Packed(rng, lengths=[7, 4, 2], ragged=True)
    with pytest.raises(ValueError, match=f"{message} row {ragged.layout.order[1]} of 4"):
        Run([tower], ragged.batch)
    with pytest.raises(ValueError, match=r"must have shape \(rows, steps, features\)"):
        tower(np.zeros((2, 4), np.float32))
    with pytest.raises(
        ValueError,
        match=r"layer 'tower' needs input of shape \(rows, steps, features\), got \(None, 4\)",
    ):
        tower.compute_output_shape((None, 4))
    with pytest.raises(
        ValueError, match="layer 'tower' needs an input whose last axis has a fixed"
    ):
        tower.compute_output_shape((None, 4, None))
    tower(np.zeros((2, 5, 3), np.float32))
    with pytest.raises(ValueError, match=r"layer 'tower' was built for 3 features, got shape"):
        tower(np.zeros((2, 5, 4), np.float32))
    tokens = Packed(rng, lengths=[7, 7], tokens=2, features=4)
    with pytest.raises(ValueError, match=r"layer 'tower' was built for 3 features, got shape"):
        Run([tower], tokens.batch)
    grouped = layers.Conv1D(4, 1, groups=2, name="tower")
    with pytest.raises(ValueError, match="layer 'tower': groups must divide the features, 3, got"):
        grouped(np.zeros((2, 4, 3), np.float32))
