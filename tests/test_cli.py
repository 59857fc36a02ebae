"""The words of the command line: help, version, wrong names."""

import importlib
import subprocess
import sys

import pytest

import sunhwan
from sunhwan.cli import main
from sunhwan.cli.arguments import parse


def run(*words):
    """The exit code of `sunhwan` with `words`."""
    try:
        return main(words)
    except SystemExit as end:
        return end.code


def said(capsys, *words):
    """The exit code, and what was said on both streams."""
    code = run(*words)
    streams = capsys.readouterr()
    return code, streams.out + streams.err


@pytest.mark.parametrize("words", [(), ("--help",), ("-h",)])
def test_help_names_the_commands(capsys, words):
    code, text = said(capsys, *words)
    assert code == 0
    assert "compare" in text
    assert "--version" in text


def test_help_of_compare_names_data_sets_models_and_options(capsys):
    code, text = said(capsys, "compare", "--help")
    assert code == 0
    for word in ("digits", "product", "cosine", "imdb", "reuters", "mnist", "SimpleRNN", "Conv1D"):
        assert word in text
    for option in ("--models", "--lengths", "--epochs", "--output", "--no-pictures"):
        assert option in text
    assert max(map(len, text.splitlines())) <= 80


def test_version_tells_instruction_set_and_threads(capsys):
    code, text = said(capsys, "--version")
    assert code == 0
    assert text.startswith(f"sunhwan {sunhwan.__version__} (")
    assert "thread" in text


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("compar",), "unknown command 'compar': did you mean 'compare'?"),
        (("--verson",), "unknown option '--verson': did you mean '--version'?"),
        (("compare", "digit"), "unknown data set 'digit': did you mean 'digits'?"),
        (("compare", "qqq"), "known are digits, product"),
        (("compare", "--epoch", "3"), "unknown option '--epoch': did you mean '--epochs'?"),
        (("compare", "--models", "LSTM,GRV"), "unknown model 'GRV': did you mean 'GRU'?"),
        (("compare", "--models", ","), "expected names or numbers with commas, got none"),
        (("compare", "--epochs", "0"), "--epochs: expected an integer from 1, got '0'"),
        (("compare", "--seed", "x"), "--seed: expected an integer from 0, got 'x'"),
        (("compare", "product", "--lengths", "10,1"), "expected an integer from 2, got '1'"),
        (("compare", "--lengths", "10"), "is for the data set 'product', got 'digits'"),
        (("compare", "digits", "mnist"), "mnist"),
    ],
)
def test_wrong_words_are_refused(capsys, words, part):
    code, text = said(capsys, *words)
    assert code == 2
    assert part in text
    assert text.startswith("usage: sunhwan")


def test_defaults():
    options = parse(["compare"])
    assert (options.name, options.models, options.seed, options.pictures) == (
        "digits",
        ("SimpleRNN", "LSTM", "GRU", "Conv1D"),
        0,
        True,
    )
    assert options.output == "runs/compare-digits"
    assert options.epochs is options.batch_size is options.threads is options.rows is None


def test_lengths_compare_the_recurrent_models():
    options = parse(["compare", "product", "--lengths", "10,25,10"])
    assert options.models == ("SimpleRNN", "LSTM", "GRU")
    assert options.lengths == (10, 25)
    assert options.output == "runs/compare-product-lengths"


def test_names_of_models_may_be_small():
    assert parse(["compare", "--models", "lstm, conv1d"]).models == ("LSTM", "Conv1D")


def test_missing_extra_is_named(capsys, monkeypatch, tmp_path):
    real = importlib.import_module

    def without_rich(name, *rest):
        if name.startswith("rich"):
            raise ModuleNotFoundError(name)
        return real(name, *rest)

    monkeypatch.setattr(importlib, "import_module", without_rich)
    code, text = said(capsys, "compare", "--output", str(tmp_path))
    assert code == 1
    assert text.strip().endswith(
        "this needs rich, which is not installed: pip install 'sunhwan[cli]'"
    )


def test_output_that_is_a_file_is_refused_before_training(capsys, tmp_path):
    path = tmp_path / "taken"
    path.write_text("")
    code, text = said(capsys, "compare", "--output", str(path))
    assert code == 1
    assert f"--output {path}: cannot write there" in text


def test_module_is_the_command():
    done = subprocess.run(
        [sys.executable, "-m", "sunhwan", "--version"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert done.stdout.startswith("sunhwan ")
