"""Models of graphs: what fit, evaluate and predict give, names and numbers."""

import keras
import numpy as np

from golden.fixture import Recording
from golden.graphs import CASES, ROWS, build, data, shown
from golden.numbers import generator, normal
from golden.record_trained import compute_in


def record_graphs(to: Recording) -> None:
    """Record three epochs of fit, without shuffling, and what evaluate and predict say after."""
    for name, about in CASES.items():
        rng = generator(name)
        inputs, targets = data(name, rng)
        x, y = shown(name, inputs, "x"), shown(name, targets, "y")
        keras.utils.clear_session()
        compute_in("float64")
        model = build(name, keras)
        weights = [normal(rng, *weight.shape, scale=0.5) for weight in model.weights]
        model.set_weights(weights)
        chosen = ("loss", "loss_weights", "metrics", "weighted_metrics")
        asked = {key: about[key] for key in chosen if key in about}
        model.compile("sgd", jit_compile=False, **asked)
        how = {}
        if "weighted" in about:
            row_weights = [rng.uniform(0, 2, ROWS).astype("float32") for _ in targets]
            how["sample_weight"] = row_weights
        history = model.fit(x, y, ROWS, 3, verbose=0, shuffle=False, **how)
        told = model.evaluate(x, y, ROWS, verbose=0, return_dict=True)
        listed = np.atleast_1d(model.evaluate(x, y, ROWS, verbose=0)).tolist()
        results = {"history": history.history, "evaluate": told, "evaluate_list": listed}
        results["layers"] = [type(layer).__name__ for layer in model.layers]
        arrays = {f"w{i}": weight for i, weight in enumerate(weights)}
        arrays |= {f"x{i}": part for i, part in enumerate(inputs)}
        arrays |= {f"y{i}": part for i, part in enumerate(targets)}
        arrays |= {f"weight{i}": part for i, part in enumerate(how.get("sample_weight", ()))}
        arrays |= {f"after{i}": weight for i, weight in enumerate(model.get_weights())}
        predicted = model.predict(x, 4, verbose=0)
        parts = [predicted[key] for key in sorted(predicted)] if name == "both_ways" else predicted
        for number, part in enumerate(parts if isinstance(parts, list) else [parts]):
            arrays[f"p{number}"] = part
        to.add(name, results, **arrays)
    compute_in("float32")
