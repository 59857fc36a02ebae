"""What the recurrent layers have in common, for every cell, against the float64 reference."""

from __future__ import annotations

import numpy as np
import pytest
from recurrent_layers import (
    FEATURES,
    KINDS,
    ROWS,
    STEPS,
    TOLERANCE,
    UNITS,
    Expected,
    make,
    masks,
    normal,
    randomize,
)
from reference import assert_close

from sunhwan import _core, layers
from sunhwan._engine.call import try_layer
from sunhwan._engine.seeds import derive


def check(layer, x, mask=None, initial=None, seed=1, **options):
    """One layer on dense rows: output, states and every gradient."""
    expected = Expected(layer, x, mask=mask, initial_states=initial, **options)
    dy = normal(*expected.output.shape, seed=seed)
    trial = try_layer(
        layer, np.nan_to_num(x), dy, mask=mask, initial_state=initial, training=bool(options)
    )
    assert_close(trial.output, expected.output, TOLERANCE)
    dx, gradients, dstates = expected.backward(dy)
    assert_close(trial.dx, dx, TOLERANCE)
    assert len(trial.gradients) == len(gradients)
    for actual, gradient in zip(trial.gradients, gradients, strict=True):
        assert_close(actual, gradient, TOLERANCE)
    if initial is not None:
        for actual, gradient in zip(trial.dstates, dstates, strict=True):
            assert_close(actual, gradient, TOLERANCE)
    if layer.return_state:
        for actual, state in zip(trial.states, expected.states, strict=True):
            assert_close(actual, state, TOLERANCE)


