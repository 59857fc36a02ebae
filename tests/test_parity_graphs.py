"""Models of graphs against Keras: the order of weights, names of measures, outputs, training."""

import numpy as np
import pytest
from golden.fixture import load
from golden.graphs import CASES, ROWS, build, shown
from golden.replay import close

import sunhwan as sh

TOLERANCE = 5e-6  # nine steps of small models in float32


@pytest.mark.parametrize("case", load("graphs"), ids=lambda case: case.name)
def test_graphs(case):
    about, asked = case.about, CASES[case.name]
    x, y = (shown(case.name, case.group(letter), letter) for letter in ("x", "y"))
    sh.utils.set_random_seed(0)
    model = build(case.name, sh)
    assert [type(layer).__name__ for layer in model.layers] == about["layers"]
    model.set_weights(case.group("w"))
    chosen = ("loss", "loss_weights", "metrics", "weighted_metrics")
    model.compile("sgd", **{key: asked[key] for key in chosen if key in asked})
    how = {"sample_weight": case.group("weight")} if "weighted" in asked else {}
    history = model.fit(x, y, ROWS, 3, verbose=0, shuffle=False, **how).history
    assert sorted(history) == sorted(about["history"])
    for name, values in about["history"].items():
        close(history[name], np.array(values), TOLERANCE, name)
    told = model.evaluate(x, y, ROWS, verbose=0, return_dict=True)
    assert sorted(told) == sorted(about["evaluate"])
    for name, value in about["evaluate"].items():
        close(told[name], np.array(value), TOLERANCE, name)
    listed = np.atleast_1d(model.evaluate(x, y, ROWS, verbose=0))
    if "weighted_metrics" not in asked:
        close(listed, np.array(about["evaluate_list"]), TOLERANCE, "evaluate")
    for index, weight in enumerate(model.get_weights()):
        close(weight, case.arrays[f"after{index}"], TOLERANCE, f"weight {index}")
    predicted = model.predict(x, 4, verbose=0)
    if isinstance(predicted, dict):
        predicted = [predicted[key] for key in sorted(predicted)]
    parts = predicted if isinstance(predicted, list) else [predicted]
    # Of masked steps of the query attention makes something else than Keras.
    attends = asked.get("graph", case.name) in ("attention", "heads")
    real = x[1] != 0 if attends else ...
    for part, expected in zip(parts, case.group("p"), strict=True):
        close(part[real], expected[real], TOLERANCE, "predict")
