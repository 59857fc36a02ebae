"""Memory that nobody reads any more is used again, and changes no bit."""

import numpy as np
import pytest

import sunhwan as sh
from sunhwan import layers
from sunhwan._engine import path as engine
from sunhwan._engine.arena import Arena

WIDTH, DEPTH, ROWS = 64, 60, 100


def deep(kind):
    sh.utils.set_random_seed(8)
    if kind == "sequences":
        start = end = sh.Input((6, 8))
        for number in range(DEPTH // 3):
            h = layers.GRU(8, return_sequences=True, dropout=0.1)(end)
            end = layers.Add()([end, h]) if number % 2 else layers.LayerNormalization()(h)
        return sh.Model(start, layers.LSTM(WIDTH)(end))
    start = end = sh.Input((WIDTH,))
    for number in range(DEPTH // 2):
        h = layers.Dense(WIDTH, activation="tanh")(end)
        if kind == "coupled" and number % 5 == 0:
            h = layers.BatchNormalization()(h)
        end = layers.Add()([end, h]) if number % 3 else layers.Reshape((WIDTH,))(h)
    return sh.Model(start, end)


def data(model, rows):
    x = np.random.default_rng(0).standard_normal((rows, *model.input_shape[1:]))
    return x.astype(np.float32), np.zeros((rows, WIDTH), np.float32)


@pytest.mark.parametrize("kind", ["arrays", "sequences", "coupled"])
def test_the_bits_stay(kind, monkeypatch):
    results = []
    for few in (engine.FEW_NODES, 10**6):
        monkeypatch.setattr(engine, "FEW_NODES", few)
        model = deep(kind)
        x, y = data(model, ROWS)
        model.compile("adam", "mse")
        history = model.fit(x, y, epochs=5, batch_size=32, verbose=0).history["loss"]
        predictions = [model.predict(x, batch_size=50, verbose=0) for _ in range(4)]
        results.append((history, *predictions, *model.get_weights()))
    for one, other in zip(*results, strict=True):
        np.testing.assert_array_equal(one, other)


def test_arrays_of_nearly_one_size_stand_in_the_same_places():
    arena = Arena()
    arena.empty((1 << 20,))  # one block holds all
    places = []
    for size in (9000, 9500, 8490):
        arena.release()
        places.append([arena.empty((size, width)).ctypes.data for width in (32, 8, 32)])
    assert places[0] == places[1] == places[2]


def test_pieces_of_large_arrays_end_within_their_block():
    arena = Arena()
    arena.noted = []
    arena.empty((1_180_000 // 4,))
    arena.give_back(arena.noted.pop())
    arrays = [arena.empty((size // 4,)) for size in (1 << 20, 200_000, 200_000)]
    for array in arrays:
        array[:] = 1


def test_a_deep_model_needs_little_memory():
    """A prediction holds some edges at a time; training, what is saved and some gradients."""
    rows = 2000
    edge = rows * WIDTH * 4
    model = deep("arrays")
    x, y = data(model, rows)
    model.predict(x, batch_size=rows, verbose=0)
    arena = model.stepper()._arena
    assert sum(block.size for block in arena.blocks) < 6 * edge
    model = deep("arrays")
    model.compile("sgd", "mse")
    model.train_on_batch(x, y)
    arena = model.stepper()._arena
    assert sum(block.size for block in arena.blocks) < 1.7 * DEPTH * edge


def test_pieces_given_back_are_taken_again():
    arena = Arena()
    arena.noted = []
    arrays = [arena.empty((size,)) for size in (16, 100, 16, 16)]
    first, second, third, fourth = arena.noted
    addresses = [array.ctypes.data for array in arrays]
    arena.give_back(first)
    arena.give_back(third)
    arena.give_back(second)
    assert arena.empty((150,)).ctypes.data > addresses[3]  # more than the three together
    assert arena.empty((140,)).ctypes.data == addresses[0]
    arena.give_back(fourth)
    assert arena.empty((3,)).ctypes.data == addresses[3]
    arena.release()
    assert arena.empty((500,)).ctypes.data == addresses[0]
