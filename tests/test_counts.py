"""A step takes as many kernel calls, jobs for threads and allocations as expected: no clock."""

import doctest

import pytest

from benchmarks.counts import expected, valgrind
from benchmarks.counts.cases import cases
from benchmarks.counts.steps import counted
from sunhwan import _core


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_a_step_costs_no_more_than_expected(case):
    isa, of_case = _core.isa(), expected.read()[case.name]
    if isa not in of_case:
        pytest.skip(f"nobody has counted under {isa} yet: python -m benchmarks count --record")
    assert not expected.beyond({case.name: {isa: counted(case)}}, {case.name: of_case})


def test_each_case_has_its_counts_under_each_instruction_set():
    counts = expected.read()
    assert sorted(counts) == sorted(case.name for case in cases())
    kinds = {"kernel_calls", "shared_jobs", "scratch", "mallocs", "kilobytes"}
    for of_case in counts.values():
        assert {"baseline", "avx2", "avx512"} <= set(of_case)
        for isa, of_set in of_case.items():
            more = {"instructions"} if isa == "avx2" else set()
            assert set(of_set) == kinds | more


@pytest.mark.parametrize("module", [expected, valgrind])
def test_the_examples_of_docstrings_run(module):
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize("what", ["instructions", "mallocs", "kernel_calls", "shared_jobs"])
def test_what_costs_a_fifth_more_is_seen(what):
    counts = expected.read()["imdb-conv1d"]["avx2"]
    more = {**counts, what: counts[what] * 1.25 + 1}
    before = {"imdb-conv1d": {"avx2": counts}}
    assert len(expected.beyond({"imdb-conv1d": {"avx2": more}}, before)) == 1
    assert not expected.beyond(before, before)


def test_counts_of_other_sets_stay_when_some_are_counted():
    kept = {"a": {"neon": {"scratch": 1.0}, "avx2": {"scratch": 2.0, "mallocs": 5.0}}}
    found = expected.merge(kept, {"a": {"avx2": {"scratch": 0.0}}})
    assert found == {"a": {"neon": {"scratch": 1.0}, "avx2": {"scratch": 0.0, "mallocs": 5.0}}}
