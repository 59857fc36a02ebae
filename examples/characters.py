"""Shakespeare, character by character: two LSTM layers learn to go on with his plays.

On the last tenth of the text 2.328 bits a character, of the same model in PyTorch 2.325 (`python
-m benchmarks twins`). Afterwards it writes, at a temperature of 0.5:

    ROMEO:
    They shall keep the mother and my king
    And brother in the bear a son it and the man.

    SICINIUS:
    My lord, who was it was have a brother worse
    The one hath but a more here.

    GLOUCESTER:
    The hour to his fortune the death?

The text runs in 50 streams beside each other. A batch holds the next 100 characters of each, and
the layers are stateful: they go on where they were after the batch before, so that the model
remembers more than the 100 steps through which its gradients flow.

Data: tinyshakespeare.txt (https://github.com/karpathy/char-rnn) in the folder `text` of
SUNHWAN_DATA.
"""

import os
import sys
from pathlib import Path

import numpy as np

import sunhwan as sh
from sunhwan import callbacks, decode, layers

STREAMS, STEPS = 50, 100
UNITS, DROPOUT, RATE, EPOCHS = 128, 0.1, 4e-3, 10


def read() -> str:
    path = Path(os.environ.get("SUNHWAN_DATA", "."), "text", "tinyshakespeare.txt")
    if not path.exists():
        raise SystemExit(f"{path} is missing: see the first lines of this program")
    return path.read_text(encoding="utf-8")


def batches(ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Inputs and targets `(batches * STREAMS, STEPS)`: row n of a batch goes on in the next's."""
    count = (len(ids) - 1) // (STREAMS * STEPS)

    def cut(values: np.ndarray) -> np.ndarray:
        streams = values[: STREAMS * count * STEPS].reshape(STREAMS, count, STEPS)
        return streams.swapaxes(0, 1).reshape(-1, STEPS)

    return cut(ids), cut(ids[1:])


def prepare() -> tuple[list[str], tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """The characters by their ids, and batches of the first nine tenths and of the rest."""
    text = read()
    vectorize = layers.TextVectorization(standardize=None, split="character")
    vectorize.adapt([text])
    ids = vectorize(text)
    train = len(ids) * 9 // 10
    return vectorize.get_vocabulary(), batches(ids[:train]), batches(ids[train:])


def make(characters: int) -> sh.Sequential:
    model = sh.Sequential(
        [
            layers.Embedding(characters, 32),
            layers.LSTM(UNITS, return_sequences=True, stateful=True),
            layers.Dropout(DROPOUT),
            layers.LSTM(UNITS, return_sequences=True, stateful=True),
            layers.Dropout(DROPOUT),
            layers.Dense(characters, activation="softmax"),
        ]
    )
    model.compile(sh.optimizers.Adam(RATE), "sparse_categorical_crossentropy")
    return model


class FromTheBeginning(callbacks.Callback):
    """A pass through the text begins without memory."""

    def on_epoch_begin(self, epoch, logs=None):
        self.model.reset_states()

    def on_test_begin(self, logs=None):
        self.model.reset_states()


def main(seed: int = 0) -> tuple[float, str]:
    sh.utils.set_random_seed(seed)
    characters, train, held_out = prepare()
    model = make(len(characters))
    model.summary()
    history = model.fit(
        *train,
        batch_size=STREAMS,
        epochs=EPOCHS,
        shuffle=False,
        validation_data=held_out,
        callbacks=[FromTheBeginning()],
    )
    bits = history.history["val_loss"][-1] / np.log(2)
    print(f"bits a character: {bits:.4f}")

    beginning, step = "ROMEO:\n", decode.one_step(model)
    start = [characters.index(character) for character in beginning]
    ways = {"temperature": 0.5}, {"temperature": 1.0}, {"top_k": 5}, {"top_p": 0.9}
    for way in ways:
        (ids,) = decode.sample(step, [start], max_steps=300, seed=seed, **way)
        said = beginning + "".join(characters[number] for number in ids)
        print(f"\n--- {way}\n{said}")
    return bits, said


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
