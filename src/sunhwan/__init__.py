"""Sunhwan: recurrent neural networks, fast on the CPU that you already have."""

__version__ = "0.1.0"
