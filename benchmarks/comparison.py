"""A measured workload, reduced to what its row says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from benchmarks.statistics import Spread, best, ratios, spread
from benchmarks.workload import Workload

OURS = "sunhwan"


@dataclass(frozen=True)
class Comparison:
    """One row.

    Args:
        times: milliseconds by competitor.
        ours: our name among them, the fastest way of ours.
        peer: the best peer's name, or none.
        ratio: best peer / us, within each round; none without a peer.
        share: of the machine's peak, the median of the rounds', by the operations needed.
    """

    times: dict[str, Spread]
    ours: str
    peer: str | None
    ratio: Spread | None
    share: Spread

    def verdict(self, must: float | None, aim: float | None, enough: float | None) -> str:
        """`aim`, `must` or `missed`, by the median; `-` where there is no peer or no must."""
        if self.ratio is None or must is None:
            return "-"
        if aim is not None and self.ratio.median >= aim:
            return "aim"
        if self.ratio.median >= must:
            return "must"
        return "must" if enough is not None and self.share.median >= enough else "missed"


def compare(result: dict[str, Any]) -> Comparison:
    """Reduce what `Bench.measure` returned.

    Raises:
        ValueError: we are not among the times.
    """
    times: dict[str, list[float]] = result["times"]
    own = {name: values for name, values in times.items() if name.split(" (")[0] == OURS}
    if not own:
        raise ValueError(f"expected times of {OURS}, got those of {', '.join(times) or 'nobody'}")
    peers = {name: values for name, values in times.items() if name not in own}
    ours, peer = best(own), best(peers) if peers else None
    # One peak for all rounds: that of a disturbed round would flatter us.
    peak = spread([peak["gflops"] for peak in result["peaks"]]).median * 1e9
    shares = [result["needed"] / (milliseconds * 1e-3) / peak for milliseconds in times[ours]]
    return Comparison(
        {name: spread(values) for name, values in times.items()},
        ours,
        peer,
        spread(ratios(times[ours], times[peer])) if peer else None,
        spread(shares),
    )


def line(workload: Workload, result: dict[str, Any]) -> str:
    """What the terminal shows of a row."""
    row = compare(result)
    head = f"{workload.name:26}"
    cells = [f"{name} {shown(times)} ms" for name, times in row.times.items()]
    verdict = row.verdict(workload.must, workload.aim, workload.enough)
    ratio = shown(row.ratio) if row.ratio else "-"
    end = f"ratio {ratio} (must {workload.must}, aim {workload.aim}: {verdict})"
    return f"{head} {'; '.join(cells)}; {end}; {100 * row.share.median:.1f} % of peak"


def shown(value: Spread) -> str:
    """Three digits, and the quartiles.

    >>> shown(Spread(12.345, 11.9, 13.01))
    '12.3 [11.9, 13.0]'
    """
    return f"{_digits(value.median)} [{_digits(value.low)}, {_digits(value.high)}]"


def _digits(value: float) -> str:
    places = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3
    return f"{value:.{places}f}"
