"""Runs one Keras layer, or a stack of them, in float64: outputs and all gradients."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from golden.fixture import Recording
from golden.numbers import generator, normal
from golden.specs import build

Spec = dict[str, Any]


def record_layer(
    to: Recording,
    name: str,
    layers: Spec | list[Spec],
    x: np.ndarray,
    *,
    mask: np.ndarray | None = None,
    states: int = 0,
    training: bool = False,
    scale: float = 0.5,
    **about: Any,
) -> None:
    """Record the case `name`: weights `w`, input `x`, `mask`, initial states `s`, outputs `y`.

    The gradients `dw`, `dx`, `ds` are those of `sum(y0 * dy0) + sum(y1 * dy1) + ...` with random
    `dy`: none of final states, and 0 at steps that the output of a stack masks. `after` are the
    weights after the call, where the call changed them.
    """
    rng = generator(name)
    stack = layers if isinstance(layers, list) else [layers]
    built = [build(named, keras.layers, dtype="float64") for named in stack]
    run = built[0] if len(built) == 1 else keras.Sequential(built)
    inputs = tf.constant(x if x.dtype.kind in "iu" else x.astype("float64"))
    run(inputs)
    weights = [_random_weight(weight, rng, scale) for weight in run.weights]
    run.set_weights(weights)
    initial = [normal(rng, len(x), states) for _ in range(_count_states(built[0], states))]
    given = [tf.constant(state.astype("float64")) for state in initial]
    call: dict[str, Any] = {"training": training}
    extra: dict[str, Any] = {"training": training} if _takes(run, "training") else {}
    if mask is not None:
        extra["mask"] = tf.constant(mask)
    if given:
        extra["initial_state"] = given
    trained = [weight.value for weight in run.trainable_weights]
    with tf.GradientTape() as tape:
        tape.watch([*given, inputs] if x.dtype.kind == "f" else given)
        y = run(inputs, **extra)
        outputs = list(y) if isinstance(y, (list, tuple)) else [y]
        dys = [normal(rng, *output.shape) for output in outputs[: _count_own(stack[0], outputs)]]
        mask_of_stack = keras.src.backend.get_keras_mask(outputs[0]) if len(built) > 1 else None
        if mask_of_stack is not None:
            dys[0] *= np.asarray(mask_of_stack, "float32")[..., None]
        total = sum(
            tf.reduce_sum(o * dy.astype("float64")) for o, dy in zip(outputs, dys, strict=False)
        )
    wanted = [*trained, *given, inputs] if x.dtype.kind == "f" else [*trained, *given]
    gradients = [
        np.zeros(value.shape) if gradient is None else tf.convert_to_tensor(gradient).numpy()
        for value, gradient in zip(wanted, tape.gradient(total, wanted), strict=True)
    ]
    places = [index for index, weight in enumerate(run.weights) if weight.trainable]
    arrays = {f"w{i}": weight for i, weight in enumerate(weights)} | {"x": x}
    if mask is not None:
        arrays["mask"] = mask
    arrays |= {f"s{i}": state for i, state in enumerate(initial)}
    arrays |= {f"y{i}": output.numpy() for i, output in enumerate(outputs)}
    arrays |= {f"dy{i}": dy for i, dy in enumerate(dys)}
    arrays |= {f"dw{place}": gradients[i] for i, place in enumerate(places)}
    arrays |= {f"ds{i}": gradients[len(trained) + i] for i in range(len(initial))}
    if x.dtype.kind == "f":
        arrays["dx"] = gradients[-1]
    for index, (before, now) in enumerate(zip(weights, run.get_weights(), strict=True)):
        if not np.array_equal(before, now):
            arrays[f"after{index}"] = now
    if not all(np.isfinite(np.float32(array)).all() for array in arrays.values()):
        raise ValueError(f"the case {name!r} overflows")
    to.add(name, {"layers": stack, "call": call} | about, **arrays)


def _random_weight(weight: Any, rng: np.random.Generator, scale: float) -> np.ndarray:
    value = normal(rng, *weight.shape, scale=scale)
    return np.abs(value) + np.float32(0.5) if weight.name == "moving_variance" else value


def _count_states(layer: Any, states: int) -> int:
    if not states:
        return 0
    if hasattr(layer, "forward_layer"):
        return 2 * len(layer.forward_layer.state_size)
    return len(layer.state_size)


def _count_own(layer: Spec, outputs: list[Any]) -> int:
    """Count the outputs that are no final states."""
    inner = layer.get("layer", layer)["arguments"]
    both = layer["arguments"].get("merge_mode", "concat") is None
    return (2 if both else 1) if inner.get("return_state") else len(outputs)


def _takes(layer: Any, argument: str) -> bool:
    return isinstance(layer, keras.Sequential) or getattr(layer, f"_call_has_{argument}_arg")
