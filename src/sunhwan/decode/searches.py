"""Greedy search, sampling and beam search over a decoder."""

from __future__ import annotations

from typing import Any

import numpy as np

from sunhwan import _core
from sunhwan._engine.arguments import check_count, check_number
from sunhwan._engine.seeds import check_seed, next_seed
from sunhwan.decode.checks import check_tokens
from sunhwan.decode.decoder import Decoder
from sunhwan.decode.tokens import check_id, check_suppressed, prefixes_of, rows_of


def greedy(
    decoder: Any,
    start: Any,
    stop: int | None = None,
    *,
    states: Any = (),
    context: Any = (),
    max_steps: int = 100,
    suppress_tokens: Any = None,
) -> list[np.ndarray]:
    """Take the likeliest token at every step.

    Args:
        decoder: a model of one step (see `sunhwan.decode`).
        start: with what the sequences begin: an id for all rows, an id for each `(N,)`, or a list
            of sequences of ids, which are read before the first token is chosen.
        stop: the id that ends a sequence; `None`: all have `max_steps` tokens.
        states: the first states, an array `(N, size)` or a list of them, such as an encoder's;
            by default zeros.
        context: what the decoder reads besides, an array `(N, ...)`, or a list of such inputs;
            ragged rows as `[[row, row, ...]]`.
        max_steps: tokens of a sequence at most.
        suppress_tokens: ids that are never chosen, such as those of padding and of unknown words.

    Returns:
        For each row its tokens, int32, without the start and the stop.

    Raises:
        ValueError: the model is no decoder, or an argument does not fit it.

    >>> import numpy as np
    >>> import sunhwan as sh
    >>> from sunhwan.decode import one_step
    >>> model = sh.Sequential([sh.layers.Embedding(5, 4), sh.layers.GRU(3, return_sequences=True),
    ...                        sh.layers.Dense(5)])
    >>> [len(row) for row in greedy(one_step(model), start=[1, 2], max_steps=7)]
    [7, 7]
    """
    options = {"most": max_steps, "stop": stop, "suppressed": suppress_tokens}
    found = _search(decoder, start, states, context, "likeliest", 1.0, options)
    return [sequences[0][0] for sequences in found]


def sample(
    decoder: Any,
    start: Any,
    stop: int | None = None,
    *,
    states: Any = (),
    context: Any = (),
    max_steps: int = 100,
    suppress_tokens: Any = None,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    seed: int | None = None,
) -> list[np.ndarray]:
    """Draw each token from the distribution that the decoder gives.

    What a row draws depends on the seed, its place and the step alone.

    Args:
        decoder, start, stop, states, context, max_steps, suppress_tokens: as in `greedy`; the
            other tokens share what the suppressed ones would have had.
        temperature: logits are divided by it; below 1 likely tokens get likelier.
        top_k: draw among so many of the likeliest; default all.
        top_p: draw among the fewest likeliest tokens that together have this probability (nucleus
            sampling, Holtzman et al., 2020), of those that `top_k` leaves; default all.
        seed: of the draws; by default one that `set_random_seed` fixes.

    Returns:
        For each row its tokens, int32, without the start and the stop.

    Raises:
        ValueError: as in `greedy`, or a number is out of its range.

    >>> import sunhwan as sh
    >>> from sunhwan.decode import one_step
    >>> model = sh.Sequential([sh.layers.Embedding(5, 4), sh.layers.GRU(3, return_sequences=True),
    ...                        sh.layers.Dense(5)])
    >>> drawn = sample(one_step(model), start=[1, 2], max_steps=7, temperature=0.8, top_k=3, seed=1)
    >>> [len(row) for row in drawn]
    [7, 7]
    """
    temperature = check_number("temperature", temperature, "above 0", lambda number: number > 0)
    options = {
        "most": max_steps,
        "stop": stop,
        "suppressed": suppress_tokens,
        "draws": True,
        "top_k": 0 if top_k is None else check_count("top_k", top_k),
        "top_p": 1.0
        if top_p is None
        else check_number("top_p", top_p, "in (0, 1]", lambda number: 0 < number <= 1),
        "seed": next_seed() if seed is None else check_seed(seed),
    }
    found = _search(decoder, start, states, context, "probabilities", 1.0 / temperature, options)
    return [sequences[0][0] for sequences in found]


