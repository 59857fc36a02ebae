"""Cost of a training step and of a prediction without a clock: instructions, calls, allocations."""
