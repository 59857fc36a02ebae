"""What travels between layers, and the phases of a training step. Not public."""
