"""For the tests of layers, cells and losses that users write."""

from __future__ import annotations

from sunhwan.testing.gradients import check_gradients

__all__ = ["check_gradients"]
