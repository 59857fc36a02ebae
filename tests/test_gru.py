import numpy as np
import pytest

from sunhwan import layers


@pytest.mark.parametrize(
    ("units", "features", "reset_after", "count"),
    [(30, 1, True, 2_970), (30, 30, True, 5_580), (30, 30, False, 5_490)],
)
def test_number_of_parameters(units, features, reset_after, count):
    layer = layers.GRU(units, reset_after=reset_after)
    layer.ensure_built((None, None, features))
    assert layer.count_params() == count


def test_shape_of_the_bias():
    for reset_after, shape in [(True, (2, 12)), (False, (12,))]:
        layer = layers.GRU(4, reset_after=reset_after)
        layer.ensure_built((None, None, 3))
        assert layer.bias.shape == shape
    layer = layers.GRU(4, use_bias=False)
    layer.ensure_built((None, None, 3))
    assert [weight.shape for weight in layer.weights] == [(3, 12), (4, 12)]


def test_forms_differ():
    weights = [np.full(shape, 0.7) for shape in ((1, 3), (1, 3))]
    outputs = []
    for reset_after in (True, False):
        layer = layers.GRU(1, use_bias=False, reset_after=reset_after)
        layer.ensure_built((None, None, 1))
        layer.set_weights(weights)
        outputs.append(layer(np.ones((1, 3, 1))))
    # A state of one unit: only the product's place differs, r h U = r (h U).
    np.testing.assert_allclose(*outputs, rtol=1e-6)
    config = layers.GRU(3, reset_after=False, recurrent_activation="relu").get_config()
    assert layers.GRU.from_config(config).get_config() == config
    assert config["reset_after"] is False
