"""The table at the end."""

from __future__ import annotations

import math
from collections.abc import Iterable

from rich import box
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table

from sunhwan.cli.results import Results
from sunhwan.cli.scores import Score

PARTS = ("train", "validation", "test")


def print_models(console: Console, results: Results) -> None:
    """Each finished model's parameters, seconds and scores, and the trivial rival's."""
    score = results.task.score
    best = _best(score, [one.scores["test"] for one in results.trained])
    rows = [
        (
            one.name,
            f"{one.parameters:,}",
            f"{one.seconds:.1f}",
            *_cells(score, one.scores, best),
        )
        for one in results.trained
    ]
    rows.append((results.task.baseline.name, "", "", *_cells(score, results.baselines[None], None)))
    _print(console, _title(results), ("model", "parameters", "seconds", *PARTS), rows)


def print_lengths(console: Console, results: Results) -> None:
    """Each model's test score at each length, and the trivial rival's."""
    score = results.task.score
    lengths = list(results.baselines)
    found = {(one.name, one.length): one for one in results.trained}
    names = list(dict.fromkeys(one.name for one in results.trained))
    best = {
        length: _best(
            score, [one.scores["test"] for one in results.trained if one.length == length]
        )
        for length in lengths
    }
    rows = []
    for name in names:
        own = [one for one in results.trained if one.name == name]
        cells = []
        for length in lengths:
            one = found.get((name, length))
            cells.append("" if one is None else _cell(score, one.scores["test"], best[length]))
        rows.append((name, f"{sum(one.seconds for one in own):.1f}", *cells))
    trivial = [score.show(results.baselines[length]["test"]) for length in lengths]
    rows.append((results.task.baseline.name, "", *trivial))
    header = ("model", "seconds", *(str(length) for length in lengths))
    _print(console, f"{_title(results)}, test, by steps", header, rows)


def _title(results: Results) -> str:
    score = results.task.score
    return (
        f"{results.data_set}: {score.name} "
        f"({'higher' if score.higher_is_better else 'lower'} is better)"
    )


def _best(score: Score, values: Iterable[float]) -> float | None:
    finite = [value for value in values if math.isfinite(value)]
    if not finite:
        return None
    return max(finite) if score.higher_is_better else min(finite)


def _cell(score: Score, value: float, best: float | None) -> str:
    text = score.show(value)
    return f"[bold green]{text}[/]" if value == best else text


def _cells(score: Score, scores: dict[str, float], best: float | None) -> list[str]:
    return [_cell(score, scores[part], best if part == "test" else None) for part in PARTS]


def _print(
    console: Console, title: str, header: tuple[str, ...], rows: list[tuple[str, ...]]
) -> None:
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for number, name in enumerate(header):
        table.add_column(name, justify="right" if number else "left", no_wrap=True)
    for number, row in enumerate(rows):
        table.add_row(*row, style="dim" if number == len(rows) - 1 else None)
    console.print()
    unlimited = console.options.update(max_width=1000)
    if Measurement.get(console, unlimited, table).maximum <= console.width:
        console.print(table)
        return
    # Too narrow for a table: one value a line.
    console.print(f"[bold]{title}[/]")
    for row in rows:
        console.print(row[0])
        for name, cell in zip(header[1:], row[1:], strict=True):
            if cell:
                console.print(f"  {name} {cell}")
