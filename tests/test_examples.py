"""The example programs reach the accuracies that their first lines promise."""

import importlib
import os
import statistics
from pathlib import Path

import numpy as np
import pytest

# What the doctor says of them is the matter of test_doctor_examples.py.
pytestmark = pytest.mark.filterwarnings("ignore::sunhwan.doctor.TrainingWarning")

EXAMPLES = Path(__file__).parent.parent / "examples"
SEEDS = (0, 1, 2)


@pytest.fixture
def program(monkeypatch, tmp_path):
    """Import an example by name; skip where its data would have to be downloaded."""
    monkeypatch.syspath_prepend(EXAMPLES)
    monkeypatch.chdir(tmp_path)

    def load(name):
        if name.split("_")[0] not in ("product", "cosine") and "SUNHWAN_DATA" not in os.environ:
            pytest.skip("SUNHWAN_DATA names no folder of data sets")
        return importlib.import_module(name)

    return load


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.stem)
def test_programs_are_short_and_say_what_they_are(path):
    lines = path.read_text().splitlines()
    assert len(lines) < 120
    assert lines[0].startswith('"""')


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "bar"),
    [
        ("imdb_simple_rnn", 0.80),
        ("imdb_lstm", 0.865),
        ("reuters_stacked_lstm", 0.615),
        ("reuters_one_hot", 0.69),
        ("mnist_rows", 0.96),
        ("mnist_dense", 0.975),
    ],
)
def test_accuracy_is_at_the_bar(program, name, bar):
    accuracies = [program(name).main(seed) for seed in SEEDS]
    print(name, accuracies)
    assert statistics.mean(accuracies) >= bar


@pytest.mark.slow
def test_speakers_are_told_apart_whatever_the_padding(program):
    results = [program("vowels").main(seed) for seed in SEEDS]
    print("vowels", results)
    assert statistics.mean(accuracy for accuracy, _ in results) >= 0.96
    assert max(apart for _, apart in results) < 1e-5


@pytest.mark.slow
def test_spaces_are_found_again(program):
    scores = [program("word_spacing").main(seed) for seed in SEEDS]
    print("word_spacing", scores)
    assert statistics.mean(scores) >= 0.90


@pytest.mark.slow
def test_captions_are_right(program):
    right = [program("captions").main(seed) for seed in SEEDS]
    print("captions", right)
    assert statistics.mean(right) >= 0.90


@pytest.mark.slow
def test_each_frame_is_told_its_digit_and_its_way(program):
    runs = [program("moving_digits").main(seed) for seed in SEEDS]
    print("moving_digits", runs)
    for name in ("digit", "way"):
        assert statistics.mean(run[name] for run in runs) >= 0.95


@pytest.mark.slow
@pytest.mark.parametrize("end", ["global", "flatten"])
def test_convolution_is_at_the_bar(program, end):
    accuracies = [program("imdb_conv1d").main(end, seed) for seed in SEEDS]
    print(end, accuracies)
    assert statistics.mean(accuracies) >= 0.845


@pytest.mark.slow
def test_lstm_learns_the_product(program):
    right = [program("product_lstm").main(seed) for seed in range(5)]
    print("product_lstm", right)
    assert statistics.median(right) >= 0.80


@pytest.mark.slow
def test_simple_rnn_fails_at_the_product(program):
    program("product_simple_rnn")
    from sunhwan.layers import SimpleRNN

    right = [program("product_lstm").main(seed, recurrent=SimpleRNN) for seed in SEEDS]
    print("product_simple_rnn", right)
    assert statistics.mean(right) < 0.30


@pytest.mark.slow
@pytest.mark.parametrize(("language", "greedy", "beam"), [("de", 22.5, 24.3), ("fr", 34.5, 37.3)])
def test_captions_are_translated(program, language, greedy, beam):
    pytest.importorskip("sacrebleu")
    scores = program("translation").main(language)
    print("translation", language, scores)
    assert scores["greedy"] >= greedy
    assert scores["beam"] >= beam


@pytest.mark.slow
def test_korean_is_learnt_by_heart_and_a_little_more(program):
    pytest.importorskip("sacrebleu")
    scores = program("translation_korean").main()
    print("translation_korean", scores)
    assert scores["learnt"] >= 45
    assert scores["new"] >= 8


@pytest.mark.slow
def test_characters_are_told_in_advance(program):
    bits, said = program("characters").main()
    print("characters", bits)
    assert bits <= 2.36
    assert len(said) == 307


@pytest.mark.slow
def test_cosine_is_below_persistence(program):
    pytest.importorskip("matplotlib").use("Agg")
    runs = [program("cosine").main(seed, f"cosine{seed}.png") for seed in SEEDS]
    for name, bar in {"SimpleRNN": 20, "LSTM": 14, "GRU": 19}.items():
        training, test = np.mean([run[name] for run in runs], axis=0)
        print(name, training, test)
        assert training <= bar
        assert test < runs[0]["persistence"][1]
    assert Path("cosine2.png").stat().st_size > 10_000


@pytest.mark.slow
def test_optimizers_are_drawn(program):
    pytest.importorskip("matplotlib").use("Agg")
    losses = program("optimizers").main(epochs=5, picture="optimizers.png")
    print(losses)
    assert set(losses) == {"SGD", "Nesterov", "Adagrad", "RMSprop", "Adam"}
    assert all(values[-1] < values[0] for values in losses.values())
    assert Path("optimizers.png").stat().st_size > 10_000


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_regularization_lowers_the_test_loss(program, seed):
    losses = program("regularization").main(seed)
    print(losses)
    for name, loss in losses.items():
        if ", " in name:
            assert loss < losses[name.partition(",")[0]], name
