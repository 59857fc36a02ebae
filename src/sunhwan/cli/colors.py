"""One colour a model, the same in all pictures."""

from __future__ import annotations

# Of Okabe and Ito's palette, told apart also by the colour-blind.
COLORS = {
    "SimpleRNN": "#D55E00",
    "LSTM": "#0072B2",
    "GRU": "#009E73",
    "Conv1D": "#CC79A7",
}
BASELINE = "0.45"  # matplotlib's grey