def beam(
    decoder: Any,
    start: Any,
    stop: int | None = None,
    *,
    states: Any = (),
    context: Any = (),
    max_steps: int = 100,
    suppress_tokens: Any = None,
    beams: int = 4,
    length_penalty: float = 1.0,
    hypotheses: int | None = None,
) -> list[Any]:
    """Search for the likeliest sequence, keeping the best few at every step.

    A sequence's score is the sum of its tokens' log probabilities, the stop among them, divided by
    its length ** `length_penalty`. The search for a row ends when `beams` sequences have ended and
    none that goes on has a better score now.

    Args:
        decoder, start, stop, states, context, max_steps, suppress_tokens: as in `greedy`; the
            scores of other tokens stay as they are.
        beams: sequences kept of each row, at least 2.
        length_penalty: 0 favours short sequences, 1 scores the mean token.
        hypotheses: how many sequences to return of each row, with their scores; default the best
            one alone.

    Returns:
        For each row its tokens, int32, without the start and the stop; with `hypotheses` a list of
        pairs (tokens, score), the best first.

    Raises:
        ValueError: as in `greedy`, or a number is out of its range.

    >>> import sunhwan as sh
    >>> from sunhwan.decode import one_step
    >>> model = sh.Sequential([sh.layers.Embedding(5, 4), sh.layers.GRU(3, return_sequences=True),
    ...                        sh.layers.Dense(5)])
    >>> found = beam(one_step(model), start=[1, 2], max_steps=7, beams=3, hypotheses=2)
    >>> [len(row) for row in found], bool(found[0][0][1] >= found[0][1][1])
    ([2, 2], True)
    """
    beams = check_count("beams", beams)
    if beams < 2:
        raise ValueError(f"beams must be at least 2, got {beams}; decode.greedy keeps one")
    if hypotheses is not None and check_count("hypotheses", hypotheses) > beams:
        raise ValueError(f"hypotheses must be at most beams={beams}, got {hypotheses}")
    penalty = check_number(
        "length_penalty", length_penalty, "at least 0", lambda number: number >= 0
    )
    options = {
        "most": max_steps,
        "stop": stop,
        "suppressed": suppress_tokens,
        "beams": beams,
        "length_penalty": penalty,
    }
    found = _search(decoder, start, states, context, "logs", 1.0, options)
    if hypotheses is None:
        return [sequences[0][0] for sequences in found]
    return [sequences[:hypotheses] for sequences in found]


def _search(
    model: Any,
    start: Any,
    states: Any,
    context: Any,
    scale: str,
    factor: float,
    options: dict[str, Any],
) -> list[list[tuple[np.ndarray, float]]]:
    """What is found for each row, the best first."""
    states, context = _listed(states), _listed(context)
    most = check_count("max_steps", options["most"])
    beams = options.get("beams", 1)
    prefixes = prefixes_of(start, rows_of(start, states, context))
    rows = len(prefixes)
    decoder = Decoder(model, rows, states, context, beams, likeliest=scale == "likeliest")
    stop = -1 if options["stop"] is None else check_id("stop", options["stop"], decoder.limit)
    for prefix in prefixes:
        for token in prefix:
            check_id("start", token, decoder.limit)
    for reader in decoder.readers:
        check_tokens(reader, prefixes, f"decoder {model.name!r}")
    masked = any(reader.mask_zero for reader in decoder.readers) and stop != 0
    suppressed = check_suppressed(options["suppressed"], decoder.vocabulary, masked)
    if decoder.vocabulary > decoder.limit:
        raise ValueError(
            f"the decoder scores {decoder.vocabulary} tokens, but its Embedding takes "
            f"{decoder.limit}: a token that it chose could not be read"
        )
    search = _core.Search(
        [prefixes[source] for source in decoder.order],
        decoder.slots,
        beams,
        stop,
        most,
        options.get("length_penalty", 1.0),
        options.get("draws", False),
        options.get("top_k", 0),
        options.get("top_p", 1.0),
        options.get("seed", 0),
        suppressed,
    )
    first = [prefixes[source][0] for source in decoder.order[: decoder.slots]]
    decoder.ids[:] = np.repeat(first, beams)
    decoder.suppress(suppressed)
    decoder.run(search, factor, scale)
    results: list[Any] = [None] * rows
    for place, source in enumerate(decoder.order):
        results[source] = [
            (np.array(tokens, np.int32), score) for tokens, score in search.found(place)
        ]
    return results


def _listed(given: Any) -> list[Any]:
    return list(given) if isinstance(given, (list, tuple)) else [given]
