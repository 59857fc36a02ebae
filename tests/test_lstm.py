import numpy as np
import pytest

from sunhwan import layers


@pytest.mark.parametrize(
    ("units", "features", "count"),
    [(32, 32, 8_320), (64, 64, 33_024), (32, 64, 12_416), (100, 100, 80_400), (128, 28, 80_384)],
)
def test_number_of_parameters(units, features, count):
    layer = layers.LSTM(units)
    layer.ensure_built((None, None, features))
    assert layer.count_params() == count


def test_forget_gates_begin_open():
    def bias(**options):
        layer = layers.LSTM(2, **options)
        layer.ensure_built((None, None, 3))
        return layer.bias.value

    np.testing.assert_array_equal(bias(), [0, 0, 1, 1, 0, 0, 0, 0])
    np.testing.assert_array_equal(bias(unit_forget_bias=False), np.zeros(8))
    halves = bias(bias_initializer=lambda shape, dtype=None: np.full(shape, 0.5))
    np.testing.assert_array_equal(halves, [0.5, 0.5, 1, 1, 0.5, 0.5, 0.5, 0.5])


def test_config_holds_its_own_arguments():
    layer = layers.LSTM(3, "relu", "hard_sigmoid", unit_forget_bias=False, use_cudnn=False)
    config = layer.get_config()
    assert config["recurrent_activation"] == "hard_sigmoid"
    assert config["unit_forget_bias"] is False
    assert layers.LSTM.from_config(config).get_config() == config


def test_states():
    layer = layers.LSTM(4, return_sequences=True, return_state=True)
    sequence, h, c = layer(np.random.default_rng(0).standard_normal((2, 5, 3)))
    np.testing.assert_array_equal(sequence[:, -1], h)
    assert np.any(c != h)