@pytest.mark.parametrize("go_backwards", [False, True])
@pytest.mark.parametrize("return_sequences", [False, True])
@pytest.mark.parametrize("use_bias", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_dense(kind, return_sequences, go_backwards, use_bias):
    layer = make(
        kind, UNITS, FEATURES, return_sequences=return_sequences, go_backwards=go_backwards,
        use_bias=use_bias, return_state=True,
    )  # fmt: skip
    check(layer, normal(ROWS, STEPS, FEATURES))


@pytest.mark.parametrize("zero_output_for_mask", [False, True])
@pytest.mark.parametrize("go_backwards", [False, True])
@pytest.mark.parametrize("return_sequences", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_masked(kind, return_sequences, go_backwards, zero_output_for_mask):
    layer = make(
        kind, UNITS, FEATURES, return_sequences=return_sequences, go_backwards=go_backwards,
        zero_output_for_mask=zero_output_for_mask, return_state=True,
    )  # fmt: skip
    x, mask = normal(ROWS, STEPS, FEATURES), masks()
    x[~mask] = np.nan  # the reference does not read them either
    check(layer, x, mask)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_initial_states(kind, masked):
    layer = make(kind, UNITS, FEATURES, return_state=True)
    initial = [normal(ROWS, UNITS, seed=i) for i in range(1 + layer.sizes.has_c)]
    check(layer, normal(ROWS, STEPS, FEATURES), masks() if masked else None, initial)


@pytest.mark.parametrize("return_sequences", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_other_activations(kind, return_sequences):
    options = {"activation": "gelu", "return_sequences": return_sequences}
    if kind != "simple_rnn":
        options["recurrent_activation"] = "hard_sigmoid"
    check(make(kind, UNITS, FEATURES, **options), normal(ROWS, STEPS, FEATURES))


@pytest.mark.parametrize("return_sequences", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_dropout_multiplies_inputs_and_states_by_the_same_factors_at_all_steps(
    kind, return_sequences
):
    layer = make(
        kind, UNITS, FEATURES, dropout=0.3, recurrent_dropout=0.4, seed=0,
        return_sequences=return_sequences,
    )  # fmt: skip
    factors = []
    for number, (columns, rate) in enumerate([(FEATURES, 0.3), (UNITS, 0.4)]):
        factors.append(np.empty((ROWS, columns), np.float32))
        key = derive(derive(layer.seed, 0), number)
        _core.dropout_mask(factors[-1], key, np.arange(ROWS), None, rate)
        assert np.any(factors[-1] == 0)
        assert np.any(factors[-1] != 0)
    x, mask = normal(ROWS, STEPS, FEATURES), masks()
    check(layer, x, mask, input_dropout=factors[0], recurrent_dropout=factors[1])
    # And none where the layer is only used.
    plain = try_layer(layer, x, mask=mask).output
    assert_close(plain, Expected(layer, x, mask=mask).output, TOLERANCE)


def test_frozen_weights_get_no_gradient_and_inputs_still_do():
    layer = make("lstm", UNITS, FEATURES)
    layer.trainable = False
    x, dy = normal(ROWS, STEPS, FEATURES), normal(ROWS, UNITS, seed=1)
    trial = try_layer(layer, x, dy)
    assert not any(np.any(gradient) for gradient in trial.gradients)
    assert_close(trial.dx, Expected(layer, x).backward(dy)[0], TOLERANCE)


@pytest.mark.parametrize("kind", KINDS)
def test_stateful_goes_on_where_it_ended(kind):
    layer = make(kind, UNITS, FEATURES, stateful=True, return_sequences=True)
    x = normal(ROWS, STEPS, FEATURES)
    halves = [layer(x[:, :4]), layer(x[:, 4:])]
    whole = Expected(layer, x).output
    assert_close(np.concatenate(halves, axis=1), whole, TOLERANCE)
    with pytest.raises(ValueError, match=r"'.*' is stateful .* 5 rows, got a batch of 2"):
        layer(x[:2])
    layer.reset_states()
    assert_close(layer(x[:2]), whole[:2], TOLERANCE)


def test_stateful_rows_keep_their_places_where_lengths_differ():
    layer = make("lstm", UNITS, FEATURES, stateful=True)
    x, mask = normal(ROWS, STEPS, FEATURES), masks()
    layer(x, mask=mask)
    after = layer(x, mask=~mask)
    initial = Expected(layer, x, mask=mask).states
    states = Expected(layer, x, mask=~mask, initial_states=initial).states
    own = (~mask).any(axis=1)
    assert_close(after[own], states[0][own], TOLERANCE)
    assert_close(layer.states[1], states[1], TOLERANCE)


def test_masks_and_shapes():
    mask = masks()
    layer = layers.LSTM(4, return_sequences=True)
    assert layer.supports_masking
    assert layer.compute_mask(None, mask) is mask
    assert layer.compute_output_shape((None, 7, 3)) == (None, 7, 4)
    assert layers.LSTM(4).compute_mask(None, mask) is None
    assert layers.LSTM(4).compute_output_shape((2, None, 3)) == (2, 4)
    both = layers.LSTM(4, return_sequences=True, return_state=True)
    assert both.compute_mask(None, mask) == [mask, None, None]
    assert both.compute_output_shape((2, 7, 3)) == ((2, 7, 4), (2, 4), (2, 4))
    backwards = layers.GRU(4, return_sequences=True, go_backwards=True)
    np.testing.assert_array_equal(backwards.compute_mask(None, mask), mask[:, ::-1])


@pytest.mark.parametrize("kind", KINDS)
def test_config_makes_the_same_layer(kind):
    layer = make(
        kind, UNITS, FEATURES, activation="relu", dropout=0.1, recurrent_dropout=0.2,
        kernel_regularizer="l2", recurrent_constraint="max_norm", bias_initializer="ones",
        return_sequences=True, go_backwards=True, zero_output_for_mask=True, seed=4, name="mine",
        kernel_initializer="he_normal",
    )  # fmt: skip
    config = layer.get_config()
    copy = layers.deserialize(layers.serialize(layer))
    assert type(copy) is type(layer)
    assert copy.get_config() == config
    assert config["units"] == UNITS
    assert config["activation"] == "relu"
    copy.ensure_built((None, None, FEATURES))
    copy.set_weights(layer.get_weights())
    x = normal(ROWS, STEPS, FEATURES)
    np.testing.assert_array_equal(copy(x), layer(x))


@pytest.mark.parametrize("kind", KINDS)
def test_bad_arguments(kind):
    cls, more = KINDS[kind]
    for units in (0, -3, 2.5, "8", None, True):
        with pytest.raises(ValueError, match="units must be a positive integer, got"):
            cls(units, **more)
    for rate in (1.0, -0.1, "half", True):
        with pytest.raises(ValueError, match="dropout must be a number of at least 0 and below 1"):
            cls(3, dropout=rate, **more)
        with pytest.raises(ValueError, match="recurrent_dropout must be a number"):
            cls(3, recurrent_dropout=rate, **more)
    with pytest.raises(ValueError, match="unknown activation 'tangh': did you mean 'tanh'"):
        cls(3, activation="tangh", **more)
    with pytest.raises(ValueError, match=r"activation must be one that .* got 'softmax'"):
        cls(3, activation="softmax", **more).build((None, None, 3))
    layer = make(kind, UNITS, FEATURES, name="mine")
    with pytest.raises(ValueError, match=r"'mine' must have shape \(rows, steps, features\)"):
        layer(normal(2, 3))
    with pytest.raises(ValueError, match=r"'mine' was built for 3 features a step, got 4"):
        layer(normal(2, 5, 4))
    with pytest.raises(ValueError, match=r"initial_state of layer 'mine' must have shapes"):
        layer(normal(2, 5, 3), initial_state=normal(2, 5))
    with pytest.raises(ValueError, match=r"\(rows, steps, features\), got \(None, 3\)"):
        cls(3, **more).build((None, 3))


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_drops_the_same(kind):
    x = normal(ROWS, STEPS, FEATURES)
    layer = make(kind, UNITS, FEATURES, dropout=0.5, recurrent_dropout=0.5)
    one, same, other = (try_layer(layer, x, training=True, key=key).output for key in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert np.any(one != other)
    randomize(layer, 9)
    assert np.any(try_layer(layer, x, training=True, key=1).output != one)


@pytest.mark.parametrize("steps", [1, 2])
@pytest.mark.parametrize("kind", [layers.SimpleRNN, layers.LSTM, layers.GRU])
def test_zero_states_given_and_not_given_are_the_same(kind, steps):
    random = np.random.default_rng(steps)
    layer = kind(5)
    x = random.normal(size=(9, steps, 3)).astype(np.float32)
    dy = random.normal(size=(9, 5)).astype(np.float32)
    plain = try_layer(layer, x, dy)
    zeros = [np.zeros((9, 5), np.float32) for _ in range(1 + layer.sizes.has_c)]
    given = try_layer(layer, x, dy, initial_state=zeros)
    np.testing.assert_array_equal(plain.output, given.output)
    for one, other in zip(plain.gradients, given.gradients, strict=True):
        np.testing.assert_array_equal(one, other)
