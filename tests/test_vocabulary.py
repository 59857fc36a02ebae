"""The likeliest of many tokens, chosen without the product, against the product's greatest."""

import numpy as np
import pytest
from decode_case import STOP
from random_arrays import numbers

import sunhwan as sh
from sunhwan import _core, decode, layers
from sunhwan._engine.plan import Call
from sunhwan.decode import likeliest
from sunhwan.decode.decoder import Decoder

PACKS = _core.Vocabulary.pack(np.ones((1, 1), np.float32), None) is not None
packs = pytest.mark.skipif(not PACKS, reason="this instruction set has no products of bytes")


def chosen(x, kernel, bias=None, suppressed=()):
    vocabulary = _core.Vocabulary.pack(kernel, bias)
    vocabulary.suppress(list(suppressed))
    tokens = np.full(len(x), -1, np.int32)
    vocabulary.choose(x, tokens)
    return tokens


def greatest(x, kernel, bias=None, suppressed=()):
    scores = np.empty((len(x), kernel.shape[1]), np.float32)
    _core.product(x, kernel, scores, bias=bias)
    scores[:, list(suppressed)] = -np.inf
    return scores.argmax(axis=1)


@packs
@pytest.mark.parametrize(("K", "C"), [(1, 1), (3, 31), (4, 33), (17, 500), (65, 1003), (390, 129)])
@pytest.mark.parametrize("rows", [1, 2, 7, 12, 40])
def test_choices_are_those_of_the_product(K, C, rows):
    x, kernel, bias = numbers(rows, K), numbers(K, C, seed=1), numbers(C, seed=2)
    np.testing.assert_array_equal(chosen(x, kernel), greatest(x, kernel))
    np.testing.assert_array_equal(chosen(x, kernel, bias), greatest(x, kernel, bias))
    taken = sorted(set(greatest(x, kernel, bias).tolist()))[: C - 1]
    expected = greatest(x, kernel, bias, taken)
    np.testing.assert_array_equal(chosen(x, kernel, bias, taken), expected)


@packs
def test_the_first_of_equal_tokens_is_chosen():
    x, few = numbers(30, 20), numbers(20, 5, seed=1)
    kernel = np.ascontiguousarray(np.tile(few, 40))  # each column forty times
    assert (chosen(x, kernel) < 5).all()
    np.testing.assert_array_equal(chosen(x, kernel), greatest(x, kernel))


@packs
def test_tokens_that_nearly_tie_are_told_apart():
    x, one = numbers(50, 64), numbers(64, 1, seed=1)
    kernel = one + 1e-6 * numbers(64, 700, seed=2)
    np.testing.assert_array_equal(chosen(x, kernel), greatest(x, kernel))
    assert len(set(chosen(x, kernel).tolist())) > 5


@packs
@pytest.mark.parametrize("scale", [0.0, 1e-38, 1e-12, 1e6, 1e12])
def test_numbers_of_any_size(scale):
    x, kernel = numbers(9, 30), numbers(30, 200, seed=1) * np.float32(scale)
    np.testing.assert_array_equal(chosen(x, kernel), greatest(x, kernel))
    np.testing.assert_array_equal(chosen(x * np.float32(scale), kernel[:, :1].repeat(70, 1)), 0)


@packs
def test_rows_that_are_not_finite_get_a_token_that_may_be_chosen():
    x, kernel = numbers(4, 8), numbers(8, 40, seed=1)
    x[1], x[2, 3] = np.nan, np.inf
    tokens = chosen(x, kernel, suppressed=[0])
    assert ((tokens > 0) & (tokens < 40)).all()
    assert tokens[1] == 1
    assert tokens[2] == 1 + np.argmax(kernel[3, 1:] > 0)  # the first of those that are infinite
    np.testing.assert_array_equal(tokens[[0, 3]], greatest(x, kernel, suppressed=[0])[[0, 3]])


@packs
def test_rows_of_which_too_many_tokens_may_be_the_likeliest():
    x, kernel = numbers(70, 24), numbers(24, 1500, seed=1)
    x[::3] = 0  # all tie
    x[1::6, 5] = 1e4  # the bytes of the others are zero
    x[40] *= np.float32(1e20)
    np.testing.assert_array_equal(chosen(x, kernel), greatest(x, kernel))
    bias = numbers(1500, seed=2)
    bias[::7] = -1e9
    np.testing.assert_array_equal(chosen(x, kernel, bias), greatest(x, kernel, bias))
    left = set(range(1500)) - {3, 1200}
    np.testing.assert_array_equal(chosen(x, kernel, bias, left), greatest(x, kernel, bias, left))


@packs
def test_choices_do_not_depend_on_threads(threads):
    x, kernel = numbers(300, 70), numbers(70, 1500, seed=1)
    found = []
    for count in (1, 2, 3):
        threads(count)
        found.append(chosen(x, kernel))
    np.testing.assert_array_equal(found[0], greatest(x, kernel))
    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_array_equal(found[0], found[2])


def test_weights_that_are_not_finite_are_not_packed():
    for wrong in (np.nan, np.inf):
        kernel, bias = numbers(5, 40), numbers(40)
        kernel[4, 39] = wrong
        assert _core.Vocabulary.pack(kernel, None) is None
        kernel[4, 39], bias[3] = 0, wrong
        assert _core.Vocabulary.pack(kernel, bias) is None
    assert _core.Vocabulary.pack(numbers(1025, 2), None) is None
    assert _core.Vocabulary.pack(1e16 * numbers(5, 40), None) is None  # bounds could overflow


