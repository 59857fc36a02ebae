"""A model as a table of its layers."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sunhwan._engine.arguments import optional_count
from sunhwan._engine.plan import Plan
from sunhwan._engine.variable import Variable
from sunhwan.layers.layer import Layer

if TYPE_CHECKING:
    from .model import Model

LINE_LENGTH = 80
GRAPH_LINE_LENGTH = 100
_PLAIN = str.maketrans("━─┃│┏┳┓┡╇┩├┼┤└┴┘", "=-||++++++++++++")


def summary_text(
    model: Model,
    line_length: int | None = None,
    expand_nested: bool = False,
    show_trainable: bool = False,
    layer_range: Any = None,
) -> str:
    """The table that `model.summary` prints.

    Args:
        model: the model.
        line_length: width in characters, default 80, or 100 for a graph, whose table says to
            which layers each is connected.
        expand_nested: whether wrapped layers get rows of their own.
        show_trainable: whether a column says which layers are trainable.
        layer_range: names of the first and the last layer to show.

    Raises:
        ValueError: `layer_range` names no layers of the model.
    """
    sources = None if not model.built or _is_chain(model.plan) else model.sources
    header = ["Layer (type)", "Output Shape", "Param #"]
    parts = [46, 33, 21]
    if sources is not None:
        header.append("Connected to")
        parts = [31, 24, 14, 31]
    if show_trainable:
        header.append("Trainable")
        parts.append(15)
    shares = [part / sum(parts) for part in parts]
    rows = [
        row
        for layer, shape in _layers_in(model, layer_range)
        for row in _rows(layer, shape, expand_nested, show_trainable, sources)
    ]
    default = LINE_LENGTH if sources is None else GRAPH_LINE_LENGTH
    width = max(optional_count("line_length", line_length) or default, 40)
    inner = width - len(shares) - 1
    widths = [int(inner * share) for share in shares[:-1]]
    widths.append(inner - sum(widths))
    lines = [f'Model: "{model.name}"', *_table(header, rows, widths), *_totals(model)]
    return "\n".join(lines)


def print_summary(text: str) -> None:
    """Print it; in plain characters where the output cannot show the lines of the table."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = text.translate(_PLAIN)
    print(text)


def _is_chain(plan: Plan) -> bool:
    """Whether each layer reads just what the one before gave."""
    if plan.inputs > 1 or len(plan.outputs) > 1:
        return False
    expected = (0,)
    for call in plan.calls:
        if call.inputs != expected or call.states or len(call.outputs) > 1:
            return False
        expected = call.outputs
    return len(plan.layers) == len(plan.calls)


def _layers_in(model: Model, layer_range: Any) -> list[tuple[Layer, Any]]:
    pairs = model.layers_with_shapes
    if layer_range is None:
        return pairs
    names = [layer.name for layer in model.layers]
    wanted = list(layer_range) if isinstance(layer_range, (list, tuple)) else []
    if len(wanted) != 2 or not set(wanted) <= set(names):
        raise ValueError(f"layer_range must name two layers of {names}, got {layer_range!r}")
    first, last = wanted
    return pairs[names.index(first) : names.index(last) + 1]


def _rows(
    layer: Layer,
    shape: Any,
    expand_nested: bool,
    show_trainable: bool,
    sources: Mapping[str, Sequence[str]] | None,
    depth: int = 0,
) -> list[list[str]]:
    name = f"{'   ' * depth}{'└ ' if depth else ''}{layer.name} ({type(layer).__name__})"
    shown = "?" if shape is None else _shape_text(shape)
    ready = layer.built or getattr(layer, "prepares", False)
    count = f"{sum(v.size for v in layer.variables):,}" if ready else "0 (unbuilt)"
    row = [name, shown, count]
    if sources is not None:
        row.append(", ".join(sources.get(layer.name, ["-"])) if not depth else "")
    if show_trainable:
        learned = any(variable.learned for variable in layer.variables)
        row.append(("Y" if layer.trainable else "N") if learned else "-")
    rows = [row]
    if expand_nested:
        for child in layer.children:
            rows += _rows(child, None, True, show_trainable, sources, depth + 1)
    return rows


def _shape_text(shape: Any) -> str:
    if isinstance(shape, list):
        return "[" + ", ".join(_shape_text(one) for one in shape) + "]"
    axes = ", ".join(str(axis) for axis in shape)
    return f"({axes},)" if len(shape) == 1 else f"({axes})"


def _table(
    header: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int]
) -> list[str]:
    def rule(left: str, line: str, cross: str, right: str) -> str:
        return left + cross.join(line * width for width in widths) + right

    lines = [rule("┏", "━", "┳", "┓"), *_cells(header, widths, "┃"), rule("┡", "━", "╇", "┩")]
    for number, row in enumerate(rows):
        if number:
            lines.append(rule("├", "─", "┼", "┤"))
        lines += _cells(row, widths, "│")
    return [*lines, rule("└", "─", "┴", "┘")]


def _cells(texts: Sequence[str], widths: Sequence[int], border: str) -> list[str]:
    """One row, on as many lines as its longest text needs; the third column is right-aligned."""
    wrapped = [
        textwrap.wrap(text, max(4, width - 2), break_on_hyphens=False) or [""]
        for text, width in zip(texts, widths, strict=True)
    ]
    lines = []
    for number in range(max(map(len, wrapped))):
        cells = []
        for column, (parts, width) in enumerate(zip(wrapped, widths, strict=True)):
            text = parts[number] if number < len(parts) else ""
            cells.append(f" {text:>{width - 2}} " if column == 2 else f" {text:<{width - 2}} ")
        lines.append(border + border.join(cells) + border)
    return lines


def _totals(model: Model) -> list[str]:
    trainable = _count(model.trainable_variables)
    frozen = _count(model.non_trainable_variables)
    kinds = 0 if model.optimizer is None else len(model.optimizer.slots)
    slots = kinds * trainable + 2 if kinds else 0  # the step and the learning rate
    lines = [
        f" Total params: {_with_size(trainable + frozen + slots)}",
        f" Trainable params: {_with_size(trainable)}",
        f" Non-trainable params: {_with_size(frozen)}",
    ]
    return [*lines, f" Optimizer params: {_with_size(slots)}"] if slots else lines


def _count(variables: Sequence[Variable]) -> int:
    return sum(variable.size for variable in variables)


def _with_size(count: int) -> str:
    size, unit = float(count * 4), "B"
    for larger in ("KB", "MB", "GB", "TB"):
        if size < 1024:
            break
        size, unit = size / 1024, larger
    return f"{count:,} ({size:.2f} {unit})"
