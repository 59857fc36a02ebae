"""Which tokens a search may choose, and how often it draws each."""

import itertools

import numpy as np
import pytest
from decode_case import STOP, WORDS, language_model, logs_after

import sunhwan as sh
from sunhwan import decode, layers


def test_samples_have_the_models_distribution():
    model = language_model()
    drawn = decode.sample(decode.one_step(model), [1] * 20000, max_steps=1, seed=1)
    shares = np.bincount([int(row[0]) for row in drawn], minlength=WORDS) / 20000
    np.testing.assert_allclose(shares, np.exp(logs_after(model, [1])), atol=0.015)
    cold = decode.sample(decode.one_step(model), [1] * 5000, max_steps=1, seed=1, temperature=0.5)
    shares = np.bincount([int(row[0]) for row in cold], minlength=WORDS) / 5000
    squared = np.exp(2 * logs_after(model, [1]))
    np.testing.assert_allclose(shares, squared / squared.sum(), atol=0.03)


def test_top_k_and_top_p_leave_the_likeliest():
    model = language_model()
    order = np.argsort(-logs_after(model, [1]))
    sums = np.cumsum(np.exp(logs_after(model, [1]))[order])
    step = decode.one_step(model)

    def seen(**options):
        return {
            int(row[0]) for row in decode.sample(step, [1] * 3000, max_steps=1, seed=2, **options)
        }

    assert seen(top_k=3) == set(order[:3].tolist())
    assert seen(top_k=1) == {int(order[0])}
    for share in (0.3, 0.7):
        count = int(np.searchsorted(sums, share)) + 1
        assert seen(top_p=share) == set(order[:count].tolist())
    both = seen(top_k=4, top_p=0.99)
    assert both <= set(order[:4].tolist())


@pytest.mark.parametrize("forbidden", [[4, 7, 2], range(1, WORDS)])
def test_suppressed_tokens_are_never_chosen(loop, forbidden):
    model = language_model()
    step, kept = decode.one_step(model), sorted({*range(WORDS)} - {*forbidden})
    told = {"max_steps": 6, "suppress_tokens": forbidden}
    tokens = []
    for _ in range(6):
        logits = logs_after(model, [1, *tokens])
        tokens.append(max(kept, key=lambda token: logits[token]))
    assert decode.greedy(step, 1, STOP, **told)[0].tolist() == tokens
    logits = logs_after(model, [1])
    drawn = decode.sample(step, [1] * 5000, seed=1, **{**told, "max_steps": 1})
    shares = np.bincount([int(row[0]) for row in drawn], minlength=WORDS) / 5000
    expected = np.where(np.isin(np.arange(WORDS), kept), np.exp(logits), 0)
    np.testing.assert_allclose(shares, expected / expected.sum(), atol=0.03)
    likeliest = {int(kept[place]) for place in np.argsort(-logits[kept])[:3]}
    drawn = decode.sample(step, [1] * 300, seed=1, top_k=3, **{**told, "max_steps": 1})
    assert {int(row[0]) for row in drawn} == likeliest
    drawn = decode.sample(step, [1] * 50, seed=1, top_p=1e-6, **{**told, "max_steps": 1})
    assert {int(row[0]) for row in drawn} == {max(kept, key=lambda token: logits[token])}

    def score(tokens):
        return sum(logs_after(model, [1, *tokens[:n]])[token] for n, token in enumerate(tokens))

    told["max_steps"] = 2
    found = decode.beam(step, 1, beams=WORDS, hypotheses=WORDS, **told)[0]
    pairs = sorted(map(list, itertools.product(kept, repeat=2)), key=lambda pair: -score(pair))
    assert [tokens.tolist() for tokens, _ in found] == pairs[:WORDS]
    np.testing.assert_allclose(found[0][1], score(pairs[0]) / 2, rtol=1e-5)


@pytest.mark.usefixtures("loop")
def test_what_the_embedding_masks_is_never_chosen():
    model = language_model()
    last = model.layers[-1]
    last.bias.assign(10.0 * (np.arange(WORDS) == 0))
    assert not decode.greedy(decode.one_step(model), 1, max_steps=4)[0].any()
    masking = sh.Sequential(
        [layers.Embedding(WORDS, 4, mask_zero=True), *model.layers[1:]],
    )
    masking.build((None, None))
    masking.layers[0].set_weights(model.layers[0].get_weights())
    step = decode.one_step(masking)
    for search in (decode.greedy, decode.sample, decode.beam):
        assert search(step, 1, max_steps=4)[0].all()
    assert not len(decode.greedy(step, 1, 0)[0])  # as a stop it may be
    with pytest.raises(ValueError, match="at least one of 11 tokens, of which 0 is masked"):
        decode.greedy(step, 1, suppress_tokens=range(1, WORDS))
    with pytest.raises(ValueError, match=r"start must not hold 0, which layer '.*' masks"):
        decode.greedy(step, [[0, 1]])


def test_draws_depend_on_seed_row_and_step_alone(loop):
    step = decode.one_step(language_model())
    options = {"max_steps": 20, "seed": 7, "top_k": 6}
    drawn = decode.sample(step, [1, 3, 1, 4], **options)
    again = decode.sample(step, [1, 3, 1], **options)
    threads = sh.num_threads()
    try:
        sh.set_num_threads(1)
        alone = decode.sample(step, [1, 3, 1, 4], **options)
    finally:
        sh.set_num_threads(threads)
    for one, other, third in zip(drawn, alone, [*again, drawn[3]], strict=True):
        np.testing.assert_array_equal(one, other)
        np.testing.assert_array_equal(one, third)
    assert drawn[0].tolist() != drawn[2].tolist()  # the same start, another row
    other = decode.sample(step, [1], **{**options, "seed": 8})
    assert other[0].tolist() != drawn[0].tolist()
    sh.utils.set_random_seed(3)
    first = decode.sample(step, [1], max_steps=20)
    sh.utils.set_random_seed(3)
    np.testing.assert_array_equal(first[0], decode.sample(step, [1], max_steps=20)[0])
