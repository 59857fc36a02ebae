"""Small versions of the programs, on data made by a seed."""

from typing import Any

from golden.programs import classes, convolutions, regression, two, words
from golden.specs import spec

LOWER = spec("LSTM", units=5, return_sequences=True)
SMALL: dict[str, dict[str, Any]] = {
    "simple_rnn": words([spec("SimpleRNN", units=5)]),
    "lstm": words([spec("LSTM", units=5)]),
    "gru": words([spec("GRU", units=5)]),
    "gru_reset_before": words([spec("GRU", units=5, reset_after=False)]),
    "lstm_masked": words([spec("LSTM", units=5)], mask_zero=True),
    "bidirectional_masked": words(
        [spec("Bidirectional", layer=LOWER), spec("GRU", units=3)], mask_zero=True
    ),
    "four_simple_rnn": words(
        [spec("SimpleRNN", units=4, return_sequences=True)] * 3 + [spec("SimpleRNN", units=4)]
    ),
    "convolution": words([*convolutions(6, (5, 3), (3, 2)), spec("GlobalMaxPooling1D")]),
    "convolution_flat": words([*convolutions(6, (5, 3), (3, 2)), spec("Flatten")]),
    "average": words([LOWER, spec("GlobalAveragePooling1D")]),
    "average_masked": words([LOWER, spec("GlobalAveragePooling1D")], mask_zero=True),
    "clipped": words([spec("LSTM", units=5)], optimizer=["Adam", {"clipnorm": 0.05}]),
    "decayed": words([spec("GRU", units=5)], optimizer=["AdamW", {"weight_decay": 0.1}]),
    "momentum": words(
        [spec("SimpleRNN", units=5)], optimizer=["SGD", {"momentum": 0.9, "nesterov": True}]
    ),
    "regularized": words(
        [spec("LSTM", units=5, kernel_regularizer="l2", recurrent_regularizer="l1")]
    ),
    "constrained": words(
        [spec("GRU", units=5, kernel_constraint="max_norm", recurrent_constraint="unit_norm")]
    ),
    "normalized": words([LOWER, spec("LayerNormalization"), spec("LSTM", units=4)]),
    "batch_normalized": words([LOWER, spec("BatchNormalization"), spec("LSTM", units=4)]),
    "reuters": classes(
        [spec("Embedding", input_dim=40, output_dim=4), LOWER, spec("LSTM", units=4)],
        ["ids", 5, 96, 20, 40, 7],
        8,
        7,
    ),
    "product_lstm": regression(two("LSTM", 6, 5), ["product", 7, 320, 20], 16),
    "product_simple_rnn": regression(two("SimpleRNN", 6, 5), ["product", 7, 320, 20], 16),
    "cosine_gru": regression(two("GRU", 6, 5), ["cosine", 330], 12),
    "cosine_lstm": regression(two("LSTM", 9, 4), ["cosine", 330], 12),
    "mnist": classes([spec("LSTM", units=8)], ["rows", 11, 256, 9, 7, 4], 32, 4),
}
