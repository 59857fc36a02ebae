"""What a decoder computes of its context once, before the first step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from sunhwan._engine.arena import Arena
from sunhwan._engine.batch import form_of
from sunhwan._engine.path import Path
from sunhwan._engine.plan import Call, Plan


class Standing(NamedTuple):
    """A plan in two: what stands, and what each step computes.

    Args:
        values: of the edges that stand, by their numbers: arrays, or `Sequences`.
        calls: what is left for each step.
        memory: the arrays in which the values lie.
    """

    values: dict[int, Any]
    calls: list[Call]
    memory: list[np.ndarray]


def compute_standing(plan: Plan, given: dict[int, Any], order: np.ndarray) -> Standing:
    """Make the calls of `plan` that follow from the context alone.

    Args:
        plan: of one step.
        given: the context, by the numbers of its edges, of all rows.
        order: `(N,)`, the user's row that each row is.
    """
    standing, first, left = set(given), [], []
    fresh = 1 + max((edge for call in plan.calls for edge in call.outputs), default=plan.inputs)
    for call in plan.calls:
        stands = standing.issuperset((*call.inputs, *call.states)) and not _changes(call)
        rest = call
        if not stands and standing.issuperset(call.inputs[1:3]) and hasattr(call.layer, "divided"):
            made, rest = _divided(call, (fresh, fresh + 1))
            first += made
            standing.update((fresh, fresh + 1))
            fresh += 2
        (first if stands else left).append(rest)
        if stands:
            standing.update(call.outputs)
    wanted = [edge for edge in edges_read(left, plan.outputs) if edge in standing]
    made = [edge for edge in wanted if edge not in given]
    if not made:
        return Standing({edge: given[edge] for edge in wanted}, left, [])
    part = subplan(first, list(given), made)
    batch = tuple(given.values()) if len(given) > 1 else next(iter(given.values()))
    arena = Arena()
    path = Path(part, form_of(batch), arena, packed=True)
    if path.hides_masks:  # an array's mask would be lost
        return Standing(dict(given), list(plan.calls), [])
    path.begin(batch)
    results = path.forward(batch, order)
    values = dict(zip(made, results if path.several else (results,), strict=True))
    values.update((edge, given[edge]) for edge in wanted if edge in given)
    return Standing(values, left, list(arena.blocks))


def edges_read(calls: Iterable[Call], outputs: Sequence[int] = ()) -> list[int]:
    """The edges that calls read, and those of the results, each once."""
    read = [edge for call in calls for edge in (*call.inputs, *call.states)]
    return list(dict.fromkeys([*read, *outputs]))


def subplan(calls: Sequence[Call], inputs: Sequence[int], outputs: Sequence[int]) -> Plan:
    """The plan of some calls, which read the edges `inputs`, in this order."""
    numbers = {edge: number for number, edge in enumerate(inputs)}
    for call in calls:
        for edge in call.outputs:
            numbers[edge] = len(numbers)

    def renamed(edges: Sequence[int]) -> tuple[int, ...]:
        return tuple(numbers[edge] for edge in edges)

    renumbered = [
        call._replace(
            inputs=renamed(call.inputs), outputs=renamed(call.outputs), states=renamed(call.states)
        )
        for call in calls
    ]
    return Plan(len(inputs), tuple(renumbered), renamed(outputs))


def _divided(call: Call, fresh: tuple[int, int]) -> tuple[list[Call], Call]:
    """What attention makes of its memory, on fresh edges, and what it makes of that."""
    value, key, rest = call.layer.divided()
    query, values, *others = call.inputs
    made = [Call(value, (values,), fresh[:1]), Call(key, ((others or [values])[0],), fresh[1:])]
    return made, call._replace(layer=rest, inputs=(query, *fresh, *others[1:]), joins=True)


def _changes(call: Call) -> bool:
    """Whether a call gives something else the next time."""
    return bool(call.training) or bool(getattr(call.layer, "stateful", False))
