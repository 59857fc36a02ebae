"""The table, the pictures and results.json, from made-up models."""

import json
import math

import numpy as np
import pytest

pytest.importorskip("rich", reason="needs the extra 'cli'")

from rich.console import Console

from sunhwan.cli.results import Results
from sunhwan.cli.table import print_lengths, print_models
from sunhwan.cli.tasks import find_task
from sunhwan.cli.training import Trained

PNG = b"\x89PNG\r\n\x1a\n"


def made_up(name, task, data, test=0.5, length=None):
    """A finished model that nobody trained."""
    random = np.random.default_rng(1)
    measures = [prefix + name for name in ("loss", *task.metrics) for prefix in ("", "val_")]
    return Trained(
        name=name,
        length=length,
        parameters=1_234_567,
        seconds=12.34,
        epochs=5,
        batch_size=32,
        scores={"train": test + 0.02, "validation": test + 0.01, "test": test},
        history={name: random.random(5).tolist() for name in measures},
        file=f"{name}.safetensors",
        predictions={part: random.random((len(rows.y), 1)) for part, rows in data.parts.items()},
    )


@pytest.fixture
def results():
    task = find_task("product")
    results = Results("product", task, {"seed": 0})
    data = task.load(0).first(20)
    results.add_data(None, data)
    results.trained = [made_up("SimpleRNN", task, data), made_up("LSTM", task, data, 0.875)]
    return results


@pytest.fixture
def results_of_lengths():
    task = find_task("product")
    results = Results("product", task, {"seed": 0})
    for length in (10, 25):
        data = task.load_length(0, length).first(20)
        results.add_data(length, data)
        results.trained += [made_up("LSTM", task, data, length / 100, length)]
    results.trained += [made_up("GRU", task, data, 0.75, 25)]
    return results


def printed(show, results, width=80):
    console = Console(width=width, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    with console.file:
        show(console, results)
    return console.export_text()


def test_table_shows_models_and_the_trivial_rival(results):
    lines = printed(print_models, results).splitlines()
    rows = {line.strip().split("  ")[0]: line.split() for line in lines if line.strip()}
    assert rows["LSTM"] == ["LSTM", "1,234,567", "12.3", "0.895", "0.885", "0.875"]
    assert rows["SimpleRNN"][-1] == "0.500"
    assert rows["always the mean"][:3] == ["always", "the", "mean"]
    assert "product: share right to within 0.04 (higher is better)" in "\n".join(lines)


@pytest.mark.parametrize("width", [20, 44, 60])
def test_narrow_table_loses_nothing(results, width):
    text = printed(print_models, results, width)
    assert "1,234,567" in text
    assert "0.875" in text
    assert "…" not in text


def test_table_of_lengths_leaves_what_is_missing_empty(results_of_lengths):
    lines = printed(print_lengths, results_of_lengths).splitlines()
    rows = {line.split()[0]: line.split() for line in lines if line.strip()}
    assert rows["model"] == ["model", "seconds", "10", "25"]
    assert rows["LSTM"] == ["LSTM", "24.7", "0.100", "0.250"]
    assert rows["GRU"] == ["GRU", "12.3", "0.750"]


def test_file_of_results(results, tmp_path):
    results.trained[0].history["loss"][2] = math.nan
    results.complete = True
    path = tmp_path / "results.json"
    path.write_text("of an earlier run")
    results.write(path)
    found = json.loads(path.read_text())
    assert [entry.name for entry in tmp_path.iterdir()] == ["results.json"]
    assert found["data_set"] == "product"
    assert found["complete"] is True
    assert found["score"] == {"name": "share right to within 0.04", "higher_is_better": True}
    assert found["rows"] == [{"train": 20, "validation": 20, "test": 20}]
    assert found["baseline"]["name"] == "always the mean"
    assert set(found["baseline"]["scores"][0]) == {"train", "validation", "test"}
    first, second = found["models"]
    assert first["name"] == "SimpleRNN"
    assert first["history"]["loss"][2] is None
    assert second["scores"]["test"] == 0.875
    assert second["parameters"] == 1_234_567
    assert "length" not in first
    assert "predictions" not in first


def test_file_of_lengths_names_the_length(results_of_lengths):
    found = results_of_lengths.describe()
    assert [one["length"] for one in found["models"]] == [10, 25, 25]
    assert [one["length"] for one in found["baseline"]["scores"]] == [10, 25]


def test_failed_write_keeps_the_old_file(results, tmp_path):
    path = tmp_path / "results.json"
    path.write_text("old")
    results.options["not for JSON"] = object()
    with pytest.raises(TypeError):
        results.write(path)
    assert path.read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1


def test_pictures(results, results_of_lengths, tmp_path):
    pytest.importorskip("matplotlib", reason="needs the extra 'cli'")
    from sunhwan.cli.pictures import write_pictures

    assert write_pictures(results, tmp_path) == ["curves.png", "predictions.png"]
    assert write_pictures(results_of_lengths, tmp_path) == ["lengths.png"]
    files = sorted(tmp_path.iterdir())
    assert [file.name for file in files] == ["curves.png", "lengths.png", "predictions.png"]
    assert all(file.read_bytes().startswith(PNG) for file in files)


def test_picture_of_curves_shows_every_model_and_measure(results):
    pytest.importorskip("matplotlib", reason="needs the extra 'cli'")
    from matplotlib.figure import Figure

    from sunhwan.cli.picture_curves import draw_curves

    figure = Figure(layout="constrained")
    draw_curves(figure, results)
    (axes,) = figure.axes
    drawn = [line.get_ydata() for line in axes.lines]
    for one in results.trained:
        for values in one.history.values():
            assert any(np.array_equal(values, line) for line in drawn)
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.texts] == ["SimpleRNN", "LSTM", "always the mean"]
