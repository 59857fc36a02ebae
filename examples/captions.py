"""A picture in, words out: "five top left, three top right, four bottom left".

Two to four handwritten digits lie on a canvas. A convolutional encoder looks once; its two vectors
are the first states of an LSTM, which then says word after word what there is: one to many. In
training the decoder reads the words that are right (teacher forcing); afterwards `decode.greedy`
gives it the words that it chose itself.

Of 1,000 pictures of digits that no training saw, 0.90 or more are described without a mistake
(mean of three seeds; measured: 0.952, 0.960, 0.956).
"""

import sys
from collections.abc import Iterator

import numpy as np

import sunhwan as sh
from sunhwan import decode, layers
from sunhwan.datasets import mnist

DIGITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
PLACES = ["top left", "top right", "bottom left", "bottom right"]
WORDS = ["<start>", "<stop>", ",", "top", "bottom", "left", "right", *DIGITS]
START, STOP = WORDS.index("<start>"), WORDS.index("<stop>")
UNITS = 128


def compose(images: np.ndarray, labels: np.ndarray, rng: np.random.Generator, rows: int) -> tuple:
    """Pictures `(rows, 64, 64, 1)` of some of the digits, and a caption of each, word ids."""
    pictures, captions = np.zeros((rows, 64, 64, 1), np.float32), []
    for picture in pictures:
        parts = []
        for place in sorted(rng.choice(4, size=rng.integers(2, 5), replace=False)):
            digit = rng.integers(len(images))
            down, across = rng.integers(0, 5, 2) + 32 * np.array(divmod(place, 2))
            picture[down : down + 28, across : across + 28, 0] = images[digit] / 255
            parts.append(f"{DIGITS[labels[digit]]} {PLACES[place]}")
        captions.append([WORDS.index(word) for word in " , ".join(parts).split()])
    return pictures, captions


def batches(images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> Iterator[tuple]:
    """New pictures without end: each with its words so far, and the words that come next."""
    while True:
        pictures, captions = compose(images, labels, rng, rows=64)
        yield [pictures, [[START, *ids] for ids in captions]], [[*ids, STOP] for ids in captions]


def make() -> tuple[sh.Model, sh.Model, sh.Model]:
    """The model to train; and of its layers the two halves that are used afterwards."""
    picture = x = sh.Input((64, 64, 1), name="picture")
    x = layers.Conv2D(16, 5, strides=2, activation="relu")(x)
    x = layers.MaxPooling2D()(x)
    x = layers.Conv2D(32, 3, padding="same", activation="relu")(x)
    x = layers.MaxPooling2D()(x)
    x = layers.Conv2D(64, 3, activation="relu")(x)
    x = layers.Flatten()(x)
    seen = [layers.Dense(UNITS, activation="tanh")(x), layers.Dense(UNITS)(x)]  # the states h, c

    read = layers.Embedding(len(WORDS), 32)
    lstm = layers.LSTM(UNITS, return_sequences=True, return_state=True)
    guess = layers.Dense(len(WORDS), activation="softmax")

    said = sh.Input((None,), name="said")  # words that came before
    steps, *_ = lstm(read(said), initial_state=seen)
    model = sh.Model([picture, said], guess(steps))

    word, states = sh.Input((1,), name="word"), [sh.Input((UNITS,), name=name) for name in "hc"]
    step, *after = lstm(read(word), initial_state=states)
    return model, sh.Model(picture, seen), sh.Model([word, *states], [guess(step), *after])


def main(seed: int = 0, steps: int = 4800) -> float:
    sh.utils.set_random_seed(seed)
    train, test = mnist.load_data()
    rng = np.random.default_rng(seed)
    pictures, captions = compose(*test, rng, rows=1000)

    model, encoder, decoder = make()
    rate = sh.optimizers.schedules.CosineDecay(2e-3, decay_steps=steps)
    model.compile(
        sh.optimizers.Adam(rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    model.summary()
    model.fit(batches(*train, rng), steps_per_epoch=steps // 8, epochs=8)

    found = decode.greedy(decoder, START, STOP, states=encoder.predict(pictures))
    for words in found[:5]:
        print(" ".join(WORDS[word] for word in words).replace(" ,", ","))
    right = float(np.mean([list(a) == b for a, b in zip(found, captions, strict=True)]))
    print(f"captions without a mistake: {right:.4f}")
    return right


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
