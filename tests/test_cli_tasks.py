"""Each data set's specification: its data, its models' sizes, its trivial rival."""

import os

import numpy as np
import pytest

pytest.importorskip("rich", reason="needs the extra 'cli'")

import sunhwan as sh
from sunhwan.cli.tasks import MODELS, SUMMARIES, find_task
from sunhwan.cli.training import compiled

MADE = ("digits", "product", "cosine")
DOWNLOADED = ("imdb", "reuters", "mnist")

# Numbers of parameters as they are published for these models.
PARAMETERS = {
    ("product", "SimpleRNN"): 2_851,
    ("product", "LSTM"): 11_311,
    ("cosine", "SimpleRNN"): 1_121,
    ("cosine", "LSTM"): 29_345,
    ("cosine", "GRU"): 8_581,
    ("mnist", "LSTM"): 81_674,
    ("imdb", "SimpleRNN"): 322_113,
    ("imdb", "LSTM"): 328_353,
    ("imdb", "Conv1D"): 332_385,
    ("reuters", "LSTM"): 686_958,
}
SHAPES = {"product": (100, 2), "cosine": (10, 1), "mnist": (28, 28), "imdb": (500,)}
SHAPES["reuters"] = (500,)


@pytest.mark.parametrize("name", SUMMARIES)
def test_a_task_has_all_models_in_order(name):
    assert tuple(find_task(name).models) == MODELS


@pytest.mark.parametrize(("name", "model"), PARAMETERS)
def test_models_have_the_published_sizes(name, model):
    recipe = find_task(name).models[model]
    built = sh.Sequential([sh.layers.Input(SHAPES[name]), *recipe.layers()])
    assert built.count_params() == PARAMETERS[name, model]


@pytest.mark.parametrize("name", MADE)
def test_data_are_whole_and_finite(name):
    data = find_task(name).load(0)
    for part in data.parts.values():
        assert len(part.x) == len(part.y) > 0
        assert np.isfinite(part.x).all()
    rows = [len(part.y) for part in data.parts.values()]
    wanted = {"digits": [1149, 288, 360], "product": [2048, 512, 440], "cosine": [330, 330, 21]}
    assert rows == wanted[name]


def test_the_validation_of_cosine_is_another_series():
    data = find_task("cosine").load(0)
    assert not np.array_equal(data.train.y, data.validation.y)
    overlap = np.isin(data.validation.y, data.train.y).mean()
    assert 0.4 < overlap < 0.6  # the half of the wave that has no noise


def test_persistence_on_cosine_has_the_published_error():
    task = find_task("cosine")
    data = task.load(0)
    said = task.baseline.predict(data.train, data.test.x)
    assert task.score.measure(data.test.y, said) == pytest.approx(79, abs=0.5)


def test_product_can_have_any_length():
    load = find_task("product").load_length
    assert load is not None
    assert load(1, 7).train.x.shape == (2048, 7, 2)


@pytest.mark.parametrize("name", MADE)
@pytest.mark.parametrize("model", MODELS)
def test_models_answer_in_the_form_that_the_score_takes(name, model):
    task = find_task(name)
    data = task.load(0).first(9)
    predictions = compiled(task.models[model], task, data).predict(data.test.x, verbose=0)
    assert np.isfinite(task.score.measure(data.test.y, predictions))


@pytest.mark.skipif("SUNHWAN_DATA" not in os.environ, reason="SUNHWAN_DATA names no folder of data")
@pytest.mark.parametrize("name", DOWNLOADED)
def test_downloaded_data_fit_their_models(name):
    task = find_task(name)
    data = task.load(0).first(16)
    assert data.train.x.shape[1:] == SHAPES[name]
    for recipe in task.models.values():
        predictions = compiled(recipe, task, data).predict(data.test.x, verbose=0)
        assert np.isfinite(task.score.measure(data.test.y, predictions))
