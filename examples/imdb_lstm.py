"""Is a film review positive? An LSTM reads its 10,000 most frequent words.

Aim: test accuracy 0.865 (Keras: 0.872 to 0.877), mean of three seeds. Measured: 0.8635; single
seeds gave 0.846 to 0.870, since the accuracy swings from epoch to epoch.
"""

import sys

import sunhwan as sh
from sunhwan import layers
from sunhwan.datasets import imdb
from sunhwan.preprocessing.sequence import pad_sequences


def main(seed: int = 0) -> float:
    sh.utils.set_random_seed(seed)
    (x_train, y_train), (x_test, y_test) = imdb.load_data(num_words=10000)
    x_train, x_test = pad_sequences(x_train, maxlen=500), pad_sequences(x_test, maxlen=500)

    model = sh.Sequential(
        [
            layers.Embedding(10000, 32),
            layers.LSTM(32),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(optimizer="rmsprop", loss="binary_crossentropy", metrics=["accuracy"])
    model.summary()
    history = model.fit(x_train, y_train, epochs=10, batch_size=128, validation_split=0.2)
    print("best validation accuracy:", max(history.history["val_accuracy"]))
    _, accuracy = model.evaluate(x_test, y_test, batch_size=128)
    print(f"test accuracy: {accuracy:.4f}")
    return accuracy


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
