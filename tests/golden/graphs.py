"""Graphs of layers, built from Keras's module or from ours alike, with data for them."""

from collections.abc import Callable
from typing import Any

import numpy as np

from golden.numbers import normal

# One batch is all rows: Keras on TensorFlow counts batches of any size alike in the mean of one
# output's loss.
ROWS, STEPS, WORDS = 13, 6, 9


def pair(k: Any) -> Any:
    """Two inputs, two outputs."""
    a, b = k.Input((5, 3), name="a"), k.Input((4,), name="b")
    dense = k.layers.Dense(3, activation="tanh")(b)
    both = k.layers.Concatenate()([k.layers.LSTM(4)(a), dense])
    kind = k.layers.Dense(3, activation="softmax", name="kind")(both)
    size = k.layers.Dense(1, name="size")(k.layers.Dense(2, activation="relu")(both))
    return k.Model([a, b], [kind, size])


def coder(k: Any, kind: str = "LSTM") -> Any:
    """An encoder whose states start a decoder, both of masked words.

    Keras does not give a layer with initial states the mask of its input unless it is told to.
    """
    cell = getattr(k.layers, kind)
    a, b = k.Input((STEPS,), dtype="int32"), k.Input((STEPS + 1,), dtype="int32")
    _, *states = cell(4, return_state=True)(k.layers.Embedding(WORDS, 3, mask_zero=True)(a))
    table = k.layers.Embedding(WORDS, 3, mask_zero=True)
    how = {"mask": table.compute_mask(b)} if k.__name__ == "keras" else {}
    steps = cell(4, return_sequences=True)(table(b), initial_state=states, **how)
    return k.Model([a, b], k.layers.Dense(WORDS, activation="softmax")(steps))


def shared(k: Any) -> Any:
    """One layer called twice."""
    a, b = k.Input((5, 3)), k.Input((5, 3))
    gru = k.layers.GRU(4)
    near = k.layers.Dot(axes=1, normalize=True)([gru(a), gru(b)])
    return k.Model([a, b], k.layers.Dense(1)(near))


def residual(k: Any) -> Any:
    """Masked words past a sum, to layers that honour the mask and to some that do not."""
    a = k.Input((STEPS,), dtype="int32")
    words = k.layers.Embedding(WORDS, 4, mask_zero=True)(a)
    total = k.layers.Add()([words, k.layers.LSTM(4, return_sequences=True)(words)])
    ends = [k.layers.GRU(3)(total), k.layers.GlobalMaxPooling1D()(total)]
    return k.Model(a, k.layers.Dense(2)(k.layers.Concatenate()(ends)))


def texts(k: Any) -> Any:
    """Two masked texts side by side, along the steps and along the features."""
    a, b = k.Input((STEPS,), dtype="int32"), k.Input((STEPS,), dtype="int32")
    table = k.layers.Embedding(WORDS, 3, mask_zero=True)
    one, other = table(a), table(b)
    long = k.layers.LSTM(3)(k.layers.Concatenate(axis=1)([one, other]))
    wide = k.layers.LSTM(3)(k.layers.Concatenate()([one, other]))
    mean = k.layers.GRU(3)(k.layers.Average()([one, other]))
    return k.Model([a, b], k.layers.Dense(2)(k.layers.Concatenate()([long, wide, mean])))


def merges(k: Any) -> Any:
    """Every merging layer, with shapes that broadcast."""
    a, b = k.Input((5, 3)), k.Input((3,))
    ends = [
        k.layers.Subtract()([a, b]),
        k.layers.Multiply()([a, b]),
        k.layers.Maximum()([a, b]),
        k.layers.Minimum()([a, b, a]),
        k.layers.Average()([a, b]),
    ]
    whole = k.layers.Concatenate(axis=2)(ends)
    return k.Model([a, b], k.layers.Dense(2)(k.layers.Dot(axes=(2, 2))([whole, whole])))


def nested(k: Any) -> Any:
    """Models as layers, called twice."""
    start = k.Input((5, 3))
    inner = k.Model(start, k.layers.Dense(3, activation="tanh")(k.layers.SimpleRNN(4)(start)))
    row = k.Sequential([k.Input((3,)), k.layers.Dense(4, activation="tanh"), k.layers.Dense(2)])
    a, b = k.Input((5, 3)), k.Input((5, 3))
    return k.Model([a, b], k.layers.add([row(inner(a)), row(inner(b))]))


def both_ways(k: Any) -> Any:
    """States of both directions."""
    a, b = k.Input((5, 3)), k.Input((5, 2))
    encoder = k.layers.Bidirectional(k.layers.LSTM(3, return_state=True))
    out, *states = encoder(a)
    decoder = k.layers.Bidirectional(k.layers.LSTM(3, return_sequences=True))
    steps = decoder(b, initial_state=states)
    ends = {"steps": k.layers.Dense(2)(steps), "last": k.layers.Dense(1)(out)}
    return k.Model({"a": a, "b": b}, ends)


def attention(k: Any, kind: str = "Attention", **arguments: Any) -> Any:
    """A decoder that looks at the encoder's steps, both of masked words."""
    a, b = k.Input((STEPS,), dtype="int32"), k.Input((STEPS + 1,), dtype="int32")
    seen = k.layers.GRU(4, return_sequences=True)(k.layers.Embedding(WORDS, 3, mask_zero=True)(a))
    steps = k.layers.GRU(4, return_sequences=True)(k.layers.Embedding(WORDS, 3, mask_zero=True)(b))
    mixed = getattr(k.layers, kind)(**arguments)([steps, seen])
    both = k.layers.Concatenate()([steps, mixed])
    return k.Model([a, b], k.layers.Dense(WORDS, activation="softmax")(both))


