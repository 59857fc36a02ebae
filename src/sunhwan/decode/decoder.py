"""A model of one step, made ready for many steps of many rows."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from sunhwan import _core
from sunhwan._engine.arena import Arena
from sunhwan._engine.batch import form_of, order_of, parts_of
from sunhwan._engine.layout import places
from sunhwan._engine.packing import plain_ids
from sunhwan._engine.path import Path
from sunhwan._engine.recorded import closed, same_bits, staged
from sunhwan._engine.sequences import Sequences
from sunhwan.decode.checks import (
    check_given,
    check_memory,
    check_states,
    names_of,
    shapes_of_inputs,
    width_of_scores,
)
from sunhwan.decode.held import Held, is_shared, most_slots
from sunhwan.decode.likeliest import without_scores
from sunhwan.decode.standing import compute_standing, subplan

_STEPS_AT_ONCE = 64  # then Python looks whether the user wants to stop
_ROWS_AT_ONCE = 256  # of a step, whose scores then stay in cache


class Decoder:
    """A model of one step on rows that stay, from whose arrays steps are computed in place.

    What follows from the context alone is computed once. A step has a few hundred rows; where
    there are more sources, one comes into the rows of another that is done.

    Args:
        model: inputs ids `(N, 1)`, states, context; outputs scores, new states.
        sources: `N`, rows of states and context.
        states: the first states `(N, size)`; none given: zeros.
        context: what the model reads besides, at each step: arrays, or ragged lists.
        beams: rows of a step for each source.
        likeliest: whether the likeliest token of each row is all that is asked.

    Attributes:
        ids: `(R,)` int32, the tokens that the next step reads.
        readers: the layers that read them.
        limit: ids are below it.
        order: `(N,)`, the user's row that each source is.
        slots: how many sources a step computes.
        vocabulary: how many tokens the model scores.

    Raises:
        ValueError: the model's inputs and outputs are not those of a decoder, or what is given does
            not fit them.
    """

    def __init__(
        self,
        model: Any,
        sources: int,
        states: Sequence[Any],
        context: Sequence[Any],
        beams: int = 1,
        likeliest: bool = False,
    ) -> None:
        held = check_states(model, len(context))
        self._model, name = model, f"decoder {model.name!r}"
        stepper = model.stepper()
        plan, ports = stepper.plan, model.ports
        sizes = [shape[-1] for shape in shapes_of_inputs(model)[1 : 1 + held]]
        states = list(states) or [np.zeros((sources, size)) for size in sizes]
        if len(states) != held:
            raise ValueError(f"{name} has {held} states, got {len(states)}")
        given: list[Any] = [np.ones((sources, 1), np.int32), *states, *context]
        names = names_of(held, len(context))
        check_given(model, given, names, sources)
        feed = model._open(given if len(given) > 1 else given[0], names)
        batch = feed.batch_to_ask(np.arange(sources))
        parts, self.order = parts_of(batch), order_of(batch)
        check_memory(plan, ports, name)
        standing = compute_standing(
            plan,
            {place: parts[place] for place, port in enumerate(ports) if port.input > held},
            self.order,
        )
        wanted = max(1, _ROWS_AT_ONCE // beams)
        self.slots = most_slots(standing.values, standing.calls, sources, wanted)
        self._held = Held(sources, self.slots, beams)
        self.ids = staged(np.ones(self._held.rows, np.int32))
        self._before: list[Any] = [None] * held
        read: dict[int, Any] = {}
        for place, port in enumerate(ports):
            if port.input == 0:
                if not hasattr(port.reader, "reads_ids"):
                    raise ValueError(f"the first input of {name} must be ids, read by Embedding")
                read[place] = plain_ids(self.ids[:, None])
            elif port.input <= held:
                if self._before[port.input - 1] is None:
                    self._before[port.input - 1] = self._held.stage(parts[place])
                read[place] = self._before[port.input - 1]
        for edge, part in standing.values.items():
            shared = edge not in plan.outputs and is_shared(edge, standing.calls)
            read[edge] = self._held.share(part) if shared else self._held.spread(part)
        step = subplan(standing.calls, list(read), plan.outputs)
        self._batch = tuple(read.values()) if len(read) > 1 else read[0]
        self._arena, self._block = Arena(), stepper.block
        self._memory = [*standing.memory, *self._held.memory]
        self.gives_logits, left_out = _kind(plan.last_layer(0))
        self._likeliest, chosen = None, likeliest and without_scores(step, self._held.rows)
        if chosen:
            step, self._likeliest = chosen
        logits = (left_out and not chosen, *[False] * held)
        self._path = Path(step, form_of(self._batch), self._arena, logits=logits)
        self.readers = [port.reader for port in ports if port.input == 0]
        self.limit = min(len(reader.embeddings.value) for reader in self.readers)
        self.vocabulary = width_of_scores(model) or self._step(1.0, "likeliest")[0].shape[1]

    def _step(self, factor: float, scale: str) -> tuple[np.ndarray, list[np.ndarray]]:
        """The scores `(R, C)` of the tokens that may follow, and the new states.

        Where the likeliest token alone is asked, in place of the scores what they are computed of.

        Args:
            factor: of the logits.
            scale: `"probabilities"`, `"logs"`, or another: as they come.
        """
        self._path.begin(self._batch)
        outputs = self._path.forward(self._batch, places(len(self.ids)))
        scores, *states = outputs if self._path.several else (outputs,)
        if isinstance(scores, Sequences):
            scores = scores.values
        scores = scores.reshape(len(self.ids), -1)
        if scale in ("probabilities", "logs"):
            scores = self._scaled(scores, factor, scale)
        return scores, [state.reshape(len(self.ids), -1) for state in states]

    def _scaled(self, scores: np.ndarray, factor: float, scale: str) -> np.ndarray:
        if not self.gives_logits:
            with np.errstate(divide="ignore"):
                scores = np.log(scores)
        result = self._arena.empty(scores.shape)
        _core.scale(np.ascontiguousarray(scores), factor, result)
        (_core.softmax if scale == "probabilities" else _core.log_softmax)(result, result)
        return result

    def suppress(self, tokens: list[int]) -> None:
        """Never choose some tokens; the search is to be told of them too."""
        if self._likeliest is not None:
            self._likeliest.vocabulary.suppress(tokens)

    def _offer(self, scores: np.ndarray) -> np.ndarray:
        """What the search chooses from: scores `(R, C)`, or the likeliest tokens `(R,)`."""
        if self._likeliest is not None:
            return self._likeliest.choose(scores)
        return np.ascontiguousarray(scores)

    def run(self, search: _core.Search, factor: float, scale: str) -> None:
        """Take steps until the search is done; the loop is native where the model can replay."""
        calls = _core.Recording()
        calls.start()
        try:
            scores, states = self._step(factor, scale)
            offer = self._offer(scores)
        finally:
            calls.stop()
        broken = self._likeliest.breaks(scores) if self._likeliest else np.isnan(scores).any()
        if broken:
            raise ValueError(
                f"decoder {self._model.name!r} must score the tokens by numbers, got nan: do its "
                "weights or its context hold nan?"
            )
        parents = np.zeros(len(self.ids), np.int32)
        held, fresh = self._held, True
        if self._closed(calls, [scores, *states], offer):
            pairs = list(zip(states, self._before, strict=True))
            moved = pairs, held.starts, held.readers, _STEPS_AT_ONCE
            while not search.run(calls, offer, self.ids, parents, *moved, fresh):
                fresh = False
            return
        self._warn()
        while not search.advance(offer, self.ids, parents):
            for state, before in zip(states, self._before, strict=True):
                before[...] = state[parents]
            for slot, source in search.entered():
                held.enter(slot, source)
            scores, states = self._step(factor, scale)
            offer = self._offer(scores)

    def _warn(self) -> None:
        """Say which layer makes the steps slow."""
        layers = ", ".join(dict.fromkeys(repr(layer.name) for layer in self._path.as_written))
        because = f"what layer {layers} does" if layers else "the step"
        warnings.warn(
            f"decoder {self._model.name!r} makes each step in Python, which is slower, since "
            f"{because} cannot be recorded",
            stacklevel=5,
        )

    def _closed(self, calls: _core.Recording, results: list[np.ndarray], offer: np.ndarray) -> bool:
        """Whether the calls, made again in memory that is spoilt, give the same step."""
        copied = self._likeliest is None and offer is not results[0]
        if copied or not self._path.replays:
            return False
        memory = [*self._arena.blocks, self._block.values, *self._memory]
        if not all(closed(calls, memory, each) for each in results):
            return False
        results = [*results, offer]
        before = [each.copy() for each in results]
        self._arena.spoil()
        calls.run()
        return all(map(same_bits, before, results))


def _kind(last: Any) -> tuple[bool, bool]:
    """Whether a layer gives logits, and whether its activation must be left out for that."""
    if last is None:
        return False, False
    if last.output_activation == "softmax":
        return True, True
    inner = getattr(last, "layer", last)  # of TimeDistributed
    activation = getattr(inner, "activation", None)
    linear = activation is None or getattr(activation, "__name__", "") == "linear"
    return linear, False
