"""Sunhwan beside its peers on one machine: ``python -m benchmarks``; see README.md here."""
