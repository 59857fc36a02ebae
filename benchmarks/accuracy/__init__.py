"""Time to a given accuracy: the example programs, ours and the peers'."""
