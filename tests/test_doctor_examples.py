"""What the doctor says of the example programs: nothing of healthy ones, their story of others."""

import importlib
import os
import warnings
from pathlib import Path

import pytest

import sunhwan as sh
from sunhwan.doctor import TrainingWarning

EXAMPLES = Path(__file__).parent.parent / "examples"
HEALTHY = [
    "cosine",
    "imdb_conv1d",
    "imdb_lstm",
    "imdb_simple_rnn",
    "mnist_dense",
    "mnist_rows",
    "product_lstm",
    "reuters_one_hot",
    "reuters_stacked_lstm",
    "vowels",
]
LONG = [
    "captions",
    "characters",
    "moving_digits",
    "translation",
    "translation_korean",
    "word_spacing",
]
FEW_EPOCHS, FEW_ROWS = 6, 320
LOOKS, STEPS = 8, 40  # of long programs: epochs, and steps of each


@pytest.fixture
def program(monkeypatch, tmp_path):
    """Import an example by name; skip where its data would have to be downloaded."""
    monkeypatch.syspath_prepend(EXAMPLES)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SUNHWAN_DOCTOR", "thorough")

    def load(name):
        if name.split("_")[0] not in ("product", "cosine") and "SUNHWAN_DATA" not in os.environ:
            pytest.skip("SUNHWAN_DATA names no folder of data sets")
        return importlib.import_module(name)

    return load


@pytest.fixture
def shortened(monkeypatch):
    """Let `fit` train on few rows, for few epochs."""
    whole = sh.Sequential.fit

    def fit(self, x, y, **arguments):
        arguments["epochs"] = min(arguments["epochs"], FEW_EPOCHS)
        if "validation_data" in arguments:
            arguments["validation_data"] = [part[:100] for part in arguments["validation_data"]]
        return whole(self, x[:FEW_ROWS], y[:FEW_ROWS], **arguments)

    monkeypatch.setattr(sh.Sequential, "fit", fit)


class SeenEnoughError(Exception):
    """Ends a program."""


@pytest.fixture
def cut(monkeypatch):
    """Let `fit` make short epochs, and end the program behind some of them."""
    whole = sh.Model.fit

    def fit(self, *data, callbacks=(), **arguments):
        def end(epoch, logs):
            if epoch == LOOKS:
                raise SeenEnoughError

        arguments |= {"epochs": LOOKS + 1, "steps_per_epoch": STEPS, "verbose": 0}
        ends = sh.callbacks.LambdaCallback(on_epoch_begin=end)
        return whole(self, *data, callbacks=[*callbacks, ends], **arguments)

    monkeypatch.setattr(sh.Model, "fit", fit)


@pytest.mark.parametrize("name", ["cosine", "product_lstm"])
def test_healthy_programs_are_told_nothing_when_shortened(program, shortened, name):
    program(name).main()


@pytest.mark.slow
@pytest.mark.parametrize("name", HEALTHY)
def test_healthy_programs_are_told_nothing(program, name):
    program(name).main()


@pytest.mark.slow
@pytest.mark.parametrize("name", LONG)
def test_long_healthy_programs_are_told_nothing_in_their_first_steps(program, cut, name):
    if name.startswith("translation"):
        pytest.importorskip("sacrebleu", reason="sacrebleu, of the extra `examples`, is missing")
    with pytest.raises(SeenEnoughError):
        program(name).main()


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_simple_rnn_is_told_why_it_fails_at_the_product(program, seed):
    from sunhwan.layers import SimpleRNN

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        program("product_lstm").main(seed, recurrent=SimpleRNN)
    said = [str(one.message) for one in caught if issubclass(one.category, TrainingWarning)]
    print(said)
    assert any("dying gradients" in words for words in said)
