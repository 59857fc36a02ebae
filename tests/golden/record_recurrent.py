"""The recurrent layers, alone, wrapped and stacked."""

from itertools import product
from typing import Any

import numpy as np

from golden.fixture import Recording
from golden.numbers import generator, normal
from golden.record_layer import record_layer
from golden.specs import spec

CELLS: dict[str, dict[str, Any]] = {
    "simple_rnn": {"class": "SimpleRNN"},
    "lstm": {"class": "LSTM"},
    "gru": {"class": "GRU"},
    "gru_reset_before": {"class": "GRU", "reset_after": False},
}
ACTIVATIONS = [
    "linear",
    "tanh",
    "sigmoid",
    "relu",
    "softsign",
    "hard_sigmoid",
    "elu",
    "selu",
    "softplus",
    "gelu",
    "leaky_relu",
    "exponential",
]
MASKS = {
    "before": [[0, 0, 1, 1, 1], [0, 1, 1, 1, 1], [1, 1, 1, 1, 1]],
    "after": [[1, 1, 1, 0, 0], [1, 1, 1, 1, 1], [1, 0, 0, 0, 0]],
    "middle": [[1, 0, 0, 1, 1], [1, 1, 0, 1, 0], [0, 1, 0, 1, 0]],
    "whole_row": [[0, 0, 0, 0, 0], [1, 1, 0, 1, 0], [0, 0, 0, 0, 0]],
}


def named(cell: str, **arguments: Any) -> dict[str, Any]:
    """Name the layer of `cell`, with its own arguments and these."""
    own = dict(CELLS[cell])
    return spec(own.pop("class"), **own, **arguments)


def values(name: str, rows: int = 3, steps: int = 5, features: int = 2) -> np.ndarray:
    """Return the input of the case `name`."""
    return normal(generator(name + " x"), rows, steps, features)


def record_recurrent(to: Recording) -> None:
    """Record SimpleRNN, LSTM and both forms of GRU."""
    for cell in CELLS:
        for n, t, i, h in [(1, 1, 1, 1), (2, 5, 3, 4), (3, 7, 5, 9), (4, 9, 2, 17), (9, 2, 33, 8)]:
            name = f"{cell}/sizes_{n}_{t}_{i}_{h}"
            record_layer(to, name, named(cell, units=h), values(name, n, t, i), scale=0.3)
        for sequences, backwards in product([False, True], repeat=2):
            how = {"return_sequences": sequences, "go_backwards": backwards}
            ending = ("_sequences" if sequences else "_last") + ("_backwards" if backwards else "")
            for shape, mask in [(None, None), *MASKS.items()]:
                name = f"{cell}/mask_{shape}{ending}"
                array = None if mask is None else np.array(mask, bool)
                record_layer(to, name, named(cell, units=3, **how), values(name), mask=array)
            for shape in (None, "middle", "whole_row"):
                name = f"{cell}/states_{shape}{ending}"
                array = None if shape is None else np.array(MASKS[shape], bool)
                layer = named(cell, units=3, return_state=True, **how)
                record_layer(to, name, layer, values(name), mask=array, states=3)
        _record_rest(to, cell)
        for kind in ACTIVATIONS:
            scale = 0.05 if kind == "exponential" else 0.4  # so that none overflows
            for which in ("activation", "recurrent_activation"):
                if which == "activation" or cell != "simple_rnn":
                    name = f"{cell}/{which}_{kind}"
                    layer = named(cell, units=3, **{which: kind})
                    record_layer(to, name, layer, values(name), scale=scale)


def _record_rest(to: Recording, cell: str) -> None:
    name = f"{cell}/no_bias"
    record_layer(to, name, named(cell, units=3, use_bias=False), values(name))
    name = f"{cell}/zero_output_for_mask"
    layer = named(cell, units=3, return_sequences=True, zero_output_for_mask=True)
    record_layer(to, name, layer, values(name), mask=np.array(MASKS["middle"], bool))
    name = f"{cell}/large_inputs"
    record_layer(to, name, named(cell, units=3), values(name) * np.float32(30))


