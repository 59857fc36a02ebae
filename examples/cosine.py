"""The next value of a half noisy cosine, from the ten before it: SimpleRNN, LSTM and GRU.

Mean squared error on the training windows at most 20, 14 and 19 (Keras: 14.8 to 16.7, 10.8 to
11.4, 14.1 to 16.0), means of three seeds; on the test windows below persistence, which says that
the next value is the last one.
"""

import sys

import numpy as np

import sunhwan as sh
from sunhwan import layers
from sunhwan.datasets import cosine

MODELS = {
    "SimpleRNN": lambda: [layers.SimpleRNN(32)],
    "LSTM": lambda: [layers.LSTM(64, return_sequences=True), layers.LSTM(32)],
    "GRU": lambda: [layers.GRU(30, return_sequences=True), layers.GRU(30)],
}


def main(seed: int = 0, picture: str = "") -> dict[str, tuple[float, float]]:
    sh.utils.set_random_seed(seed)
    (x_train, y_train), (x_test, y_test) = cosine.load_data()
    persistence = float(np.mean((x_test[:, -1] - y_test) ** 2))
    print(f"persistence: test error {persistence:.1f}")

    errors, predictions = {}, {}
    for name, hidden in MODELS.items():
        model = sh.Sequential([layers.Input((10, 1)), *hidden(), layers.Dense(1)])
        model.compile(optimizer="adam", loss="mse")
        model.summary()
        model.fit(x_train, y_train, epochs=100, batch_size=12, verbose=0)
        errors[name] = model.evaluate(x_train, y_train), model.evaluate(x_test, y_test)
        predictions[name] = np.concatenate([model.predict(x_train), model.predict(x_test)])
        print(f"{name}: training error {errors[name][0]:.2f}, test error {errors[name][1]:.2f}")
    if picture:
        draw(np.concatenate([y_train, y_test]), len(y_train), predictions).savefig(picture)
    return {**errors, "persistence": (float("nan"), persistence)}


def draw(truth, split, predictions):
    """Training and test parts of the series, and what each model says of it."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(11, 4), layout="constrained")
    steps = np.arange(len(truth))
    axes.plot(steps[:split], truth[:split], color="0.6", label="truth, training")
    axes.plot(steps[split:], truth[split:], color="black", label="truth, test")
    for name, values in predictions.items():
        axes.plot(steps, values, linewidth=1, label=name)
    axes.axvline(split, color="0.8", linestyle=":")
    axes.set_xlabel("t")
    figure.legend(loc="outside upper center", ncols=5)
    return figure


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 0, "cosine.png")
