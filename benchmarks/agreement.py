"""Do all packages compute the same? Their predictions, fresh and after some steps of training."""

from __future__ import annotations

import numpy as np

from benchmarks.process import FailedError
from benchmarks.workload import Layer, Workload

_STEPS = 5  # of training, at least
_PREDICTED = 1e-3  # of the largest prediction: the same model, not the same rounding
# Distance as a share of the way that training moved the predictions. Packages are 1e-5 apart;
# PyTorch's own place of epsilon makes it 0.2 to 0.8 with RMSprop and 8e-3 to 3e-2 with Adam, its
# second bias, were it trained, 4e-2 to 3e-1.
_TRAINED = 1e-3
# Keras on TensorFlow squares an Embedding's gradient of each place of a token by itself and adds up
# the squares, so that Adam and RMSprop take longer steps for tokens that come often: up to 6e-1.
_TRAINED_TOKENS_IN_TENSORFLOW = 1.0

Said = list[list[float]]  # predictions of the fresh model and, if it was trained, of the trained


def steps_of(workload: Workload) -> int:
    """How many steps to train before predictions are compared again.

    None where nothing is trained, or where dropout makes each package draw its own.
    """
    return _STEPS if workload.task == "fit" and not any(map(_drops, workload.layers)) else 0


def check(workload: Workload, name: str, said: Said, expected: Said) -> None:
    """Compare what a package says with what ours says.

    Raises:
        FailedError: it predicts or trains differently.
    """
    tokens = workload.layers[0]["kind"] in ("Embedding", "Translator")
    loose = tokens and name.startswith("keras-tensorflow")
    allowed = {
        "predictions": _PREDICTED,
        "trained predictions": _TRAINED_TOKENS_IN_TENSORFLOW if loose else _TRAINED,
    }
    for (what, most), distance in zip(allowed.items(), distances(said, expected), strict=False):
        if not distance <= most:  # also where it is not a number
            raise FailedError(
                f"{workload.name}: {what} of {name} are {distance:.1e} away from ours, "
                f"expected at most {most:.0e}"
            )


def distances(said: Said, expected: Said) -> list[float]:
    """How far the fresh predictions are away and, where both trained, the trained ones.

    The first is the largest difference as a share of the largest that was expected, the second
    the distance as a share of the way that training moved the expected ones.

    >>> distances([[0.5, 0.5], [0.5, 0.75]], [[0.5, 0.5], [0.5, 1.0]])
    [0.0, 0.5]
    """
    fresh, *trained = (np.subtract(*pair) for pair in zip(said, expected, strict=True))
    found = [float(np.abs(fresh).max() / np.abs(expected[0]).max())]
    for difference in trained:
        moved = np.linalg.norm(np.subtract(expected[1], expected[0]))
        found.append(float(np.linalg.norm(difference) / moved))
    return found


def _drops(layer: Layer) -> bool:
    return any(layer.get(kind) for kind in ("dropout", "recurrent_dropout"))
