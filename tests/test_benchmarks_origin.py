"""Each result says where it comes from, and each section of the document where its results do."""

import shutil
import subprocess
from argparse import Namespace

import pytest

from benchmarks import commands, origin, report, results
from benchmarks.report import SECTIONS
from benchmarks.report_setting import setting

FIRST = {
    "machine": {"processor": "Abacus", "system": "Linux"},
    "threads": 2,
    "rounds": 5,
    "date": "2026-11-23",
    "started": "2026-11-22T23:04:05+00:00",
    "commit": "abc1234",
}


def test_a_run_is_told_by_its_start_and_commit():
    text = setting({"one": FIRST, "two": FIRST})
    assert text.splitlines() == [
        "- Machine: Abacus, Linux",
        "- Threads: 2",
        "- Rounds: 5",
        "- Measured: 2026-11-22 23:04 UTC, commit abc1234",
    ]


def test_several_runs_are_told_with_their_entries():
    later = FIRST | {"commit": "def5678-dirty", "threads": 1, "rounds": 10}
    many = {f"kernel {n}": FIRST for n in range(9)}
    text = setting({**many, "mnist": later, "cosine": later})
    assert "- Threads: 1, 2\n- Rounds: 5, 10\n" in text
    assert "**more than one run**: 2026-11-22 23:04 UTC, commit abc1234 (9); " in text
    assert "commit def5678-dirty (mnist, cosine)\n" in text


def test_many_runs_are_counted():
    runs = {f"kernel {n}": FIRST | {"started": f"2026-11-22T1{n}:00:00"} for n in range(6)}
    runs["exp"] = FIRST | {"commit": "def5678"}
    text = setting(runs).splitlines()[-1]
    assert text.startswith("- Measured in **7 runs**: from 2026-11-22 10:00 UTC, commit abc1234, ")
    assert text.endswith("commit def5678; entries by commit: abc1234 6, def5678 1")


def test_what_older_results_do_not_say_is_unknown():
    day = {"date": "2026-11-22", "peaks": []}
    text = setting({"rows": {}, "random-lengths": [60.0], "memory": day})
    assert "- Machine: unknown\n- Threads: unknown\n- Rounds: unknown\n" in text
    assert "2026-11-22, commit unknown (memory); unknown, commit unknown (rows, random" in text


def test_peak_versions_and_repeated_rounds_are_told():
    peak = {"gigahertz": 4.0, "lanes": 16, "expected": 512.0, "gflops": 500.0, "gbytes": 40.0}
    entry = {"peaks": [peak] * 3, "versions": {"pytorch": {"torch": "2.13.0"}}, "repeated": 1}
    text = setting({"one": entry, "two": FIRST})
    assert "- Peak: 500 GFLOP/s measured (4.00 GHz x 16 lanes" in text
    assert "- Rounds: 3, 5; 1 in all repeated, the peak after them being 10 % below" in text
    assert text.endswith("- pytorch: torch 2.13.0\n")


@pytest.mark.parametrize("name", SECTIONS)
def test_every_section_says_where_its_figures_come_from(name):
    kept = results.read(results.FOLDER / f"{name}.json")
    text = report.render(lambda wanted: kept if wanted == name else {})
    for word in ("Machine", "Threads", "Rounds", "Measured"):
        assert f"\n- {word}" in text


def test_results_are_kept_with_their_origin(tmp_path, monkeypatch):
    path = tmp_path / "growth.json"
    arguments = Namespace(json=path, threads=2, rounds=3, names=["memory", "tiny-states"])
    arguments.missing = False
    from benchmarks.growth import measuring

    monkeypatch.setitem(measuring.MEASURES, "memory", lambda *_: {"models": {}, "rounds": 1})
    monkeypatch.setitem(measuring.MEASURES, "tiny-states", lambda *_: {"usual": [1.0]})
    commands.growth(arguments)
    kept = results.read(path)
    assert kept["memory"]["rounds"] == 1
    assert kept["tiny-states"]["rounds"] == 3
    for entry in kept.values():
        assert entry["threads"] == 2
        assert entry["commit"] == origin.COMMIT
        assert entry["started"] == origin.STARTED


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_a_commit_is_dirty_but_for_what_measuring_writes(tmp_path):
    def git(*words):
        own = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *own, *words], cwd=tmp_path, check=True, capture_output=True)

    assert origin.commit(tmp_path) == "unknown"
    kept = tmp_path / "benchmarks" / "results" / "growth.json"
    kept.parent.mkdir(parents=True)
    for path in (kept, tmp_path / "code.py"):
        path.write_text("1")
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "One")
    clean = origin.commit(tmp_path)
    assert len(clean) >= 7
    kept.write_text("2")
    assert origin.commit(tmp_path) == clean
    (tmp_path / "code.py").write_text("2")
    assert origin.commit(tmp_path) == f"{clean}-dirty"
