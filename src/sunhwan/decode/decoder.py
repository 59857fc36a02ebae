"""A model of one step, made ready for many steps of many rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sunhwan import _core
from sunhwan._engine.arena import Arena
from sunhwan._engine.batch import form_of, order_of, parts_of
from sunhwan._engine.packing import plain_ids
from sunhwan._engine.path import Path
from sunhwan._engine.plan import Plan
from sunhwan._engine.recorded import closed, same_bits, staged
from sunhwan._engine.sequences import Sequences
from sunhwan.models.model import Model

_STEPS_AT_ONCE = 64  # then Python looks whether the user wants to stop


class Decoder:
    """A model of one step on a batch that stays, from whose arrays steps are computed in place.

    Args:
        model: inputs ids `(N, 1)`, states, context; outputs scores, new states.
        rows: `N`.
        states: the first states `(N, size)`; none given: zeros.
        context: what the model reads besides, at each step: arrays, or ragged lists.

    Attributes:
        ids: `(N,)` int32, the tokens that the next step reads.
        order: `(N,)`, the user's row that each row is.
        vocabulary: how many tokens the model scores.

    Raises:
        ValueError: the model's inputs and outputs are not those of a decoder, or what is given does
            not fit them.
    """

    def __init__(
        self, model: Any, rows: int, states: Sequence[Any], context: Sequence[Any]
    ) -> None:
        if not isinstance(model, Model):
            raise ValueError(f"decoder must be a model, got {model!r}")
        self._model, name = model, f"decoder {model.name!r}"
        stepper = model.stepper()
        outputs = len(stepper.plan.outputs)
        inputs = 1 if model.input_structure is None else len(model.input_structure.names)
        held = outputs - 1
        if inputs < 1 + held:
            raise ValueError(
                f"{name} has {outputs} outputs, the scores and {held} states, so it must have at "
                f"least {1 + held} inputs, ids and the states; it has {inputs}. Of a language "
                "model, decode.one_step makes a decoder"
            )
        if len(context) != inputs - 1 - held:
            raise ValueError(
                f"{name} reads {inputs - 1 - held} inputs besides ids and states, got a context of "
                f"{len(context)}"
            )
        states = list(states) or [np.zeros((rows, size)) for size in self._sizes(held)]
        if len(states) != held:
            raise ValueError(f"{name} has {held} states, got {len(states)}")
        given: list[Any] = [np.ones((rows, 1), np.int32), *states, *context]
        feed = model._open(given if inputs > 1 else given[0])
        batch = feed.batch_to_ask(np.arange(rows))
        self.order = order_of(batch)
        self.ids = staged(np.ones(rows, np.int32))
        self._before: list[Any] = [None] * held
        parts = list(parts_of(batch))
        for place, port in enumerate(model.ports):
            if port.input == 0:
                if not hasattr(port.reader, "reads_ids"):
                    raise ValueError(f"the first input of {name} must be ids, read by Embedding")
                parts[place] = plain_ids(self.ids[:, None])
            elif port.input <= held:
                if self._before[port.input - 1] is None:
                    self._before[port.input - 1] = staged(np.ascontiguousarray(parts[place]))
                parts[place] = self._before[port.input - 1]
        _check_memory(stepper.plan, model.ports, name)
        self._batch = tuple(parts) if len(parts) > 1 else parts[0]
        self._memory = [*self._before]
        for part in parts:
            self._memory += _floats(part)
        self._arena, self._block = Arena(), stepper.block
        last = stepper.plan.last_layer(0)
        self.gives_logits, left_out = _kind(last)
        self._path = Path(
            stepper.plan,
            form_of(self._batch),
            self._arena,
            logits=(left_out, *[False] * held),
        )
        self.limit = min(port.reader.input_dim for port in model.ports if port.input == 0)
        self.vocabulary = self._step(1.0, "none")[0].shape[1]

    def _sizes(self, held: int) -> list[int]:
        shapes = self._model.input_shape[1 : 1 + held] if held else []
        return [shape[-1] for shape in shapes]

    def _step(self, factor: float, scale: str) -> tuple[np.ndarray, list[np.ndarray]]:
        """The scores `(N, C)` of the tokens that may follow, and the new states.

        Args:
            factor: of the logits.
            scale: `"none"` (as they come), `"probabilities"` or `"logs"`.
        """
        self._path.begin(self._batch)
        outputs = self._path.forward(self._batch, self.order)
        scores, *states = outputs if self._path.several else (outputs,)
        if isinstance(scores, Sequences):
            scores = scores.values
        scores = scores.reshape(len(self.ids), -1)
        if scale != "none":
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

    def run(self, search: _core.Search, factor: float, scale: str) -> None:
        """Take steps until the search is done; the loop is native where the model can replay."""
        scores, states = self._step(factor, scale)  # the arena grows to what a step needs
        if np.isnan(scores).any():
            raise ValueError(
                f"decoder {self._model.name!r} must score the tokens by numbers, got nan: do its "
                "weights or its context hold nan?"
            )
        calls = _core.Recording()
        calls.start()
        try:
            scores, states = self._step(factor, scale)
        finally:
            calls.stop()
        parents = np.zeros(len(self.ids), np.int32)
        if self._closed(calls, scores, states):
            pairs = list(zip(states, self._before, strict=True))
            while not search.run(calls, scores, self.ids, parents, pairs, _STEPS_AT_ONCE):
                pass
            return
        while not search.advance(np.ascontiguousarray(scores), self.ids, parents):
            for state, before in zip(states, self._before, strict=True):
                before[...] = state[parents]
            scores, states = self._step(factor, scale)

    def _closed(self, calls: _core.Recording, scores: np.ndarray, states: list[np.ndarray]) -> bool:
        """Whether the calls, made again in memory that is spoilt, give the same step."""
        if not self._path.replays:
            return False
        memory = [*self._arena.blocks, self._block.values, *self._memory]
        if not all(closed(calls, memory, each) for each in (scores, *states)):
            return False
        before = [each.copy() for each in (scores, *states)]
        self._arena.spoil()
        calls.run()
        return all(map(same_bits, before, (scores, *states)))


def _check_memory(plan: Plan, ports: Sequence[Any], name: str) -> None:
    """Refuse a recurrent layer that reads the tokens but would begin anew with each of them."""
    read = {place for place, port in enumerate(ports) if port.input == 0}
    for call in plan.calls:
        if not read.intersection((*call.inputs, *call.states)):
            continue
        if hasattr(call.layer, "reset_states") and not call.states:
            raise ValueError(
                f"layer {call.layer.name!r} of {name} has no initial_state, so it would forget "
                "each token before the next; of a language model, decode.one_step makes a decoder"
            )
        read.update(call.outputs)


def _floats(part: Any) -> list[np.ndarray]:
    """The arrays of floats that a part of a batch holds."""
    if not isinstance(part, Sequences):
        return [part]
    head = part.head
    held = [part.values, *(() if head is None else (head.tokens, head.rows))]
    return [each for each in held if each is not None and each.dtype == np.float32]


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
