"""From a trained language model to a model of one step."""

from __future__ import annotations

from typing import Any

from sunhwan.layers import Input
from sunhwan.layers.over_steps import OverSteps
from sunhwan.models import Model, Sequential


def one_step(model: Any) -> Any:
    """Make a decoder of a trained `Sequential` that reads ids and scores the next one at each step.

    The decoder has the same weights, which go on belonging to both.

    Args:
        model: an `Embedding`, then recurrent layers with `return_sequences` among layers that treat
            steps alike (`Dense`, `Dropout`, `LayerNormalization`, ...).

    Returns:
        A `Model` with the inputs ids `(N, 1)` and the states of all recurrent layers, and the
        outputs scores `(N, 1, C)` and the new states.

    Raises:
        ValueError: the model is not such a `Sequential`.

    >>> import sunhwan as sh
    >>> model = sh.Sequential([sh.layers.Embedding(9, 4), sh.layers.LSTM(3, return_sequences=True),
    ...                        sh.layers.Dense(9, activation="softmax")])
    >>> one_step(model).output_shape
    [(None, 1, 9), (None, 3), (None, 3)]
    """
    if not isinstance(model, Sequential) or not model.built:
        raise ValueError(f"one_step takes a Sequential that is built, got {model!r}")
    if not model.layers or not hasattr(model.layers[0], "reads_ids"):
        raise ValueError(f"model {model.name!r} must begin with Embedding to be a language model")
    ids = Input((1,), dtype="int32", name="ids")
    inputs, states, x = [ids], [], ids
    for layer in model.layers:
        if isinstance(layer, OverSteps):
            _check(model, layer)
            step = layer.twin(return_state=True, stateful=False)
            own = [Input((size,)) for size in layer.state_sizes]
            x, *after = step(x, initial_state=own)
            inputs += own
            states += after
        elif layer.takes == "steps" or hasattr(layer, "reads_ids"):
            x = layer(x)
        else:
            raise ValueError(
                f"layer {layer.name!r} of model {model.name!r} does not treat steps alike, so the "
                "model cannot go step by step"
            )
    if not states:
        raise ValueError(f"model {model.name!r} has no recurrent layer")
    return Model(inputs, [x, *states])


def _check(model: Any, layer: OverSteps) -> None:
    for argument, wanted in (("return_sequences", True), ("go_backwards", False)):
        if getattr(layer, argument) is not wanted:
            raise ValueError(
                f"layer {layer.name!r} of model {model.name!r} must have {argument}={wanted} for "
                f"the model to go step by step"
            )
