"""What to try in place of a recurrent layer's cell or activation, in English and Korean."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .way_back import Reach

_GATES = {
    "SimpleRNN": ("LSTM or GRU in place of SimpleRNN, ", "SimpleRNN 대신 LSTM이나 GRU, "),
    "CellLoop": (
        "gates in the cell, as LSTM and GRU have them, ",
        "LSTM이나 GRU처럼 게이트가 있는 셀, ",
    ),
}
_BOUNDED = ("", "tanh", "sigmoid", "hard_sigmoid", "softsign")


def gates_advice(reach: Reach) -> tuple[str, str]:
    """Gates, for a layer that has none or whose cell is not known; each with its comma.

    >>> from sunhwan.doctor.evidence import Reach
    >>> gates_advice(Reach(16, 100, 1.0, 0))[0], gates_advice(Reach(16, 100, 1.0, 0, "LSTM"))[0]
    ('LSTM or GRU in place of SimpleRNN, ', '')
    """
    return _GATES.get(reach.kind, ("", ""))


def bounded_advice(reach: Reach) -> tuple[str, str]:
    """An activation whose values are bounded, for a layer that has another; each with its comma.

    >>> from sunhwan.doctor.evidence import Reach
    >>> bounded_advice(Reach(100, 100, 31000.0, 99, "GRU", "relu"))[0]
    'tanh in place of relu, '
    """
    if reach.activation in _BOUNDED:
        return "", ""
    return f"tanh in place of {reach.activation}, ", f"{reach.activation} 대신 tanh, "
