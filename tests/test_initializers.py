"""Variances, shapes, seeds and names of the initializers."""

from __future__ import annotations

import numpy as np
import pytest

from sunhwan import initializers
from sunhwan._engine import seeds
from sunhwan.initializers.variance_scaling import TRUNCATED_STDDEV, compute_fans

SHAPES = [(400, 500), (5, 80, 250), (100_000,)]
# The relative error of the variance of 10**5 draws or more has a standard deviation below 0.005;
# six of them make an honest failure unthinkable.
VARIANCE_TOLERANCE = 0.03
SCALED = {
    "glorot_uniform": (1.0, "avg"),
    "glorot_normal": (1.0, "avg"),
    "he_uniform": (2.0, "in"),
    "he_normal": (2.0, "in"),
    "lecun_uniform": (1.0, "in"),
    "lecun_normal": (1.0, "in"),
}


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("name", SCALED)
def test_scaled_initializers_have_their_variance_and_mean_zero(name, shape):
    scale, mode = SCALED[name]
    if len(shape) == 1:
        fan_in = fan_out = shape[0]
    else:
        window = int(np.prod(shape[:-2]))
        fan_in, fan_out = window * shape[-2], window * shape[-1]
    expected = scale / (fan_in if mode == "in" else (fan_in + fan_out) / 2)
    values = type(initializers.get(name))(seed=3)(shape)
    assert values.shape == shape
    assert values.dtype == np.float32
    assert np.var(values, dtype=np.float64) == pytest.approx(expected, rel=VARIANCE_TOLERANCE)
    assert abs(values.mean(dtype=np.float64)) < 6 * np.sqrt(expected / values.size)
    if name.endswith("uniform"):
        assert abs(values).max() <= np.float32(np.sqrt(3 * expected))
    else:
        assert abs(values).max() <= 2 * np.sqrt(expected) / TRUNCATED_STDDEV * (1 + 1e-6)
        # a normal that was not cut at two would reach beyond
        assert abs(values).max() > 1.95 * np.sqrt(expected) / TRUNCATED_STDDEV


def test_the_truncated_deviation_is_the_published_constant():
    assert pytest.approx(0.87962566103423978, abs=1e-15) == TRUNCATED_STDDEV


@pytest.mark.parametrize("mode", ["fan_in", "fan_out", "fan_avg"])
@pytest.mark.parametrize("distribution", ["uniform", "truncated_normal", "untruncated_normal"])
def test_variance_scaling_in_every_mode(mode, distribution):
    initializer = initializers.VarianceScaling(3.0, mode, distribution, seed=0)
    fan = {"fan_in": 200, "fan_out": 800, "fan_avg": 500}[mode]
    values = initializer((200, 800))
    assert np.var(values, dtype=np.float64) == pytest.approx(3.0 / fan, rel=VARIANCE_TOLERANCE)


def test_variance_scaling_along_named_axes():
    initializer = initializers.VarianceScaling(seed=0, input_axes=[0], output_axes=[1, 2])
    assert np.var(initializer((50, 40, 100))) == pytest.approx(1 / 50, rel=VARIANCE_TOLERANCE)


@pytest.mark.parametrize(
    ("shape", "fans"),
    [
        ((), (1, 1)),
        ((7,), (7, 7)),
        ((3, 5), (3, 5)),
        ((4, 3, 5), (12, 20)),
        ((2, 4, 3, 5), (24, 40)),
    ],
)
def test_fans(shape, fans):
    assert compute_fans(shape) == fans


def test_plain_random_initializers():
    uniform = initializers.RandomUniform(-1.0, 3.0, seed=1)((300, 400))
    assert uniform.min() >= -1.0
    assert uniform.max() <= 3.0
    assert uniform.mean() == pytest.approx(1.0, abs=0.02)
    assert np.var(uniform) == pytest.approx(16 / 12, rel=VARIANCE_TOLERANCE)
    normal = initializers.RandomNormal(2.0, 0.5, seed=1)((300, 400))
    assert normal.mean() == pytest.approx(2.0, abs=0.01)
    assert np.var(normal) == pytest.approx(0.25, rel=VARIANCE_TOLERANCE)
    truncated = initializers.TruncatedNormal(2.0, 0.5, seed=1)((300, 400))
    assert abs(truncated - 2.0).max() <= 1.0 + 1e-6
    assert np.std(truncated) == pytest.approx(0.5 * TRUNCATED_STDDEV, rel=VARIANCE_TOLERANCE)


@pytest.mark.parametrize("shape", [(5, 5), (7, 33), (33, 7), (16, 64), (3, 2, 4), (1, 4)])
def test_orthogonal_is_orthonormal_on_its_short_side(shape):
    w = initializers.Orthogonal(gain=1.5, seed=4)(shape).astype(np.float64)
    flat = w.reshape(-1, shape[-1]) / 1.5
    gram = flat @ flat.T if flat.shape[0] < flat.shape[1] else flat.T @ flat
    np.testing.assert_allclose(gram, np.eye(len(gram)), atol=1e-6)