def heads(k: Any) -> Any:
    """Attention of several heads over other steps, and over its own without what follows.

    In Keras a tensor loses its mask when it is attended with, so nothing else reads these.
    """
    a, b = k.Input((STEPS,), dtype="int32"), k.Input((STEPS + 1,), dtype="int32")
    seen = k.layers.Embedding(WORDS, 3, mask_zero=True)(a)
    steps = k.layers.Embedding(WORDS, 4, mask_zero=True)(b)
    own = k.layers.MultiHeadAttention(2, 3)(steps, steps, use_causal_mask=True)
    own = k.layers.LayerNormalization()(own)
    mixed = k.layers.MultiHeadAttention(3, 2, value_dim=5, output_shape=6)(own, seen)
    return k.Model([a, b], k.layers.Dense(WORDS, activation="softmax")(mixed))


def looks(k: Any) -> Any:
    """Attention that is told what to look at, also what each head."""
    a, b = k.Input((5, 3)), k.Input((4, 3))
    seen, of_heads = k.Input((4, 5), dtype="bool"), k.Input((2, 4, 4), dtype="bool")
    mixed = k.layers.MultiHeadAttention(2, 3)(b, a, attention_mask=seen)
    own = k.layers.MultiHeadAttention(2, 2)(
        mixed, mixed, attention_mask=of_heads, use_causal_mask=True
    )
    return k.Model([a, b, seen, of_heads], k.layers.Dense(2)(own))


CASES: dict[str, dict[str, Any]] = {
    "pair": {
        "loss": ["sparse_categorical_crossentropy", "mse"],
        "loss_weights": [0.5, 2.0],
        "metrics": [["accuracy"], ["mae", "mse"]],
    },
    "pair_named": {
        "graph": "pair",
        "loss": {"kind": "sparse_categorical_crossentropy", "size": "mae"},
        "metrics": {"size": ["mse"]},
        "weighted_metrics": {"kind": ["accuracy"]},
        "weighted": True,
    },
    "coder": {"loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]},
    "coder_gru": {
        "graph": "coder",
        "arguments": ["GRU"],
        "loss": "sparse_categorical_crossentropy",
    },
    "shared": {"loss": "mse"},
    "residual": {"loss": "mse"},
    "texts": {"loss": "mse"},
    "merges": {"loss": "mae"},
    "nested": {"loss": "mse"},
    "attention": {"loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]},
    "attention_concat": {
        "graph": "attention",
        "named": {"score_mode": "concat", "use_scale": True},
        "loss": "sparse_categorical_crossentropy",
    },
    "additive_attention": {
        "graph": "attention",
        "arguments": ["AdditiveAttention"],
        "loss": "sparse_categorical_crossentropy",
    },
    "heads": {"loss": "sparse_categorical_crossentropy"},
    "looks": {"loss": "mse"},
    "both_ways": {"loss": {"steps": "mse", "last": "mae"}, "metrics": {"steps": ["mae"]}},
}


def build(name: str, k: Any) -> Any:
    """The model of the case `name` from the module `k`."""
    about = CASES[name]
    graph: Callable[..., Any] = globals()[about.get("graph", name)]
    return graph(k, *about.get("arguments", ()), **about.get("named", {}))


def words(rng: np.random.Generator, steps: int) -> np.ndarray:
    """Rows of words with zeros behind, some with a hole, one of zeros alone."""
    x = rng.integers(1, WORDS, (ROWS, steps)).astype("int32")
    x[np.arange(steps) >= rng.integers(1, steps + 1, ROWS)[:, None]] = 0
    x[3, 0] = x[5, 1] = 0
    return x


def data(name: str, rng: np.random.Generator) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Inputs and targets in the order of the model's."""
    graph = CASES[name].get("graph", name)
    if graph == "pair":
        y = [rng.integers(0, 3, ROWS).astype("int32"), normal(rng, ROWS, 1)]
        return [normal(rng, ROWS, 5, 3), normal(rng, ROWS, 4)], y
    if graph in ("coder", "attention", "heads"):
        x = [words(rng, STEPS), words(rng, STEPS + 1)]
        if graph == "attention":
            x[0][:, 2] = 4  # Keras spreads attention evenly where all is masked, but for rounding
        return x, [rng.integers(0, WORDS, (ROWS, STEPS + 1)).astype("int32")]
    if graph in ("residual", "texts"):
        count = 1 if graph == "residual" else 2
        return [words(rng, STEPS) for _ in range(count)], [normal(rng, ROWS, 2)]
    if graph == "merges":
        return [normal(rng, ROWS, 5, 3), normal(rng, ROWS, 3)], [normal(rng, ROWS, 5, 2)]
    if graph == "both_ways":
        y = [normal(rng, ROWS, 1), normal(rng, ROWS, 5, 2)]  # in the order of the keys
        return [normal(rng, ROWS, 5, 3), normal(rng, ROWS, 5, 2)], y
    if graph == "looks":
        masks = [rng.random((ROWS, *shape)) < 0.6 for shape in ((4, 5), (2, 4, 4))]
        for mask in masks:
            mask[..., 0] = True  # Keras spreads attention evenly where nothing is seen
        return [normal(rng, ROWS, 5, 3), normal(rng, ROWS, 4, 3), *masks], [normal(rng, ROWS, 4, 2)]
    outputs = 1 if graph == "shared" else 2
    return [normal(rng, ROWS, 5, 3), normal(rng, ROWS, 5, 3)], [normal(rng, ROWS, outputs)]


def shown(name: str, parts: list[np.ndarray], what: str) -> Any:
    """Inputs (`"x"`) or targets (`"y"`) as the case passes them."""
    if name == "both_ways":
        return dict(zip(("a", "b") if what == "x" else ("last", "steps"), parts, strict=True))
    return parts if len(parts) > 1 else parts[0]
