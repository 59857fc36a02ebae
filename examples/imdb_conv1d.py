"""Is a film review positive? Conv1D and pooling, the rivals of recurrence.

Test accuracy 0.845 or more (Keras: 0.851), mean of three seeds; with `flatten` as the first
argument a Flatten stands in place of the global maximum.
"""

import sys

import sunhwan as sh
from sunhwan import layers
from sunhwan.datasets import imdb
from sunhwan.preprocessing.sequence import pad_sequences


def main(end: str = "global", seed: int = 0) -> float:
    sh.utils.set_random_seed(int(seed))
    (x_train, y_train), (x_test, y_test) = imdb.load_data(num_words=10000)
    x_train, x_test = pad_sequences(x_train, maxlen=500), pad_sequences(x_test, maxlen=500)

    model = sh.Sequential(
        [
            layers.Input((500,)),
            layers.Embedding(10000, 32),
            layers.Conv1D(32, 7, activation="relu"),
            layers.MaxPooling1D(7),
            layers.Conv1D(32, 5, activation="relu"),
            layers.MaxPooling1D(5),
            layers.Flatten() if end == "flatten" else layers.GlobalMaxPooling1D(),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(
        optimizer=sh.optimizers.RMSprop(learning_rate=1e-4),
        loss="binary_crossentropy",
        metrics=["accuracy"],
    )
    model.summary()
    model.fit(x_train, y_train, epochs=30, batch_size=128, validation_split=0.2)
    _, accuracy = model.evaluate(x_test, y_test, batch_size=128)
    print(f"test accuracy: {accuracy:.4f}")
    return accuracy


if __name__ == "__main__":
    main(*sys.argv[1:])
