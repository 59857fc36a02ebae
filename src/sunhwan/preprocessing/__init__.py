"""From raw sequences to arrays: padding, windows over series, text."""

from sunhwan.preprocessing import sequence
from sunhwan.preprocessing.windows import timeseries_windows

__all__ = ["sequence", "timeseries_windows"]
