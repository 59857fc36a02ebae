"""The losses of the first hundred steps, in float64 and as Keras's own float32 gives them."""

from typing import Any

import keras
import numpy as np

from golden.fixture import Recording
from golden.programs import DATA, batches, checksum, first_weights
from golden.real_programs import REAL, read
from golden.record_trained import Trained, compute_in, with_exact_betas
from golden.small_programs import SMALL
from golden.specs import build


def record_small(to: Recording) -> None:
    """Record the programs on made data."""
    for seed, (name, program) in enumerate(SMALL.items()):
        kind, *arguments = program["data"]
        record_program(to, name, program, *DATA[kind](*arguments), seed)


def record_real(to: Recording) -> None:
    """Record the programs on the real data in the folder SUNHWAN_DATA."""
    for seed, (name, program) in enumerate(REAL.items()):
        record_program(to, name, program, *read(program["data"]), seed)


def record_program(
    to: Recording, name: str, program: dict[str, Any], x: np.ndarray, y: np.ndarray, seed: int
) -> None:
    """Train `program` for a hundred steps and record the loss of each, before its update."""
    about = program | {"seed": seed}
    for dtype in ("float64", "float32"):
        keras.utils.clear_session()
        compute_in(dtype)
        start = keras.Input(x.shape[1:], dtype="int32" if x.dtype.kind == "i" else dtype)
        layers = [build(layer, keras.layers) for layer in program["layers"]]
        model = Trained([start, *layers])
        shapes = [tuple(weight.shape) for weight in model.weights]
        weights = first_weights(shapes, seed)
        for place, weight in enumerate(model.weights):
            if weight.name == "moving_variance":
                weights[place] = np.ones_like(weights[place])
        model.set_weights(weights)
        kind, arguments = program["optimizer"]
        optimizer = with_exact_betas(getattr(keras.optimizers, kind)(**arguments))
        model.compile(optimizer, program["loss"], jit_compile=False)
        targets = y.reshape(-1, 1) if y.ndim == 1 and program["loss"].startswith("binary") else y
        about[dtype] = [
            float(model.train_on_batch(xs, ys)) for xs, ys in batches(x, targets, program["batch"])
        ]
        about["checksums"] = [checksum(x), checksum(y), checksum(*weights)]
        about["shapes"] = shapes
    compute_in("float32")
    drift = np.max(np.abs(np.subtract(about["float32"], about["float64"])))
    print(f"  {name}: {about['float64'][0]:.4f} to {about['float64'][-1]:.4f}, {drift:.1e} apart")
    to.add(name, about)
