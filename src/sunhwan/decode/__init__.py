"""Sequences out of a trained decoder: the best token each time, drawn ones, or beam search.

A *decoder* is a model of one step. Its inputs are the ids of one token a row, `(N, 1)`, then its
states, then whatever it reads at every step (the encoder's outputs, for attention); its outputs are
the scores of the next token, `(N, 1, C)` or `(N, C)`, then the new states. `one_step` makes one of
a trained language model. The loop runs in the native core.
"""

from __future__ import annotations

from sunhwan.decode.one_step import one_step
from sunhwan.decode.searches import beam, greedy, sample

__all__ = ["beam", "greedy", "one_step", "sample"]
