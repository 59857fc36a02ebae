"""Models that choose the next token, for tests of decoding."""

import numpy as np

import sunhwan as sh
from sunhwan import layers

WORDS = 11
STOP = 2


def language_model(scores=None, seed=0):
    sh.utils.set_random_seed(seed)
    model = sh.Sequential(
        [
            layers.Embedding(WORDS, 4, embeddings_initializer="normal"),
            layers.LSTM(6, return_sequences=True),
            layers.Dropout(0.3),
            layers.GRU(5, return_sequences=True),
            scores or layers.Dense(WORDS, activation="softmax"),
        ]
    )
    model.build((None, None))
    model.set_weights([3 * weight for weight in model.get_weights()])
    return model


def translator():
    """A decoder with two inputs besides ids and states, and one state from outside."""
    ids, state = layers.Input((1,)), layers.Input((5,))
    memory, bias = layers.Input((None, 3)), layers.Input((4,))
    x = layers.Embedding(WORDS, 4)(ids)
    y, after = layers.GRU(5, return_sequences=True, return_state=True)(x, initial_state=state)
    read = layers.GRU(5)(memory)
    joined = layers.Concatenate()([layers.Flatten()(y), read, bias])
    model = sh.Model([ids, state, memory, bias], [layers.Dense(WORDS)(joined), after])
    model.set_weights([2 * weight for weight in model.get_weights()])
    return model


def logs_after(model, tokens):
    """Log probabilities of the next token by the whole model, read from the beginning."""
    return np.log(model.predict(np.array([tokens]), verbose=0)[0, -1].astype(np.float64))
