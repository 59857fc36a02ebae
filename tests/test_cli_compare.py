"""`sunhwan compare` from end to end, on few rows."""

import json

import numpy as np
import pytest

pytest.importorskip("rich", reason="needs the extra 'cli'")
pytest.importorskip("matplotlib", reason="needs the extra 'cli'")

import sunhwan as sh
from sunhwan.cli import main
from sunhwan.cli.tasks import find_task

PARTS = ("train", "validation", "test")


@pytest.fixture(scope="module")
def digits(tmp_path_factory):
    """The folder of a small run on the digits."""
    folder = tmp_path_factory.mktemp("digits") / "new" / "folder"
    words = ["compare", "--models", "GRU,Conv1D", "--epochs", "2", "--rows", "40", "--seed", "3"]
    assert main([*words, "--output", str(folder)]) == 0
    return folder


def read(folder):
    return json.loads((folder / "results.json").read_text())


def test_files(digits):
    assert sorted(file.name for file in digits.iterdir()) == [
        "Conv1D.safetensors",
        "GRU.safetensors",
        "curves.png",
        "results.json",
    ]


def test_results(digits):
    found = read(digits)
    assert found["complete"] is True
    assert found["pictures"] == ["curves.png"]
    assert found["options"]["seed"] == 3
    assert found["rows"] == [dict.fromkeys(PARTS, 40)]
    for one, name in zip(found["models"], ("GRU", "Conv1D"), strict=True):
        assert one["name"] == name
        assert one["file"] == f"{name}.safetensors"
        assert one["epochs"] == 2
        assert one["seconds"] > 0
        assert set(one["scores"]) == set(PARTS)
        assert {len(values) for values in one["history"].values()} == {2}
        assert set(one["history"]) == {"accuracy", "loss", "val_accuracy", "val_loss"}


def test_saved_models_have_the_scores_of_the_table(digits):
    test = find_task("digits").load(3).first(40).test
    for one in read(digits)["models"]:
        model = sh.load_model(digits / one["file"])
        said = model.predict(test.x, verbose=0).argmax(axis=1)
        assert np.mean(said == test.y) == one["scores"]["test"]
        assert model.count_params() == one["parameters"]


def test_the_same_seed_gives_the_same_model_whatever_else_trains(digits, tmp_path):
    words = ["compare", "--models", "Conv1D", "--epochs", "2", "--rows", "40", "--seed", "3"]
    assert main([*words, "--no-pictures", "--output", str(tmp_path)]) == 0
    alone, beside = read(tmp_path)["models"][0], read(digits)["models"][1]
    assert alone["history"] == beside["history"]
    assert not list(tmp_path.glob("*.png"))


def test_output_in_a_pipe_is_plain(capsys, tmp_path):
    words = ["compare", "cosine", "--models", "SimpleRNN,GRU", "--epochs", "3", "--rows", "24"]
    assert main([*words, "--no-pictures", "--output", str(tmp_path)]) == 0
    text = capsys.readouterr().out
    assert "\x1b" not in text
    assert "\r" not in text
    assert "cosine: mean squared error (lower is better)" in text
    assert "SimpleRNN      epoch 3/3, loss " in text
    table = text[text.index("model ") :]
    assert [line.split()[0] for line in table.splitlines() if line.strip()][2:5] == [
        "SimpleRNN",
        "GRU",
        "persistence",
    ]


def test_threads_are_taken_and_change_no_bit(digits, tmp_path, capsys):
    before = sh.num_threads()
    words = ["compare", "--models", "GRU", "--epochs", "2", "--rows", "40", "--seed", "3"]
    try:
        assert main([*words, "--threads", "1", "--no-pictures", "--output", str(tmp_path)]) == 0
    finally:
        sh.set_num_threads(before)
    assert read(tmp_path)["machine"]["threads"] == 1
    assert read(tmp_path)["models"][0]["history"] == read(digits)["models"][0]["history"]
    assert ", 1 thread\n" in capsys.readouterr().out


def test_lengths(tmp_path, capsys):
    words = ["compare", "product", "--lengths", "5,12", "--models", "GRU,SimpleRNN"]
    assert main([*words, "--epochs", "1", "--rows", "30", "--output", str(tmp_path)]) == 0
    found = read(tmp_path)
    assert [(one["name"], one["length"]) for one in found["models"]] == [
        ("GRU", 5),
        ("SimpleRNN", 5),
        ("GRU", 12),
        ("SimpleRNN", 12),
    ]
    assert [row["length"] for row in found["baseline"]["scores"]] == [5, 12]
    assert found["pictures"] == ["lengths.png"]
    files = {file.name for file in tmp_path.iterdir()}
    assert {"GRU-5.safetensors", "SimpleRNN-12.safetensors", "lengths.png"} <= files
    assert "test, by steps" in capsys.readouterr().out


def test_missing_data_say_where_to_put_them(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("SUNHWAN_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("SUNHWAN_DATA", raising=False)
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert main(["compare", "mnist", "--output", str(tmp_path / "out")]) == 1
    text = capsys.readouterr().err
    assert text.startswith("sunhwan: ")
    assert "mnist.npz" in text
