"""SGD, Nesterov, Adagrad, RMSprop and Adam on Reuters: their curves in one picture."""

import sys

import sunhwan as sh
from sunhwan import layers, optimizers
from sunhwan.datasets import reuters
from sunhwan.preprocessing.sequence import pad_sequences

OPTIMIZERS = {
    "SGD": lambda: optimizers.SGD(learning_rate=0.1),
    "Nesterov": lambda: optimizers.SGD(learning_rate=0.1, momentum=0.9, nesterov=True),
    "Adagrad": lambda: optimizers.Adagrad(learning_rate=0.05),
    "RMSprop": optimizers.RMSprop,
    "Adam": optimizers.Adam,
}


def main(seed: int = 0, epochs: int = 10, picture: str = "") -> dict[str, list[float]]:
    (x_train, y_train), _ = reuters.load_data(num_words=1000)
    x_train = pad_sequences(x_train, maxlen=100)

    histories = {}
    for name, optimizer in OPTIMIZERS.items():
        sh.utils.set_random_seed(seed)  # the same first weights for each
        model = sh.Sequential(
            [
                layers.Embedding(1000, 100),
                layers.LSTM(100),
                layers.Dense(46, activation="softmax"),
            ]
        )
        model.compile(optimizer(), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
        print(name)
        histories[name] = model.fit(
            x_train, y_train, batch_size=100, epochs=epochs, validation_split=0.2
        ).history
    if picture:
        draw(histories).savefig(picture)
    return {name: history["loss"] for name, history in histories.items()}


def draw(histories):
    """Training loss and validation accuracy of each optimizer."""
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4), layout="constrained")
    for name, history in histories.items():
        epochs = range(1, len(history["loss"]) + 1)
        left.plot(epochs, history["loss"], label=name)
        right.plot(epochs, history["val_accuracy"], label=name)
    left.set(xlabel="epoch", title="training loss")
    right.set(xlabel="epoch", title="validation accuracy")
    left.legend()
    return figure


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]), picture="optimizers.png")
