import numpy as np

from sunhwan import layers


def test_the_loop_of_any_tutorial():
    random = np.random.default_rng(0)
    layer = layers.SimpleRNN(6)
    layer.ensure_built((None, None, 4))
    w, u = random.standard_normal((4, 6)), random.standard_normal((6, 6))
    b = random.standard_normal(6)
    layer.set_weights([w, u, b])
    x = random.standard_normal((2, 9, 4))
    for row, output in zip(x, layer(x), strict=True):
        h = np.zeros(6)
        for step in row:
            h = np.tanh(step @ w + h @ u + b)
        np.testing.assert_allclose(output, h, rtol=1e-5, atol=1e-5)


def test_weights():
    layer = layers.SimpleRNN(32)
    layer.ensure_built((None, 500, 32))
    assert layer.count_params() == 322_080 - 320_000
    assert [weight.name for weight in layer.weights] == ["kernel", "recurrent_kernel", "bias"]
    kernel, recurrent, bias = layer.get_weights()
    assert np.abs(kernel).max() <= np.sqrt(6 / 64)
    np.testing.assert_allclose(recurrent @ recurrent.T, np.eye(32), atol=1e-5)
    np.testing.assert_array_equal(bias, 0)
    assert len(layers.SimpleRNN(3, use_bias=False).get_config()) > 20
    bare = layers.SimpleRNN(3, use_bias=False)
    bare.ensure_built((None, None, 2))
    assert bare.count_params() == 6 + 9
    assert bare.bias is None


def test_arguments_of_other_versions_are_taken():
    layer = layers.SimpleRNN(3, unroll=True, implementation=1, input_shape=(5, 2))
    assert layer.get_config()["unroll"] is True
    assert layer.input_shape == (5, 2)
