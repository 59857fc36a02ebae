"""What the attention layers of a model look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sunhwan._engine.plan import Call, Plan
from sunhwan.layers import MultiHeadAttention
from sunhwan.layers.attending import Attending

from .opened import Opened, open_row
from .running import run
from .words import words_of


@dataclass(frozen=True, repr=False)
class Attention:
    """The weights of attention layers for one row.

    Args:
        weights: layer -> `(heads, targets, sources)`: how much each step of the query looks at
            each step of the values; the numbers of a target's row add up to 1. A layer that is
            called more than once has a number behind its name. Of layers without heads, one.
        targets: layer -> a word for each step of the query, or `None`.
        sources: layer -> a word for each step of the values, or `None`.

    >>> look = Attention({"look": np.full((1, 2, 4), 0.25)}, {"look": None}, {"look": None})
    >>> look
    <Attention: look (1, 2, 4)>
    """

    weights: dict[str, np.ndarray]
    targets: dict[str, list[str] | None]
    sources: dict[str, list[str] | None]

    def __repr__(self) -> str:
        named = ", ".join(f"{name} {each.shape}" for name, each in self.weights.items())
        return f"<Attention: {named}>"

    def plot(self, figure: Any = None, heads: bool = False) -> Any:
        """Draw a heat map for each layer: targets down, sources across.

        Args:
            figure: a matplotlib figure to draw into, which keeps its size; default a new one.
            heads: whether each head has a map of its own; else their mean is drawn.

        Returns:
            The matplotlib figure; the ground is 0, blue is the largest weight of all.

        Raises:
            ImportError: matplotlib is missing; `pip install 'sunhwan[plot]'` brings it.
        """
        from .attention_picture import draw

        return draw(self, figure, heads)


def attention(
    model: Any, x: Any, *, layer: str | None = None, words: Any = None, targets: Any = None
) -> Attention:
    """The weights with which a model's attention layers look at their sources.

    Args:
        model: a model with `Attention`, `AdditiveAttention` or `MultiHeadAttention` layers.
        x: one row, as in `predict`: a list or dictionary where the model has several inputs.
        layer: name of the layer; default all.
        words: what the sources are called: a list of words, a dictionary id -> word (or word ->
            id), or a function; default the model's own vocabulary, else the ids.
        targets: likewise of the queries' steps; default as `words`, unless that is a list.

    Raises:
        TypeError: `model` is no model, or `words` are none.
        ValueError: there is no attention layer, or none of that name; there are several rows, or
            not as many words as steps.

    >>> import numpy as np, sunhwan as sh
    >>> x = sh.Input((5, 3))
    >>> model = sh.Model(x, sh.layers.Attention(name="look")([x, x]))
    >>> attention(model, np.ones((5, 3))).weights["look"].shape
    (1, 5, 5)
    """
    opened = open_row(model, x, "attention")
    calls = [c for c in opened.plan.calls if isinstance(c.layer, (Attending, MultiHeadAttention))]
    names = list(dict.fromkeys(call.layer.name for call in calls))
    if not calls:
        raise ValueError(
            "attention needs a model with an Attention, AdditiveAttention or MultiHeadAttention "
            f"layer, got {model.name!r}, which has none"
        )
    if layer is not None and layer not in names:
        raise ValueError(f"attention: layer must be one of {names}, got {layer!r}")
    calls = [call for call in calls if layer in (None, call.layer.name)]
    plan, edges = _showing(opened.plan, calls)
    outputs = run(model, plan, opened.batch)
    weights = [outputs[len(plan.outputs) - len(edges) + number] for number in range(len(edges))]
    if targets is None and not isinstance(words, (list, tuple, np.ndarray)):
        targets = words
    found = Attention({}, {}, {})
    for call, each in zip(calls, weights, strict=True):
        name, number = call.layer.name, 1
        while name in found.weights:
            number += 1
            name = f"{call.layer.name} {number}"
        part = each[0].reshape(-1, *each.shape[-2:])
        down = _words(opened, call.inputs[0], targets, part.shape[1])
        across = _words(opened, call.inputs[1], words, part.shape[2])
        part = part[:, down[0]][:, :, across[0]]
        found.weights[name], found.targets[name], found.sources[name] = part, down[1], across[1]
    return found


def _showing(plan: Plan, calls: list[Call]) -> tuple[Plan, list[int]]:
    """The plan with the weights of some calls among its results, and their edges."""
    used = [edge for call in plan.calls for edge in call.outputs]
    fresh = 1 + max([*used, plan.inputs])
    told, edges = [], []
    for call in plan.calls:
        if not any(call is each for each in calls):
            told.append(call)
            continue
        if len(call.outputs) > 1:  # it gives its weights already
            edges.append(call.outputs[1])
            told.append(call)
            continue
        edges.append(fresh)
        options = {**call.options, "scores": True}
        told.append(call._replace(outputs=(*call.outputs, fresh), options=options))
        fresh += 1
    return Plan(plan.inputs, tuple(told), (*plan.outputs, *edges)), edges


def _words(
    opened: Opened, edge: int, words: Any, steps: int
) -> tuple[np.ndarray, list[str] | None]:
    """Which steps of an edge are shown, and their words."""
    every = np.arange(steps)
    reading = opened.reading(edge)
    if reading is None or reading.steps != steps:
        if isinstance(words, (list, tuple, np.ndarray)) and len(words) == steps:
            return every, [str(word) for word in words]
        return every, None
    (shown,) = np.nonzero(reading.own)
    named = words_of(reading, words, "attention")
    if named is None and len(shown) < steps:
        named = [str(step) for step in range(steps)]
    return shown, None if named is None else [named[step] for step in shown]
