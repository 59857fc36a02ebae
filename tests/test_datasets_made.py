"""The data sets that need no file: `digits`, `product`, `cosine`."""

import hashlib

import numpy as np
import pytest

from sunhwan.datasets import cosine, digits, product


def test_digits_are_the_1797_of_scikit_learn():
    (x, y), rest = digits.load_data(test_split=0.0, seed=None)
    assert x.shape == (1797, 8, 8)
    assert x.dtype == y.dtype == np.uint8
    assert len(rest[0]) == len(rest[1]) == 0
    # Of `sklearn.datasets.load_digits()`: images and target as bytes.
    assert (
        hashlib.sha256(x.tobytes()).hexdigest()
        == "8f26b2bd9d135c256808f68f14fdabddde6d9c7f869ae419704b051f0f14b3b3"
    )
    assert (
        hashlib.sha256(y.tobytes()).hexdigest()
        == "8ba4f891220f5e4c9c819638d1602d74b83618f167043c6da52a2a247841ddf0"
    )
    assert y[:12].tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]


def test_digits_are_shuffled_together_and_split():
    (x, y), (u, v) = digits.load_data()
    assert (len(x), len(y), len(u), len(v)) == (1437, 1437, 360, 360)
    (whole, labels), _ = digits.load_data(test_split=0.0, seed=None)
    label_of = {image.tobytes(): label for image, label in zip(whole, labels, strict=True)}
    shown = [*zip(x, y, strict=True), *zip(u, v, strict=True)]
    assert all(label_of[image.tobytes()] == label for image, label in shown)
    assert sorted(image.tobytes() for image, _ in shown) == sorted(map(bytes, whole))
    again, _ = digits.load_data()
    np.testing.assert_array_equal(again[0], x)
    other, _ = digits.load_data(seed=1)
    assert not np.array_equal(other[1], y)
    assert np.bincount(v, minlength=10).min() >= 20  # all digits are tested


def test_digits_want_a_share():
    with pytest.raises(ValueError, match="test_split must be a number from 0 to 1, got 2"):
        digits.load_data(test_split=2)


@pytest.mark.parametrize("steps", [2, 3, 100])
def test_product_marks_two_steps_and_asks_for_their_product(steps):
    (x, y), (u, v) = product.load_data(samples=500, steps=steps, test_samples=77)
    assert (x.shape, y.shape) == ((423, steps, 2), (423,))
    assert (u.shape, v.shape) == ((77, steps, 2), (77,))
    for inputs, targets in ((x, y), (u, v)):
        assert inputs.dtype == targets.dtype == np.float32
        marks, numbers = inputs[..., 0], inputs[..., 1]
        np.testing.assert_array_equal(marks.sum(axis=1), 2)
        assert set(np.unique(marks)) <= {0.0, 1.0}
        assert numbers.min() >= 0
        assert numbers.max() < 1
        np.testing.assert_array_equal(np.where(marks == 1, numbers, 1).prod(axis=1), targets)


def test_product_draws_pairs_and_numbers_evenly():
    (x, y), _ = product.load_data(samples=30_000, steps=5, test_samples=0)
    steps = np.nonzero(x[..., 0])[1].reshape(-1, 2)
    pairs = np.bincount(steps[:, 0] * 5 + steps[:, 1], minlength=25)
    # 3,000 expected for each of ten pairs, standard deviation 52
    assert (pairs > 0).sum() == 10
    assert pairs[pairs > 0].min() > 2750
    assert pairs.max() < 3250
    # 150,000 numbers of variance 1/12: the mean's standard deviation is 0.00075
    assert abs(x[..., 1].mean() - 0.5) < 0.004
    assert abs(((y - 0.25) ** 2).mean() - 7 / 144) < 0.002


def test_product_by_seed_and_its_shapes_by_default():
    (x, _), (u, _) = product.load_data()
    assert (x.shape, u.shape) == ((2560, 100, 2), (440, 100, 2))
    (same, _), _ = product.load_data()
    np.testing.assert_array_equal(same, x)
    (other, _), _ = product.load_data(seed=1)
    assert not np.array_equal(other, x)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"steps": 1}, "steps must be an integer of 2 or more, got 1"),
        ({"test_samples": 3001}, "test_samples must be from 0 to 3000, got 3001"),
        ({"test_samples": -1}, "test_samples must be an integer of 0 or more, got -1"),
    ],
)
def test_product_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        product.load_data(**arguments)


def test_cosine_is_the_series_of_its_definition():
    np.random.seed(111)  # noqa: NPY002, the definition is in these words
    t = np.arange(361)
    m = (t % 30) / 30
    wave = np.cos(2 * np.pi * m)
    expected = 20 * np.where(m < 0.5, wave, wave + np.random.random(361))  # noqa: NPY002
    np.testing.assert_array_equal(cosine.series(), expected)


def test_cosine_windows():
    series = cosine.series()
    (x, y), (u, v) = cosine.load_data()
    assert (x.shape, y.shape, u.shape, v.shape) == ((330, 10, 1), (330, 1), (21, 10, 1), (21, 1))
    np.testing.assert_array_equal(u[-1, :, 0], series[350:360])
    assert v[-1, 0] == series[360]
    assert y[0, 0] == series[10]
    # Persistence, "tomorrow as today": the test error that models are held against.
    assert round(float(((u[:, -1] - v) ** 2).mean())) == 79


def test_cosine_draws_nothing_from_numpy_s_global_generator():
    np.random.seed(5)  # noqa: NPY002
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    cosine.load_data()
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


@pytest.mark.parametrize("test_windows", [-1, 352])
def test_cosine_bad_split(test_windows):
    with pytest.raises(ValueError, match=f"test_windows must be .*, got {test_windows}"):
        cosine.load_data(test_windows=test_windows)
