"""What every section of the document begins with: where its figures come from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from benchmarks.statistics import spread

_UNKNOWN = "unknown"  # in results of before it was kept
_NAMED = 6  # entries of a run, that are named rather than counted
_TOLD = 4  # runs that are told one by one

Entries = dict[str, Any]


def setting(entries: Entries) -> str:
    """The machine, threads, rounds, runs, and where they are known peak and versions.

    Args:
        entries: of a file of results, by name.
    """
    found = {
        name: entry if isinstance(entry, dict) else {}  # as growth was kept once
        for name, entry in entries.items()
    }
    values = list(found.values())
    lines = [
        f"Machine: {'; '.join(_distinct(_machine(entry) for entry in values))}",
        f"Threads: {', '.join(_distinct(entry.get('threads', _UNKNOWN) for entry in values))}",
        *_peak([peak for entry in values for peak in entry.get("peaks", [])]),
        f"Rounds: {', '.join(_distinct(map(_rounds, values)))}{_repeated(values)}",
        _runs(found),
        *_versions(values),
    ]
    return "\n".join(f"- {line}" for line in lines) + "\n"


def _distinct(values: Iterable[Any]) -> list[str]:
    """Each once, numbers by size."""
    return sorted(set(map(str, values)), key=lambda text: (not text.isdigit(), len(text), text))


def _machine(entry: Entries) -> str:
    machine = entry.get("machine")
    return f"{machine['processor']}, {machine['system']}" if machine else _UNKNOWN


def _peak(peaks: list[dict[str, float]]) -> list[str]:
    if not peaks:
        return []
    middle = sorted(peaks, key=lambda peak: peak["gflops"])[len(peaks) // 2]
    clock = (
        f"{middle['gigahertz']:.2f} GHz x {middle['lanes']} lanes x 2 ports x 2 operations x "
        f"threads = {middle['expected']:.0f}"
    )
    memory = spread([peak["gbytes"] for peak in peaks]).median
    return [
        f"Peak: {middle['gflops']:.0f} GFLOP/s measured ({clock})",
        f"Memory: {memory:.0f} GB/s",
    ]


def _rounds(entry: Entries) -> Any:
    return entry.get("rounds", len(entry.get("peaks", [])) or _UNKNOWN)


def _repeated(entries: list[Entries]) -> str:
    """How many rounds were measured again."""
    repeated = sum(entry.get("repeated", 0) for entry in entries)
    if not repeated:
        return ""
    return f"; {repeated} in all repeated, the peak after them being 10 % below the median"


def _runs(entries: Entries) -> str:
    """When and of which commit; of several runs also which entries, of many how many entries."""
    runs: dict[str, list[str]] = {}
    for name, entry in entries.items():
        runs.setdefault(_run(entry), []).append(name)
    if len(runs) == 1:
        return f"Measured: {next(iter(runs))}"
    if len(runs) > _TOLD:
        first, *_, last = sorted(runs)
        return f"Measured in **{len(runs)} runs**: from {first}, to {last}; {_commits(entries)}"
    told = [
        f"{run} ({', '.join(names) if len(names) <= _NAMED else len(names)})"
        for run, names in sorted(runs.items())
    ]
    return f"Measured in **more than one run**: {'; '.join(told)}"


def _commits(entries: Entries) -> str:
    counts = Counter(entry.get("commit", _UNKNOWN) for entry in entries.values())
    return "entries by commit: " + ", ".join(f"{name} {n}" for name, n in counts.most_common())


def _run(entry: Entries) -> str:
    """When a run began, or only the day, and its commit."""
    started = entry.get("started")
    when = f"{started[:16].replace('T', ' ')} UTC" if started else entry.get("date", _UNKNOWN)
    return f"{when}, commit {entry.get('commit', _UNKNOWN)}"


def _versions(entries: list[Entries]) -> list[str]:
    versions: dict[str, set[str]] = {}
    for entry in entries:
        for package, found in entry.get("versions", {}).items():
            text = ", ".join(f"{name} {value}" for name, value in found.items())
            versions.setdefault(package, set()).add(text)
    return [f"{name}: {'; '.join(sorted(found))}" for name, found in sorted(versions.items())]
