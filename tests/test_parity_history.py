"""What fit, evaluate and predict report, against Keras: names, order and numbers."""

import numpy as np
import pytest
from golden.fixture import load
from golden.replay import close
from golden.specs import build

import sunhwan as sh

TOLERANCE = 3e-6  # nine steps of small models in float32


@pytest.mark.parametrize("case", load("history"), ids=lambda case: case.name)
def test_reports(case):
    about, x, y = case.about, case.arrays["x"], case.arrays["y"]
    model = sh.Sequential([build(layer, sh.layers) for layer in about["layers"]])
    model.build((None, *x.shape[1:]))
    model.set_weights(case.group("w"))
    asked = {key: about[key] for key in ("metrics", "weighted_metrics") if key in about}
    model.compile("sgd", about["loss"], **asked)
    how = {key: dict(value) for key, value in about.get("fit", {}).items()}
    how |= {"sample_weight": case.arrays["weight"]} if "weighted" in about else {}
    history = model.fit(x, y, 4, 3, verbose=0, shuffle=False, validation_split=0.25, **how)
    assert list(history.history) == list(about["history"])
    for name, values in about["history"].items():
        close(history.history[name], np.array(values), TOLERANCE, name)
    assert history.epoch == about["epoch"]
    assert history.params == about["params"]
    told = model.evaluate(x, y, 5, verbose=0, return_dict=True)
    assert list(told) == list(about["evaluate"])
    close(list(told.values()), np.array(list(about["evaluate"].values())), TOLERANCE, "evaluate")
    if "weighted_metrics" not in about:  # of which Keras lists the plain metric's value again
        listed = np.atleast_1d(model.evaluate(x, y, 5, verbose=0))
        close(listed, np.array(about["evaluate_list"]), TOLERANCE, "evaluate")
    for index, weight in enumerate(model.get_weights()):
        close(weight, case.arrays[f"after{index}"], TOLERANCE, f"weight {index}")
    close(model.predict(x, 4, verbose=0), case.arrays["predicted"], TOLERANCE, "predict")