@packs
def test_arrays_that_do_not_fit():
    with pytest.raises(ValueError, match=r"bias must have shape \(3,\), got \(2,\)"):
        _core.Vocabulary.pack(numbers(2, 3), numbers(2))
    vocabulary = _core.Vocabulary.pack(numbers(2, 3), None)
    with pytest.raises(ValueError, match=r"\[0, 3\), got 3"):
        vocabulary.suppress([3])
    with pytest.raises(ValueError, match=r"x must have shape \(4, 2\), got \(4, 3\)"):
        vocabulary.choose(numbers(4, 3), np.zeros(4, np.int32))
    with pytest.raises(ValueError, match=r"tokens must have shape \(4,\), got \(3,\)"):
        vocabulary.choose(numbers(4, 2), np.zeros(3, np.int32))


WORDS = 1200


def model_of(last):
    sh.utils.set_random_seed(3)
    model = sh.Sequential([layers.Embedding(WORDS, 6), layers.GRU(20, return_sequences=True), last])
    model.build((None, None))
    model.set_weights([4 * weight for weight in model.get_weights()])
    return model


LAST = {
    "softmax": lambda: layers.Dense(WORDS, "softmax", bias_initializer="normal"),
    "logits": lambda: layers.Dense(WORDS, use_bias=False),
    "each step": lambda: layers.TimeDistributed(layers.Dense(WORDS, "softmax")),
}


@pytest.mark.parametrize("last", LAST)
@pytest.mark.parametrize("suppressed", [None, [STOP, 5, 77]])
def test_greedy_search_finds_the_same(loop, monkeypatch, last, suppressed):
    if last == "each step" and not PACKS:
        pytest.skip("TimeDistributed is not recorded")
    step = decode.one_step(model_of(LAST[last]()))
    asked = [[3, 4], [7], [8], [9, 10, 11], *[[token] for token in range(20, 40)]]

    def found():
        rows = decode.greedy(step, asked, STOP, max_steps=12, suppress_tokens=suppressed)
        return [row.tolist() for row in rows]

    packs_too = []
    pack = likeliest.without_scores
    monkeypatch.setattr(
        "sunhwan.decode.decoder.without_scores",
        lambda *given: packs_too.append(pack(*given)) or packs_too[-1],
    )
    fast = found()
    assert (packs_too[0] is not None) == PACKS
    monkeypatch.setattr("sunhwan.decode.decoder.without_scores", lambda *_: None)
    monkeypatch.setattr(Decoder, "_closed", lambda *_: False)
    monkeypatch.setattr(Decoder, "_warn", lambda _: None)
    assert fast == found()
    assert len({token for row in fast for token in row}) > 5
    assert not {*(suppressed or ())} & {token for row in fast for token in row}


def test_weights_of_nan_are_told_of_as_before():
    model = model_of(layers.Dense(WORDS))
    weights = model.get_weights()
    for place in (-1, 1):  # the bias of the last layer; the kernel of the recurrent one
        wrong = [weight.copy() for weight in weights]
        wrong[place].flat[3] = np.nan
        model.set_weights(wrong)
        with pytest.raises(ValueError, match="must score the tokens by numbers, got nan"):
            decode.greedy(decode.one_step(model), [1, 2], max_steps=3)


class Wrapping(layers.Layer):
    """A layer of a user that holds a Dense and does something else with it."""

    def __init__(self):
        super().__init__()
        self.layer = layers.Dense(WORDS)

    def forward(self, x, context):
        return -self.layer(x)

    def backward(self, dy, context):
        return dy


@pytest.mark.parametrize("other", [layers.Dense(WORDS, "relu"), layers.Dense(WORDS, "sigmoid")])
def test_other_activations_keep_their_scores(other):
    ready = Decoder(decode.one_step(model_of(other)), 2, [], [], likeliest=True)
    assert ready._likeliest is None


def test_layers_of_users_are_not_looked_through():
    call = Call(Wrapping(), (0,), (1,))
    assert likeliest._chosen_among(call) is None
    assert likeliest._chosen_among(call._replace(layer=call.layer.layer)) is call.layer.layer


def test_what_the_scores_are_computed_of_may_be_a_state_too(loop):
    ids, state = layers.Input((1,)), layers.Input((7,))
    after = layers.GRU(7)(layers.Embedding(WORDS, 4)(ids), initial_state=state)
    model = sh.Model([ids, state], [layers.Dense(WORDS, "softmax")(after), after])
    model.set_weights([3 * weight for weight in model.get_weights()])
    found = decode.greedy(model, [3, 4, 5], max_steps=6, states=numbers(3, 7))
    now, rows = numbers(3, 7), [[], [], []]
    token = np.array([3, 4, 5])
    for _ in range(6):
        scores, now = model.predict([token[:, None], now], verbose=0)
        token = scores.argmax(axis=1)
        for row, one in zip(rows, token, strict=True):
            row.append(int(one))
    assert [row.tolist() for row in found] == rows


def test_features_that_break_the_scores_are_told_of():
    ids = layers.Input((1,))
    x = layers.Flatten()(layers.Embedding(WORDS, 4)(ids))
    model = sh.Model(ids, layers.Dense(WORDS)(layers.Dense(8, "relu")(x)))
    model.layers[3].kernel.assign(np.full((4, 8), 3e38))
    model.layers[1].embeddings.assign(np.ones((WORDS, 4)))
    with pytest.raises(ValueError, match="must score the tokens by numbers, got nan"):
        decode.greedy(model, [1, 2], max_steps=3)


def test_scores_of_two_positions_are_refused():
    ids = layers.Input((1,))
    x = layers.Reshape((2, 10))(layers.Embedding(WORDS, 20)(ids))
    model = sh.Model(ids, layers.Dense(WORDS)(x), name="two")
    with pytest.raises(ValueError, match=r"decoder 'two' must .* one token, got .*2, 1200\)"):
        decode.greedy(model, [1, 2], max_steps=3)
