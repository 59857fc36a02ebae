"""A step takes as many kernel calls, jobs for threads and allocations as expected: no clock."""

import doctest

import pytest

from benchmarks.counts import expected, valgrind
from benchmarks.counts.cases import cases
from benchmarks.counts.steps import counted


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_a_step_costs_no_more_than_expected(case):
    assert not expected.beyond({case.name: counted(case)}, expected.read())


def test_each_case_has_its_counts():
    counts = expected.read()
    assert sorted(counts) == sorted(case.name for case in cases())
    kinds = {"instructions", "mallocs", "kernel_calls", "shared_jobs", "scratch", "kilobytes"}
    assert all(set(of_case) == kinds for of_case in counts.values())


@pytest.mark.parametrize("module", [expected, valgrind])
def test_the_examples_of_docstrings_run(module):
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize("what", ["instructions", "kernel_calls", "shared_jobs"])
def test_what_costs_a_fifth_more_is_seen(what):
    counts = expected.read()["imdb-conv1d"]
    more = {**counts, what: counts[what] * 1.25 + 1}
    assert len(expected.beyond({"imdb-conv1d": more}, {"imdb-conv1d": counts})) == 1
    assert not expected.beyond({"imdb-conv1d": counts}, {"imdb-conv1d": counts})
