"""A training that is killed at random moments and run again, until it ends.

    python tests/killed_training.py KILLS [SEED]

Each kill is SIGKILL, a random time after `fit` was called, longer after each kill and shorter after
each training that came to its end, so that it falls into batches, validations, and reading and
writing of checkpoints, tables, models and the board's record. At the end weights, history, the
log's table, the saved best model and the values in TensorBoard's event files must be those of a
training that nobody killed, byte for byte, and the record must have each step and each epoch once.
"""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

WORDS = 200


def build():
    import sunhwan as sh
    from sunhwan import layers

    sh.utils.set_random_seed(3)
    model = sh.Sequential(
        [
            layers.Embedding(WORDS, 8, mask_zero=True),
            layers.LSTM(8, return_sequences=True, dropout=0.1, recurrent_dropout=0.1),
            layers.GRU(6),
            layers.BatchNormalization(),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(
        sh.optimizers.Nadam(0.01, clipnorm=1.0, use_ema=True),
        "binary_crossentropy",
        metrics=["accuracy", sh.metrics.AUC(name="auc")],
    )
    return model


def train(folder: Path, epochs: int) -> None:
    """Train, or train on, in `folder`; say `begun` before."""
    import numpy as np

    from sunhwan import callbacks

    rng = np.random.default_rng(5)
    rows = [rng.integers(0, WORDS, rng.integers(1, 12)) for _ in range(90)]
    labels = np.array([float(np.mean(row) > WORDS / 2) for row in rows])
    model = build()
    print("begun", flush=True)
    history = model.fit(
        rows,
        labels,
        epochs=epochs,
        batch_size=8,
        validation_split=0.2,
        verbose=0,
        callbacks=[
            callbacks.CSVLogger(folder / "log.csv"),
            callbacks.BackupAndRestore(folder / "backup", save_freq=2),
            callbacks.EarlyStopping(patience=epochs, restore_best_weights=True),
            callbacks.ReduceLROnPlateau(patience=1, factor=0.8),
            callbacks.ModelCheckpoint(folder / "best.safetensors", save_best_only=True),
            callbacks.Board(folder / "runs"),
            callbacks.TensorBoard(folder / "logs", update_freq="batch"),
        ],
    )
    model.save(folder / "last.safetensors")
    (folder / "history.json").write_text(json.dumps([history.epoch, history.history]))


def results(folder: Path) -> dict[str, bytes]:
    """What a training left behind."""
    names = ["log.csv", "best.safetensors", "last.safetensors", "history.json"]
    files = {name: (folder / name).read_bytes() for name in names}
    return files | recorded(folder / "runs") | logged(folder / "logs")


def recorded(folder: Path) -> dict[str, bytes]:
    """The steps and epochs in the newest of the board's records."""
    from sunhwan.board.lines import read_lines

    heads = folder.glob("*/run.json")
    newest = max(heads, key=lambda head: head.stat().st_mtime_ns).parent
    found = {}
    for kind in ("steps", "epochs"):
        lines = read_lines(newest / f"{kind}.jsonl")[0]
        ranges = [range(line["s"] - line.get("n", 1) + 1, line["s"] + 1) for line in lines]
        found[kind] = json.dumps([step for each in ranges for step in each]).encode()
    return found


def logged(folder: Path) -> dict[str, bytes]:
    """The values in the event files of the newest training, run by run."""
    from read_events import events

    found = {}
    for run in ("train", "validation"):
        files = sorted((folder / run).iterdir(), key=lambda file: file.stat().st_mtime_ns)
        training = files[-1].name.partition(".v2")[0]
        values = events(file for file in files if file.name.startswith(f"{training}.v2"))
        found[run] = json.dumps(values, sort_keys=True).encode()
    return found


def begin(folder: Path, epochs: int) -> subprocess.Popen:
    """A process that trains."""
    folder.mkdir(parents=True, exist_ok=True)
    return subprocess.Popen(
        [sys.executable, __file__, "train", str(folder), str(epochs)],
        stdout=subprocess.PIPE,
        env={**os.environ, "SUNHWAN_NUM_THREADS": "1"},
    )


def finish(process: subprocess.Popen) -> None:
    process.communicate(timeout=600)
    assert process.returncode == 0, f"the training ended with {process.returncode}"


def kill_at(process: subprocess.Popen, seconds: float) -> bool:
    """Kill the process so long after it said that it begins; whether it was still running."""
    process.stdout.readline()
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=600)
    return process.returncode == -signal.SIGKILL


def compare(found: dict[str, bytes], expected: dict[str, bytes], killed: int) -> None:
    others = [name for name in expected if found[name] != expected[name]]
    assert not others, f"other {', '.join(others)} after {killed} kills"


def check(folder: Path, kills: int, epochs: int, seed: int = 0) -> int:
    """Kill one training so many times; returns how many times it came to its end besides.

    Raises:
        AssertionError: it did not end as the one that nobody killed.
    """
    chance = random.Random(seed)
    finish(begin(folder / "whole", epochs))
    expected = results(folder / "whole")
    killed, ended, span = 0, 0, 0.2  # seconds
    attempt = folder / "killed 0"
    while killed < kills:
        if kill_at(begin(attempt, epochs), chance.uniform(0, span)):
            killed, span = killed + 1, 1.1 * span
            continue
        compare(results(attempt), expected, killed)
        ended, span = ended + 1, 0.5 * span
        attempt = folder / f"killed {ended}"
    finish(begin(attempt, epochs))
    compare(results(attempt), expected, killed)
    return ended + 1


if __name__ == "__main__":
    if sys.argv[1] == "train":
        train(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        with tempfile.TemporaryDirectory() as place:
            seed = int(sys.argv[2]) if len(sys.argv) > 2 else 0
            trainings = check(Path(place), int(sys.argv[1]), epochs=30, seed=seed)
        print(f"{sys.argv[1]} kills, {trainings} trainings, each with the bits of the whole one")
