"""A film in, labels for each frame out: which digit is it, and which way did it come?

Handwritten digits move over a canvas, stop, turn, and now and then one takes another's place. An
encoder looks at each frame alone (`TimeDistributed`), an LSTM remembers the frames before, and two
outputs answer: many to many, aligned. One frame says which digit it is, though the frames before
help; where it came from only memory knows.

In films of digits that no training saw, the digit is right in 0.95 of the frames or more, and the
direction too (means of three seeds; measured: 0.968 and 0.997). New films are made for each batch,
so that no clip is seen twice.
"""

import sys
from collections.abc import Iterator

import numpy as np

import sunhwan as sh
from sunhwan import layers
from sunhwan.datasets import mnist

FRAMES, SIZE, STEP = 12, 44, 3  # frames of a clip, its height and width, pixels from frame to frame
WAYS = ["still", "up", "down", "left", "right"]
MOVES = STEP * np.array([(0, 0), (-1, 0), (1, 0), (0, -1), (0, 1)])
BACK = np.array([0, 2, 1, 4, 3])  # of each way the opposite one


def film(images: np.ndarray, labels: np.ndarray, rng: np.random.Generator, rows: int) -> tuple:
    """Clips `(rows, frames, size, size, 1)`; for each frame the digit and the way that it came.

    In each frame a digit may turn (and does at the edge), and another may have taken its place.
    """
    clips = np.zeros((rows, FRAMES, SIZE, SIZE, 1), np.float32)
    digits, ways = np.zeros((rows, FRAMES), int), np.zeros((rows, FRAMES), int)
    shown, way = rng.integers(len(images), size=rows), np.zeros(rows, int)
    places = rng.integers(0, SIZE - 27, (rows, 2))  # of the upper left corners
    clip, pixels = np.arange(rows)[:, None, None], np.arange(28)
    for frame in range(FRAMES):
        if frame:  # in the first one nothing has moved yet
            swapped, turned = rng.random(rows) < 0.06, rng.random(rows) < 0.3
            shown = np.where(swapped, rng.integers(len(images), size=rows), shown)
            way = np.where(turned, rng.integers(len(WAYS), size=rows), way)
            after = places + MOVES[way]
            outside = ((after < 0) | (after > SIZE - 28)).any(axis=1)
            way = np.where(outside, BACK[way], way)
            places = places + MOVES[way]
        down, across = places[:, :1] + pixels, places[:, 1:] + pixels
        clips[clip, frame, down[:, :, None], across[:, None, :], 0] = images[shown] / 255
        digits[:, frame], ways[:, frame] = labels[shown], way
    return clips, {"digit": digits, "way": ways}


def films(images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> Iterator[tuple]:
    """Batches without end."""
    while True:
        yield film(images, labels, rng, rows=32)


def make() -> sh.Model:
    encoder = sh.Sequential(
        [
            layers.Input((SIZE, SIZE, 1)),
            layers.Conv2D(16, 5, strides=2, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(64, activation="relu"),
        ],
        name="encoder",
    )
    clip = sh.Input((FRAMES, SIZE, SIZE, 1), name="clip")
    seen = layers.TimeDistributed(encoder)(clip)
    steps = layers.LSTM(96, return_sequences=True)(seen)
    digit = layers.Dense(10, activation="softmax", name="digit")(steps)
    way = layers.Dense(len(WAYS), activation="softmax", name="way")(steps)
    return sh.Model(clip, {"digit": digit, "way": way})


def main(seed: int = 0, steps: int = 2500) -> dict[str, float]:
    sh.utils.set_random_seed(seed)
    train, test = mnist.load_data()
    rng = np.random.default_rng(seed)
    model = make()
    rate = sh.optimizers.schedules.CosineDecay(2e-3, decay_steps=steps)
    model.compile(
        sh.optimizers.Adam(rate),
        loss="sparse_categorical_crossentropy",
        metrics={"digit": "accuracy", "way": "accuracy"},
    )
    model.summary()
    model.fit(films(*train, rng), steps_per_epoch=steps // 5, epochs=5)

    clips, truth = film(*test, rng, rows=500)
    found = model.predict(clips)
    right = {name: found[name].argmax(axis=-1) == truth[name] for name in found}
    for name, frames in right.items():
        print(f"{name}: right in {frames[:, 1:].mean():.4f} of the frames after the first")
    for digit, way in zip(found["digit"][0], found["way"][0], strict=True):
        print(digit.argmax(), WAYS[way.argmax()], end=", ")
    print()
    return {name: float(frames[:, 1:].mean()) for name, frames in right.items()}


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
