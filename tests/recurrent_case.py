"""One random case of the recurrent kernel, run natively and by the float64 reference.

The reference's input kernel is the identity, so that its inputs are the kernel's pre-activations.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from reference import (
    gru_backward,
    gru_forward,
    lstm_backward,
    lstm_forward,
    simple_rnn_backward,
    simple_rnn_forward,
)

from sunhwan import _core

CELLS = ("simple_rnn", "lstm", "gru", "gru_reset_before")
ACTIVATIONS = [
    *("linear", "tanh", "sigmoid", "relu", "softsign", "hard_sigmoid", "elu", "selu"),
    *("softplus", "gelu", "leaky_relu", "exponential", "silu", "relu6"),
]
FORWARD = {"simple_rnn": simple_rnn_forward, "lstm": lstm_forward, "gru": gru_forward}
BACKWARD = {"simple_rnn": simple_rnn_backward, "lstm": lstm_backward, "gru": gru_backward}
CANARY = np.float32(1.2345e30)


class Guarded:
    """Contiguous arrays amid canaries, which `check` finds again."""

    def __init__(self) -> None:
        self.buffers: list[tuple[np.ndarray, int]] = []

    def __call__(self, *shape: int) -> np.ndarray:
        count = int(np.prod(shape))
        buffer = np.full(count + 64, CANARY, np.float32)
        self.buffers.append((buffer, count))
        array = buffer[32 : 32 + count].reshape(shape)
        array[...] = np.nan
        return array

    def check(self) -> None:
        for buffer, count in self.buffers:
            assert np.all(buffer[:32] == CANARY)
            assert np.all(buffer[32 + count :] == CANARY)


@dataclass
class Case:
    """Arrays of one call, for rows of any `lengths`."""

    cell: str
    units: int
    lengths: list[int]
    activation: str = "tanh"
    recurrent_activation: str = "sigmoid"
    reverse: bool = False
    initial_states: bool = False
    hidden_mask: bool = False
    tokens: int = 0
    scale: float = 1.0
    seed: int = 0
    arrays: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        random = np.random.default_rng(self.seed)
        self.gates, self.saved, self.has_c, self.has_bias, self.separate, self.carries_h = (
            _core.recurrent_sizes(self.cell)
        )
        rows, steps, units, columns = len(self.lengths), sum(self.lengths), self.units, self.columns

        def normal(*shape: int) -> np.ndarray:
            return (self.scale * random.standard_normal(shape)).astype(np.float32)

        def state(given: bool) -> np.ndarray | None:
            return normal(rows, units) if given else None

        self.offsets = np.concatenate([[0], np.cumsum(self.lengths)]).astype(np.int64)
        self.kernel = normal(units, columns) / np.float32(np.sqrt(units))
        self.xp = normal(self.tokens or steps, columns)
        self.xindex = None
        if self.tokens:
            self.xindex = random.integers(0, self.tokens, steps).astype(np.int32)
        self.bias = normal(columns) if self.has_bias else None
        self.h0 = state(self.initial_states)
        self.c0 = state(self.initial_states and self.has_c)
        self.mask = None
        if self.hidden_mask:
            self.mask = (2.0 * random.integers(0, 2, (rows, units))).astype(np.float32)
        self.dout = normal(steps, units)
        self.dlast_h = state(True)
        self.dlast_c = state(self.has_c)
        self.dc = None
        self.inputs: tuple[Any, ...] = ()  # values, kernel and bias, instead of xp

    @property
    def columns(self) -> int:
        return self.gates * self.units

    def rows(self, rows: list[int]) -> Case:
        """The case of some of the rows alone."""
        part = Case(self.cell, self.units, [self.lengths[n] for n in rows])
        for name in ("activation", "recurrent_activation", "reverse", "kernel", "bias", "tokens"):
            setattr(part, name, getattr(self, name))
        steps = np.concatenate(
            [np.arange(self.offsets[n], self.offsets[n + 1]) for n in rows]
        ).astype(np.int64)
        for name in ("h0", "c0", "mask", "dlast_h", "dlast_c"):
            whole = getattr(self, name)
            setattr(part, name, None if whole is None else np.ascontiguousarray(whole[rows]))
        part.dout = self.dout[steps]
        part.xp = self.xp if self.tokens else self.xp[steps]
        part.xindex = None if self.xindex is None else self.xindex[steps]
        return part

    def run(self) -> dict[str, np.ndarray]:
        """Every output and gradient, in float32; nothing is written beside the arrays."""
        rows, steps, units = len(self.lengths), sum(self.lengths), self.units
        empty = Guarded()
        kinds = tuple(ACTIVATIONS.index(f) for f in (self.activation, self.recurrent_activation))
        out, last_h = empty(steps, units), empty(rows, units)
        last_c = empty(rows, units) if self.has_c else None
        saved_h, saved_gates = empty(steps, units), empty(steps, self.saved * units)
        saved_c = empty(steps, units) if self.has_c else None
        _core.recurrent_forward(
            self.cell, *kinds, self.offsets, None if self.inputs else self.xp, self.xindex,
            self.kernel, self.bias, self.h0, self.c0, self.mask, self.reverse, out, last_h, last_c,
            saved_h, saved_gates, saved_c, *self.inputs,
        )  # fmt: skip
        dxp = empty(steps, self.columns)
        drp = empty(steps, self.columns) if self.separate else dxp
        dh0 = empty(rows, units)
        dc0 = empty(rows, units) if self.has_c else None
        total_dh = empty(steps, units)
        total_dc = empty(steps, units) if self.has_c else None
        _core.recurrent_backward(
            self.cell, *kinds, self.offsets, self.kernel, self.h0, self.c0, self.mask,
            self.reverse, out, saved_h, saved_gates, saved_c, self.dout, self.dlast_h,
            self.dlast_c, self.dc, dxp, drp, dh0, dc0, total_dh, total_dc,
        )  # fmt: skip
        dkernel = empty(units, self.columns)
        dkernel[...] = 0.0
        _core.recurrent_weights(self.cell, saved_h, saved_gates, drp, dkernel)
        empty.check()
        results = {
            "out": out, "last_h": last_h, "last_c": last_c, "dxp": dxp, "dkernel": dkernel,
            "dh0": dh0, "dc0": dc0, "total_dh": total_dh, "total_dc": total_dc,
            "dbias": drp.sum(axis=0, dtype=np.float64) if self.has_bias else None,
        }  # fmt: skip
        return {name: array for name, array in results.items() if array is not None}

    def expected(self) -> dict[str, np.ndarray]:
        """The same from the reference, in float64."""
        own = self.own_steps()
        forward, backward, options = self.reference()
        outputs, cache = forward(
            self.padded(self.xp if self.xindex is None else self.xp[self.xindex]),
            mask=own,
            **options,
        )
        d_sequence = np.nan_to_num(self.padded(self.dout))
        if self.reverse:
            d_sequence = d_sequence[:, ::-1]
        d_states = [d for d in (self.dlast_h, self.dlast_c) if d is not None]
        gradients = backward(cache, d_sequence=d_sequence, d_states=d_states)
        sequence = outputs.sequence[:, ::-1] if self.reverse else outputs.sequence
        results = {
            "out": sequence[own],
            "last_h": outputs.states[0],
            "dxp": gradients.dx[own],
            "dkernel": gradients.drecurrent_kernel,
            "dh0": gradients.dinitial_states[0],
            "total_dh": gradients.dstates[0][own],
        }
        if self.has_c:
            results["last_c"] = outputs.states[1]
            results["dc0"] = gradients.dinitial_states[1]
            results["total_dc"] = gradients.dstates[1][own]
        if self.has_bias:
            results["dbias"] = gradients.dbias[1]
        return results

    def reference(self) -> tuple[Any, Any, dict[str, Any]]:
        """The reference's forward, its backward, and the arguments of the first but x and mask."""
        name = "gru" if self.cell.startswith("gru") else self.cell
        zeros = np.zeros((len(self.lengths), self.units))
        options: dict[str, Any] = {
            "kernel": np.eye(self.columns),
            "recurrent_kernel": self.kernel.astype(np.float64),
            "bias": None,
            "activation": self.activation,
            "go_backwards": self.reverse,
            "initial_states": [zeros if h is None else h for h in (self.h0, self.c0)][
                : 1 + self.has_c
            ],
            "recurrent_dropout": self.mask,
        }
        if name != "simple_rnn":
            options["recurrent_activation"] = self.recurrent_activation
        if name == "gru":
            options["reset_after"] = self.cell == "gru"
        if self.bias is not None:
            options["bias"] = np.stack([np.zeros(self.columns), self.bias])
        return FORWARD[name], BACKWARD[name], options

    def own_steps(self) -> np.ndarray:
        """(N, T), True where a row has a step; indexing with it packs."""
        longest = max(self.lengths, default=0)
        return np.arange(longest) < np.array(self.lengths, int)[:, None]

    def padded(self, packed: np.ndarray) -> np.ndarray:
        """(N, T, features) in float64, NaN where a row has no step."""
        own = self.own_steps()
        dense = np.full((*own.shape, packed.shape[1]), np.nan)
        dense[own] = packed
        return dense
