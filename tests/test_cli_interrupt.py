"""Ctrl-C keeps what is finished."""

import json
import signal
import subprocess
import sys
import time

import pytest

pytest.importorskip("rich", reason="needs the extra 'cli'")
pytest.importorskip("matplotlib", reason="needs the extra 'cli'")

import sunhwan as sh

# Long enough for the signal to come in time, short enough for the first model to be finished.
WORDS = ["--models", "SimpleRNN,LSTM", "--rows", "48", "--epochs", "200", "--batch-size", "4"]
PATIENCE = 60.0  # seconds until a slow machine is a failure


def start(folder, *words):
    """A comparison in a process of its own, its output in a pipe."""
    return subprocess.Popen(
        [sys.executable, "-u", "-m", "sunhwan", "compare", *words, "--output", str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for(process, words):
    """Read lines until one has the words; returns all that was read."""
    read = []
    end = time.monotonic() + PATIENCE
    for line in process.stdout:
        read.append(line)
        if words in line:
            return "".join(read)
        assert time.monotonic() < end, "".join(read)
    raise AssertionError("".join(read) + process.stderr.read())


def interrupted(process):
    """The rest of what a process says after Ctrl-C; it must end with 130."""
    process.send_signal(signal.SIGINT)
    rest, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, rest + errors
    assert "Traceback" not in errors
    return rest


def test_finished_models_are_kept(tmp_path):
    with start(tmp_path, *WORDS) as process:
        wait_for(process, "LSTM           epoch 1/")
        rest = interrupted(process)
    assert "not kept" in rest
    assert "interrupted; what was finished is kept" in rest
    assert "majority class" in rest  # the table
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "SimpleRNN.safetensors",
        "curves.png",
        "results.json",
    ]
    found = json.loads((tmp_path / "results.json").read_text())
    assert found["complete"] is False
    assert [one["name"] for one in found["models"]] == ["SimpleRNN"]
    assert sh.load_model(tmp_path / "SimpleRNN.safetensors").count_params() > 0


def test_nothing_finished_leaves_no_results(tmp_path):
    with start(tmp_path, *WORDS) as process:
        wait_for(process, "SimpleRNN      epoch 1/")
        rest = interrupted(process)
    assert "interrupted; nothing was finished" in rest
    assert not list(tmp_path.iterdir())
