"""A valid call of each native function: what it is given, by name."""

import numpy as np

from sunhwan import _core

# Two rows of three and two packed steps, of three columns; a map of windows of two taps.
_ROWS = _core.recurrent_sizes("lstm")
GATES, SAVED = _ROWS[0] * 3, _ROWS[1] * 3


def floats(*shape):
    return np.random.default_rng(0).standard_normal(shape).astype(np.float32)


def whole(*values):
    return np.array(values, np.int32)


def places(*values):
    return np.array(values, np.int64)


def offsets():
    return places(0, 3, 5)


def window_map():
    return whole([0, 1], [1, 2], [2, -1], [3, 4], [4, _core.NOTHING])


def _pointwise(*names, **others):
    return lambda: {**{name: floats(5, 3) for name in names}, **others}


def _optimizer(*slots, **numbers):
    given = {"scale": 1.0, "limit": 1.0, "decay": 0.1, "rate": 0.1, **numbers}
    return lambda: {**{name: np.abs(floats(7)) for name in ("w", "g", *slots)}, **given}


def _loss(**others):
    return lambda: {
        "y": floats(5, 3), "weight": floats(5), "scale": 1.0, "values": floats(5),
        "dy": floats(5, 3), **{name: make() for name, make in others.items()},
    }  # fmt: skip


def _attention(**others):
    return lambda: {
        "q": floats(5, 4), "k": floats(5, 4), "v": floats(5, 6), "q_offsets": offsets(),
        "k_offsets": offsets(), "w_offsets": places(0, 18, 26), "weights": floats(26), "heads": 2,
        "additive": True, "factor": 0.5, "inner": floats(1), "outer": floats(1), "u": floats(2),
        "drop": floats(10, 3), **{name: make() for name, make in others.items()},
    }  # fmt: skip


def _cell(**others):
    return lambda: {
        "cell": "lstm", "activation": 2, "recurrent_activation": 3, "offsets": offsets(),
        "recurrent_kernel": floats(3, GATES), "h0": floats(2, 3), "c0": floats(2, 3),
        "hidden_mask": floats(2, 3), "reverse": True, "out": floats(5, 3), "saved_h": floats(5, 3),
        "saved_gates": floats(5, SAVED), "saved_c": floats(5, 3),
        **{name: make() for name, make in others.items()},
    }  # fmt: skip


def _recurrent_backward():
    given = _cell(
        dout=lambda: floats(5, 3), dlast_h=lambda: floats(2, 3), dlast_c=lambda: floats(2, 3),
        dc=lambda: floats(5, 3), dh0=lambda: floats(2, 3), dc0=lambda: floats(2, 3),
        total_dh=lambda: floats(5, 3), total_dc=lambda: floats(5, 3),
    )()  # fmt: skip
    given["dxp"] = given["drp"] = floats(5, GATES)
    return given