def record_bidirectional(to: Recording) -> None:
    """Record Bidirectional: each cell, each way to merge, masks, states."""
    for cell, merge, sequences in product(CELLS, ["concat", "sum", "ave", "mul", None], [0, 1]):
        inner = named(cell, units=3, return_sequences=bool(sequences))
        for shape in (None, "after", "middle", "whole_row"):
            if shape not in (None, "middle") and (merge != "concat" or cell == "simple_rnn"):
                continue
            name = f"{cell}/{merge}_{'sequences' if sequences else 'last'}_mask_{shape}"
            mask = None if shape is None else np.array(MASKS[shape], bool)
            layer = spec("Bidirectional", layer=inner, merge_mode=merge)
            record_layer(to, name, layer, values(name), mask=mask)
    for cell, merge in product(CELLS, ["concat", None]):
        for shape in (None, "middle"):
            name = f"{cell}/{merge}_states_mask_{shape}"
            inner = named(cell, units=3, return_sequences=True, return_state=True)
            layer = spec("Bidirectional", layer=inner, merge_mode=merge)
            mask = None if shape is None else np.array(MASKS[shape], bool)
            record_layer(to, name, layer, values(name), mask=mask, states=3)


def record_stacks(to: Recording) -> None:
    """Record layers on one another, with masks that travel between them."""
    ids = generator("stack ids").integers(1, 7, (4, 6)).astype("int32")
    padded = {"before": ids.copy(), "after": ids.copy(), "holes": ids.copy()}
    for row, length in enumerate([0, 2, 5, 6]):
        padded["before"][row, : 6 - length] = 0
        padded["after"][row, length:] = 0
    padded["holes"][:, 1::3] = 0
    padded["holes"][1] = 0
    embedding = spec("Embedding", input_dim=7, output_dim=4, mask_zero=True)
    plain = spec("Embedding", input_dim=7, output_dim=4)
    for cell, (where, x) in product(CELLS, padded.items()):
        upper = named(cell, units=2)
        lower = named(cell, units=3, return_sequences=True)
        name = f"{cell}/embedding_{where}"
        record_layer(to, name, [embedding, named(cell, units=3)], x)
        record_layer(to, f"{name}_unmasked", [plain, named(cell, units=3)], x)
        record_layer(to, f"{name}_stacked", [embedding, lower, upper], x)
        record_layer(to, f"{name}_stacked_unmasked", [plain, lower, upper], x)
        both = spec("Bidirectional", layer=lower)
        record_layer(to, f"{name}_bidirectional", [embedding, both, upper], x)
    dense = spec("Dense", units=3, activation="tanh")
    sequences = named("lstm", units=3, return_sequences=True)
    convolution = spec("Conv1D", filters=3, kernel_size=3, padding="same", activation="relu")
    batch = spec("BatchNormalization")
    ways = {
        "dense_between": [embedding, dense, sequences, dense],
        "normalized": [
            embedding,
            spec("LayerNormalization"),
            sequences,
            spec("LayerNormalization"),
        ],
        "batch_normalized": [embedding, batch, sequences, batch, dense],
        "batch_normalized_unmasked": [plain, batch, sequences, batch, dense],
        "time_distributed": [embedding, sequences, spec("TimeDistributed", layer=dense)],
        "average": [embedding, sequences, spec("GlobalAveragePooling1D")],
        "maximum": [embedding, sequences, spec("GlobalMaxPooling1D")],
        "convolution_of_masked": [embedding, convolution, named("lstm", units=3)],
        "convolution_of_sequences": [embedding, sequences, convolution, spec("MaxPooling1D")],
        "pooling_of_masked": [embedding, spec("MaxPooling1D"), named("gru", units=3)],
        "average_pooling_of_masked": [embedding, spec("AveragePooling1D", pool_size=2)],
        "flatten_of_masked": [embedding, sequences, spec("Flatten"), dense],
        "repeat": [embedding, named("gru", units=3), spec("RepeatVector", n=3), sequences, dense],
        "permute": [plain, spec("Permute", dims=[2, 1]), sequences],
        "reshape": [plain, spec("Reshape", target_shape=[3, 8]), named("gru", units=2)],
    }
    for way, (where, x) in product(ways, padded.items()):
        seen = np.where(x.any(1, keepdims=True), x, 1) if way == "average" else x  # 0 / 0 is NaN
        training = way.startswith("batch")
        record_layer(to, f"{way}/{where}", ways[way], seen, training=training)
    x = values("masking", 4, 6, 2)
    x[0, 2:], x[1, 0], x[2, 3] = 0.5, 0.5, 0.5
    record_layer(to, "masking/last", [spec("Masking", mask_value=0.5), named("lstm", units=3)], x)
    record_layer(to, "masking/sequences", [spec("Masking", mask_value=0.5), sequences, dense], x)
