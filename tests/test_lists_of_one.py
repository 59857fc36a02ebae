"""A list with all rows of the one input or output in it, as Keras takes them."""

import numpy as np
import pytest

import sunhwan as sh
from sunhwan import layers

ROWS = 6


def numbers(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def compiled(*stack):
    model = sh.Sequential(stack)
    model.compile("sgd", "mse", weighted_metrics=["mae"])
    return model


def forms(x, y, weight):
    """The same data in all the ways in which they may be passed."""
    yield [x], y, weight
    yield x, [y], weight
    yield (x,), (y,), [weight]
    yield {"words": x}, {"out": y}, {"out": weight}
    yield [x], [y], [weight]


@pytest.mark.parametrize("built", [False, True])
def test_all_ways_give_the_same_training(built):
    x, y, weight = numbers(ROWS, 4), numbers(ROWS, 2, seed=1), np.arange(ROWS) / ROWS
    results = []
    for given in [(x, y, weight), *forms(x, y, weight)]:
        sh.utils.set_random_seed(4)
        start = [layers.Input((4,), name="words")] if built else []
        model = compiled(*start, layers.Dense(2, name="out"))
        if not built and isinstance(given[0], dict):
            continue  # it has no name for its input
        x_, y_, weight_ = given
        model.fit(x_, y_, sample_weight=weight_, shuffle=False, verbose=0, batch_size=4)
        results.append(
            [
                model.train_on_batch(x_, y_, sample_weight=weight_),
                model.test_on_batch(x_, y_, sample_weight=weight_),
                model.evaluate(x_, y_, sample_weight=weight_, verbose=0),
                model.fit(x_, y_, validation_data=given, verbose=0).history["val_mae"],
                model.predict(x_, verbose=0).tolist(),
                model.predict_on_batch(x_).tolist(),
            ]
        )
    assert len(results) >= 5
    assert all(result == results[0] for result in results)


def test_a_saved_model_knows_the_name_of_its_input(tmp_path):
    model = compiled(layers.Input((4,), name="words"), layers.Dense(2, name="out"))
    model.save(tmp_path / "model.safetensors")
    again, x = sh.load_model(tmp_path / "model.safetensors"), numbers(ROWS, 4)
    np.testing.assert_array_equal(again.predict({"words": x}, verbose=0), model(x))
    with pytest.raises(ValueError, match=r"x must have the keys \['words'\], got \['text'\]"):
        again.predict({"text": x}, verbose=0)


def test_one_row_is_data_where_it_can_be():
    model = compiled(layers.Input((4,)), layers.Dense(1))
    x = numbers(1, 4)
    expected = model.evaluate(x, np.array([[3.0]]), verbose=0)
    for x_ in (x, [x], [x[0]], x.tolist(), [x.tolist()]):
        for y in ([3.0], [[3.0]], [np.array([3.0])], [np.array([[3.0]])]):
            assert model.evaluate(x_, y, verbose=0) == expected


def test_plain_lists_of_rows_are_data():
    model = compiled(layers.Input((4,)), layers.Dense(1))
    x, y = numbers(ROWS, 4), numbers(ROWS, 1, seed=1)
    expected = model.evaluate(x, y, verbose=0)
    assert model.evaluate(x.tolist(), y[:, 0].tolist(), verbose=0) == expected
    assert model.evaluate([x.tolist()], [y.tolist()], verbose=0) == expected
    assert model.evaluate(x, y, sample_weight=[None], verbose=0) == expected


def test_ragged_rows_in_a_list():
    model = compiled(layers.Input((None, 3)), layers.GRU(2, return_sequences=True))
    rows = [numbers(n, 3, seed=n) for n in (2, 4, 1)]
    targets = [numbers(n, 2, seed=9 - n) for n in (2, 4, 1)]
    weights = [np.full(n, 0.5 + n) for n in (2, 4, 1)]
    expected = model.evaluate(rows, targets, sample_weight=weights, verbose=0)
    found = model.evaluate([rows], [targets], sample_weight=[weights], verbose=0)
    assert found == expected
    alone = model.evaluate(rows[:1], targets[:1], sample_weight=weights[:1], verbose=0)
    whole = rows[0][None], targets[0][None]
    assert alone == model.evaluate(*whole, sample_weight=weights[0][None], verbose=0)


def test_sequences_before_the_model_is_built():
    x, y = numbers(ROWS, 5, 3), numbers(ROWS, 2, seed=1)
    losses = []
    for given in ((x, y), ([x], [y])):
        sh.utils.set_random_seed(4)
        losses.append(compiled(layers.GRU(2)).train_on_batch(*given))
    assert losses[0] == losses[1]
    ids = np.random.default_rng(0).integers(0, 7, (ROWS, 5))
    model = compiled(layers.Embedding(7, 3), layers.GRU(2))
    np.testing.assert_array_equal(model.predict([ids], verbose=0), model.predict(ids, verbose=0))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"y": [numbers(4, 1)]}, "x has 6 rows, but y has 4"),
        ({"y": [1.0]}, "x has 6 rows, but y has 1"),
        ({"y": [None]}, "y must be given"),
        ({"y": [[1.0, 2.0]]}, "x has 6 rows, but y has 1"),
        ({"y": [numbers(ROWS, 1)] * 2}, "x has 6 rows, but y has 2"),
        ({"sample_weight": [np.ones(4)]}, "x has 6 rows, but sample_weight has 4"),
        ({"y": {"other": numbers(ROWS, 1)}}, r"must have the keys \['out'\], got \['other'\]"),
        ({"x": [numbers(ROWS, 3)]}, r"takes inputs of shape \(None, 4\), got \(None, 3\)"),
        ({"x": [numbers(ROWS, 4)] * 2}, r"takes inputs of shape \(None, 4\), got \(None, 6, 4\)"),
    ],
)
def test_what_does_not_fit(given, message):
    model = compiled(layers.Input((4,)), layers.Dense(1, name="out"))
    data = {"x": numbers(ROWS, 4), "y": numbers(ROWS, 1), **given}
    with pytest.raises(ValueError, match=message):
        model.evaluate(**data, verbose=0)
