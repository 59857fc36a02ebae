"""Blocks of variables, and every optimizer in its variants."""

import numpy as np

from sunhwan._engine.block import Block
from sunhwan._engine.variable import Variable

SHAPES = [(3, 5), (1,), (33,), (16, 16), (7, 3, 2), (8,)]
VARIANTS = [
    ("sgd", {"learning_rate": 0.1}),
    ("sgd", {"learning_rate": 0.1, "momentum": 0.8}),
    ("sgd", {"learning_rate": 0.1, "momentum": 0.8, "nesterov": True}),
    ("rmsprop", {"learning_rate": 0.02}),
    ("rmsprop", {"learning_rate": 0.02, "rho": 0.7, "momentum": 0.5, "epsilon": 1e-3}),
    ("rmsprop", {"learning_rate": 0.02, "centered": True, "epsilon": 1e-3}),
    ("rmsprop", {"learning_rate": 0.02, "momentum": 0.5, "centered": True, "epsilon": 1e-2}),
    ("adagrad", {"learning_rate": 0.1}),
    ("adagrad", {"learning_rate": 0.1, "initial_accumulator_value": 1e-3, "epsilon": 1e-2}),
    ("adadelta", {"learning_rate": 1.0}),
    ("adadelta", {"learning_rate": 0.5, "rho": 0.8, "epsilon": 1e-4}),
    ("adam", {"learning_rate": 0.05}),
    ("adam", {"learning_rate": 0.05, "amsgrad": True}),
    ("adam", {"learning_rate": 0.05, "beta_1": 0.7, "beta_2": 0.9, "epsilon": 1e-2}),
    ("adamw", {"learning_rate": 0.05}),
    ("adamw", {"learning_rate": 0.05, "weight_decay": 0.3}),
    ("adamax", {"learning_rate": 0.05}),
    ("nadam", {"learning_rate": 0.05}),
    ("nadam", {"learning_rate": 0.05, "beta_1": 0.7, "beta_2": 0.95, "epsilon": 1e-3}),
]


def name_of(value):
    if isinstance(value, dict):
        return "-".join(f"{key}={item}" for key, item in value.items()) or "plain"
    return str(value)


def variables(rng, shapes=SHAPES):
    return [rng.normal(size=shape).astype(np.float32) for shape in shapes]


def block_of(arrays):
    block = Block([Variable(f"v{i}", array.copy()) for i, array in enumerate(arrays)])
    for i, entry in enumerate(block.ranges):
        entry.variable.path = f"layer/v{i}"
    return block


def step(optimizer, block, gradients):
    for entry, gradient in zip(block.ranges, gradients, strict=True):
        entry.variable.grad[...] = gradient
    optimizer.apply(block.values, block.gradients, block.ranges)