def test_orthogonal_has_no_favoured_sign():
    signs = [initializers.Orthogonal(seed=s)((3, 3))[0, 0] > 0 for s in range(200)]
    assert 60 < sum(signs) < 140


def test_constant_initializers():
    np.testing.assert_array_equal(initializers.Zeros()((2, 3)), np.zeros((2, 3), np.float32))
    np.testing.assert_array_equal(initializers.Ones()((2,)), np.ones(2, np.float32))
    filled = initializers.Constant(0.25)((2, 2))
    assert filled.dtype == np.float32
    assert (filled == 0.25).all()
    filled[0, 0] = 1.0  # new, writable values
    identity = initializers.Identity(3.0)((3, 2))
    np.testing.assert_array_equal(identity, [[3, 0], [0, 3], [0, 0]])
    table = np.arange(6.0).reshape(2, 3)
    np.testing.assert_array_equal(initializers.get(table)((2, 3)), table)
    with pytest.raises(ValueError, match=r"shape \(2, 3\) cannot fill a weight of shape \(2, 4\)"):
        initializers.get(table)((2, 4))


@pytest.mark.parametrize(
    "name",
    ["random_uniform", "random_normal", "truncated_normal", "orthogonal", *SCALED],
)
def test_seeds(name):
    cls = type(initializers.get(name))
    np.testing.assert_array_equal(cls(seed=5)((4, 6)), cls(seed=5)((4, 6)))
    seeded = cls(seed=5)
    np.testing.assert_array_equal(seeded((4, 6)), seeded((4, 6)))
    assert (cls(seed=6)((4, 6)) != seeded((4, 6))).any()
    unseeded = cls()
    seeds.set_seed(11)
    first, second = unseeded((4, 6)), unseeded((4, 6))
    assert (first != second).any()
    seeds.set_seed(11)
    np.testing.assert_array_equal(unseeded((4, 6)), first)


@pytest.mark.parametrize("name", initializers.__all__)
def test_configs_round_trip_through_names_and_dicts(name):
    cls = getattr(initializers, name)
    if name in ("Initializer", "RandomInitializer", "get", "serialize", "deserialize"):
        return
    form = initializers.serialize(cls())
    assert set(form) == {"class_name", "config"}
    again = initializers.deserialize(form)
    assert type(again) is cls
    assert again.get_config() == cls().get_config() == initializers.get(form).get_config()
    assert type(initializers.get(name)) is cls
    assert type(initializers.get(cls().clone())) is cls


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        ("zero", "Zeros"),
        ("one", "Ones"),
        ("uniform", "RandomUniform"),
        ("normal", "RandomNormal"),
        ("IdentityInitializer", "Identity"),
        ("OrthogonalInitializer", "Orthogonal"),
    ],
)
def test_keras_s_aliases(alias, name):
    assert type(initializers.get(alias)).__name__ == name


def test_keras_s_config_is_understood():
    form = {
        "module": "keras.initializers",
        "class_name": "GlorotUniform",
        "config": {"seed": None},
        "registered_name": None,
    }
    assert isinstance(initializers.deserialize(form), initializers.GlorotUniform)


def test_functions_and_custom_classes():
    def half(shape, dtype=None):
        return np.full(shape, 0.5, np.float32)

    class Half(initializers.Initializer):
        def __init__(self, of=1.0):
            self.of = of

        def __call__(self, shape, dtype=None):
            return np.full(shape, self.of / 2, np.float32)

    assert initializers.get(half) is half
    form = initializers.serialize(Half(3.0))
    assert form == {"class_name": "Half", "config": {"of": 3.0}}
    assert initializers.deserialize(form, {"Half": Half}).of == 3.0


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: initializers.get("glorot_unifrom"), ValueError, "did you mean 'glorot_uniform'"),
        (lambda: initializers.get(3), ValueError, "initializer must be a name"),
        (lambda: initializers.RandomNormal(stddev=-1.0), ValueError, "stddev must be .*got -1.0"),
        (lambda: initializers.RandomUniform(1.0, 0.0), ValueError, "minval must not be above"),
        (lambda: initializers.VarianceScaling(0.0), ValueError, "scale must be .*got 0.0"),
        (lambda: initializers.VarianceScaling(mode="fan"), ValueError, "mode must be one of"),
        (lambda: initializers.VarianceScaling(distribution="x"), ValueError, "distribution must"),
        (lambda: initializers.GlorotUniform(seed="a"), TypeError, "seed must be an integer"),
        (lambda: initializers.GlorotUniform(seed=-1), ValueError, "seed must not be negative"),
        (
            lambda: initializers.Orthogonal()((3,)),
            ValueError,
            r"two dimensions or more, got \(3,\)",
        ),
        (lambda: initializers.Identity()((3,)), ValueError, r"two dimensions, got \(3,\)"),
    ],
)
def test_bad_arguments(make, error, message):
    with pytest.raises(error, match=message):
        make()