CALLS = {
    "activate": _pointwise("x", "y", kind=3),
    "activate_backward": _pointwise("x", "y", "dy", "dx", kind=3),
    "multiply": _pointwise("a", "b", "out"),
    "add": _pointwise("a", "b", "out"),
    "add_into": _pointwise("out", "a", factor=2.0),
    "scale": _pointwise("x", "out", factor=2.0),
    "fill": _pointwise("out", value=2.0),
    "clear": _pointwise("out"),
    "softmax": _pointwise("x", "y"),
    "softmax_backward": _pointwise("y", "dy", "dx"),
    "log_softmax": _pointwise("x", "y"),
    "log_softmax_backward": _pointwise("y", "dy", "dx"),
    "running_max": _pointwise("x", "out", "count"),
    "running_max_backward": _pointwise("x", "out", "dout", "dx"),
    "running_sum": _pointwise("x", "out"),
    "running_sum_backward": _pointwise("dout", "dx"),
    "dropout_mask": lambda: {
        "out": floats(5, 3), "key": 7, "rows": places(0, 0, 0, 1, 1),
        "times": whole(0, 1, 2, 0, 1), "rate": 0.5,
    },
    "normal": lambda: {
        "out": floats(5, 3), "key": 7, "rows": places(0, 0, 0, 1, 1),
        "times": whole(0, 1, 2, 0, 1), "mean": 0.0, "stddev": 1.0,
    },
    "product": lambda: {
        "a": floats(5, 3), "b": floats(3, 4), "out": floats(5, 4), "transpose_a": False,
        "transpose_b": False, "accumulate": True, "bias": floats(4),
    },
    "batched_product": lambda: {
        "a": floats(2, 5, 3), "b": floats(2, 4, 3), "out": floats(2, 5, 4), "transpose_a": False,
        "transpose_b": True,
    },
    "column_sums": lambda: {"x": floats(5, 3), "out": floats(3), "accumulate": True},
    "linear_backward": lambda: {
        "x": floats(5, 3), "kernel": floats(3, 4), "dy": floats(5, 4), "dkernel": floats(3, 4),
        "dbias": floats(4), "dx": floats(5, 3),
    },
    "gather_rows": lambda: {
        "source": floats(4, 3), "head": floats(2, 3), "index": whole(3, -2, 0, -1, 1),
        "out": floats(5, 3),
    },
    "scatter_rows": lambda: {
        "dout": floats(5, 3), "index": whole(3, -2, 0, -1, 1), "dsource": floats(4, 3),
        "dhead": floats(2, 3),
    },
    "scatter_halves": lambda: {
        "dout": floats(5, 3), "index": whole(3, 2, 0, 1, 1), "dsource": floats(2, 4, 3),
    },
    "gather_scaled": lambda: {
        "source": floats(4, 3), "index": whole(3, 2, 0, 1, 1), "factors": floats(2, 3),
        "offsets": offsets(), "out": floats(5, 3),
    },
    "scatter_scaled": lambda: {
        "dout": floats(5, 3), "index": whole(3, 2, 0, 1, 1), "factors": floats(2, 3),
        "offsets": offsets(), "dsource": floats(4, 3),
    },
    "distinct": lambda: {
        "ids": whole(5, 1, 5), "marks": whole(*[-1] * 6), "index": whole(0, 0, 0),
        "found": whole(0, 0, 0),
    },
    "window_map": lambda: {
        "offsets": offsets(), "starts": places(0, 1), "extents": places(3, 3),
        "paddings": places(1, 1), "out_offsets": offsets(), "out_starts": places(0, 1),
        "stride": 1, "dilation": 1, "index": whole(0, 1, 2, 3, 4), "run_index": whole(9),
        "map": np.zeros((5, 2), np.int32),
    },
    "tap_sum": lambda: {
        "map": whole([0, 1], [_core.NOTHING, 3]), "products": floats(4, 2, 3), "bias": floats(3),
        "out": floats(2, 3),
    },
    "tap_scatter": lambda: {
        "map": whole([0, 1], [_core.NOTHING, 3]), "dout": floats(2, 3),
        "dproducts": floats(4, 2, 3),
    },
    "convolution": lambda: {
        "map": window_map(), "values": floats(5, 4), "head": floats(1, 4),
        "kernel": floats(2, 2, 6), "bias": floats(6), "groups": 2, "out": floats(5, 6),
    },
    "convolution_inputs": lambda: {
        "map": window_map(), "kernel": floats(2, 2, 6), "groups": 2, "step": 1,
        "dout": floats(5, 6), "dvalues": floats(5, 4), "dhead": floats(1, 4),
    },
    "convolution_weights": lambda: {
        "map": window_map(), "values": floats(5, 4), "head": floats(1, 4), "groups": 2,
        "dout": floats(5, 6), "dkernel": floats(2, 2, 6),
    },
    "max_pool": lambda: {
        "map": window_map(), "values": floats(5, 3), "head": floats(1, 3), "out": floats(5, 3),
        "source": np.zeros((5, 3), np.int32),
    },
    "max_pool_backward": lambda: {
        "map": window_map(), "offsets": offsets(), "out_offsets": offsets(), "dout": floats(5, 3),
        "source": np.zeros((5, 3), np.int32), "dvalues": floats(5, 3), "dhead": floats(1, 3),
    },
    "average_pool": lambda: {
        "map": window_map(), "values": floats(5, 3), "head": floats(1, 3), "out": floats(5, 3),
    },
    "average_pool_backward": lambda: {
        "map": window_map(), "offsets": offsets(), "out_offsets": offsets(), "dout": floats(5, 3),
        "dvalues": floats(5, 3), "dhead": floats(1, 3),
    },
    "global_max": lambda: {
        "offsets": offsets(), "starts": places(0, 2), "values": floats(5, 3),
        "running": floats(2, 3), "running_count": floats(2, 3), "out": floats(2, 3),
        "share": floats(2, 3),
    },
    "global_max_backward": lambda: {
        "offsets": offsets(), "starts": places(0, 2), "values": floats(5, 3),
        "running": floats(2, 3), "out": floats(2, 3), "share": floats(2, 3), "dout": floats(2, 3),
        "dvalues": floats(5, 3), "drunning": floats(2, 3),
    },
    "global_average": lambda: {
        "offsets": offsets(), "starts": places(0, 2), "values": floats(5, 3),
        "running": floats(2, 3), "out": floats(2, 3),
    },
    "global_average_backward": lambda: {
        "offsets": offsets(), "starts": places(0, 2), "dout": floats(2, 3),
        "dvalues": floats(5, 3), "drunning": floats(2, 3),
    },
    "copy_columns": lambda: {
        "source": floats(5, 3), "first": 1, "out": floats(5, 4), "place": 2, "count": 2,
    },
    "take_runs": lambda: {
        "source": floats(9, 3), "firsts": places(6, 0), "offsets": offsets(), "out": floats(5, 3),
    },
    "copy_checked": lambda: {"source": whole(0, 1, 2), "out": whole(0, 0, 0), "limit": 3},
    "attention": _attention(
        y=lambda: floats(5, 6), q_times=lambda: whole(0, 1, 2, 0, 1),
        k_times=lambda: whole(0, 1, 2, 0, 1), k_rows=lambda: whole(0, 1),
    ),
    "attention_backward": _attention(
        dy=lambda: floats(5, 6), dq=lambda: floats(5, 4), dk=lambda: floats(5, 4),
        dv=lambda: floats(5, 6), dweights=lambda: floats(26), dinner=lambda: floats(1),
        douter=lambda: floats(1), du=lambda: floats(2),
    ),
    "layer_norm": lambda: {
        "x": floats(5, 3), "gamma": floats(3), "beta": floats(3), "epsilon": 1e-3,
        "y": floats(5, 3), "mean": floats(5), "inverse": floats(5),
    },
    "layer_norm_backward": lambda: {
        "x": floats(5, 3), "gamma": floats(3), "mean": floats(5), "inverse": floats(5),
        "dy": floats(5, 3), "dx": floats(5, 3), "dgamma": floats(3), "dbeta": floats(3),
    },
    "batch_statistics": lambda: {
        "x": floats(5, 3), "weights": floats(5), "mean": floats(3), "variance": floats(3),
    },
    "batch_norm_backward": lambda: {
        "x": floats(5, 3), "weights": floats(5), "mean": floats(3), "inverse": floats(3),
        "gamma": floats(3), "dy": floats(5, 3), "dx": floats(5, 3), "dgamma": floats(3),
        "dbeta": floats(3),
    },
    "scale_columns": lambda: {
        "x": floats(5, 3), "shift": floats(3), "scale": floats(3), "offset": floats(3),
        "y": floats(5, 3),
    },
    "point_loss": _loss(
        kind=lambda: 0, target=lambda: floats(5, 3), keep=lambda: 1.0, shift=lambda: 0.0,
        parameter=lambda: 1.0,
    ),
    "row_loss": _loss(
        kind=lambda: 0, target=lambda: floats(5, 3), keep=lambda: 1.0, shift=lambda: 0.0
    ),
    "sparse_loss": _loss(logits=lambda: True, label=lambda: whole(0, 1, 2, -1, 0)),
    "summarize": lambda: {"x": floats(70), "counts": places(0, 0), "stride": 1},
    "sgd": _optimizer("m", momentum=0.9, nesterov=True),
    "rmsprop": _optimizer("v", "m", "mean", rho=0.9, momentum=0.9, epsilon=1e-7),
    "adagrad": _optimizer("a", epsilon=1e-7),
    "adadelta": _optimizer("a", "d", rho=0.9, epsilon=1e-7),
    "adam": _optimizer("m", "v", "top", beta_1=0.9, beta_2=0.9, epsilon=1e-7),
    "adamax": _optimizer("m", "u", beta_1=0.9, beta_2=0.9, epsilon=1e-7),
    "nadam": _optimizer(
        "m", "v", beta_1=0.9, beta_2=0.9, epsilon=1e-7, of_m=0.1, of_g=0.1, of_v=0.1
    ),
    "average": lambda: {"w": floats(7), "share": 0.5, "out": floats(7)},
    "sum_of_squares": lambda: {"x": floats(7)},
    "recurrent_forward": _cell(
        xp=lambda: floats(4, GATES), xindex=lambda: whole(3, 0, 1, 1, 2),
        recurrent_bias=lambda: None, last_h=lambda: floats(2, 3), last_c=lambda: floats(2, 3),
    ),
    "recurrent_backward": _recurrent_backward,
    "recurrent_weights": lambda: {
        "cell": "lstm", "saved_h": floats(5, 3), "saved_gates": floats(5, SAVED),
        "drp": floats(5, GATES), "dkernel": floats(3, GATES),
    },
    "recurrent_sizes": lambda: {"cell": "lstm"},
}  # fmt: skip
