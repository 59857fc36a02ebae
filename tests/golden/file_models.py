"""The models whose files are recorded, for Keras 3 and for tf_keras (Keras 2) alike."""

from typing import Any

import numpy as np

from golden.numbers import generator, normal


def texts(keras: Any) -> tuple[Any, np.ndarray, np.ndarray]:
    """Return masked ids through both directions, a layer of each step, a GRU and a batch norm."""
    make = keras.layers
    model = keras.Sequential(
        [
            make.Embedding(43, 4, mask_zero=True),
            make.Bidirectional(make.LSTM(3, return_sequences=True)),
            make.TimeDistributed(make.Dense(5, activation="relu")),
            make.GRU(4),
            make.BatchNormalization(momentum=0.5),
            make.Dense(3, activation="softmax", kernel_regularizer="l2"),
        ]
    )
    model.compile(
        keras.optimizers.Adam(0.01, clipnorm=1.0),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy", keras.metrics.SparseTopKCategoricalAccuracy(2)],
    )
    rng = generator("texts")
    # No id comes twice, since Keras 3 on TensorFlow treats repeated ones in its own way.
    x = (1 + rng.permutation(42)).reshape(7, 6).astype("int32")
    x[:3, :2] = 0
    return model, x, rng.integers(0, 3, 7).astype("int32")


def series(keras: Any) -> tuple[Any, np.ndarray, np.ndarray]:
    """Return convolution, pooling, normalization and a SimpleRNN on rows of fixed length."""
    make = keras.layers
    model = keras.Sequential(
        [
            make.Conv1D(4, 3, padding="causal", activation="relu", input_shape=(9, 3)),
            make.MaxPooling1D(2, padding="same"),
            make.LayerNormalization(),
            make.Dropout(0.0),
            make.SimpleRNN(5, return_sequences=True, kernel_constraint="non_neg"),
            make.GlobalMaxPooling1D(),
            make.Dense(1),
        ]
    )
    model.compile(
        keras.optimizers.RMSprop(0.01, momentum=0.5, centered=True),
        loss=keras.losses.Huber(),
        metrics=["mae"],
    )
    rng = generator("series")
    return model, normal(rng, 6, 9, 3), normal(rng, 6, 1)


def shapes(keras: Any) -> tuple[Any, np.ndarray, np.ndarray]:
    """Return layers that give arrays other shapes, one that is not trained, and plain SGD."""
    make = keras.layers
    model = keras.Sequential(
        [
            make.Permute((2, 1), input_shape=(4, 3)),
            make.Reshape((12,)),
            make.Dense(6, activation="elu", trainable=False),
            make.RepeatVector(3),
            make.GRU(2, reset_after=False, return_sequences=True, go_backwards=True),
            make.Flatten(),
            make.Activation("tanh"),
            make.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(
        keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True),
        loss=keras.losses.BinaryCrossentropy(),
        metrics=[keras.metrics.BinaryAccuracy(), keras.metrics.AUC()],
    )
    rng = generator("shapes")
    return model, normal(rng, 6, 4, 3), rng.integers(0, 2, (6, 1)).astype("float32")


def images(keras: Any) -> tuple[Any, np.ndarray, np.ndarray]:
    """Return convolution and pooling of images, then of the steps that their rows make."""
    make = keras.layers
    model = keras.Sequential(
        [
            make.Conv2D(
                3, (2, 3), strides=2, padding="same", activation="relu", input_shape=(7, 6, 2)
            ),
            make.MaxPooling2D((1, 2), strides=1),
            make.TimeDistributed(make.GlobalAveragePooling1D()),
            make.ZeroPadding1D((1, 2)),
            make.UpSampling1D(2),
            make.Cropping1D(1),
            make.GRU(2),
        ]
    )
    model.compile(keras.optimizers.Adagrad(0.05), loss="mse")
    rng = generator("images")
    return model, normal(rng, 5, 7, 6, 2), normal(rng, 5, 2)


def frames(keras: Any) -> tuple[Any, np.ndarray, np.ndarray]:
    """Return models run on each frame: a chain on images, then a graph on what it gives."""
    make = keras.layers
    chain = [keras.Input((4, 3, 1)), make.Conv2D(2, 2), make.Flatten(), make.Dense(4)]
    start = keras.Input((4,))
    end = make.Add()([make.Dense(3, activation="tanh")(start), make.Dense(3)(start)])
    model = keras.Sequential(
        [
            keras.Input((5, 4, 3, 1)),
            make.TimeDistributed(keras.Sequential(chain)),
            make.TimeDistributed(keras.Model(start, end)),
            make.SimpleRNN(2),
        ]
    )
    model.compile(keras.optimizers.Adam(0.05), loss="mse")
    rng = generator("frames")
    return model, normal(rng, 3, 5, 4, 3, 1), normal(rng, 3, 2)


def cells(keras: Any) -> tuple[Any, np.ndarray, np.ndarray]:
    """Return cells run by RNN, one alone and two stacked, without input dropout."""
    make = keras.layers
    stacked = [make.GRUCell(3, reset_after=False), make.SimpleRNNCell(2, use_bias=False)]
    model = keras.Sequential(
        [
            make.RNN(make.LSTMCell(4), return_sequences=True, input_shape=(6, 3)),
            make.RNN(stacked, go_backwards=True),
        ]
    )
    model.compile(keras.optimizers.Adadelta(0.5), loss="mse")
    rng = generator("cells")
    return model, normal(rng, 5, 6, 3), normal(rng, 5, 2)


def graph(keras: Any) -> tuple[Any, list[np.ndarray], list[np.ndarray]]:
    """Return a graph: two inputs, three outputs, a shared layer, a state, a model in the model."""
    make = keras.layers
    ids, extra = make.Input((6,), dtype="int32", name="ids"), make.Input((3,), name="extra")
    vectors = make.Embedding(43, 4, mask_zero=True, name="table")(ids)
    sequence, state = make.GRU(4, return_sequences=True, return_state=True, name="reader")(vectors)
    shared = make.Dense(4, activation="tanh", name="shared")
    twice = shared(shared(make.Dense(4, name="widen")(extra)))
    both = make.Concatenate(name="both")([state, twice])
    answer = make.GRU(4, name="writer")(sequence, initial_state=state)
    inner = keras.Sequential(
        [
            make.Dense(3, name="a", use_bias=False, input_shape=(4,)),
            make.BatchNormalization(name="b", momentum=0.5),
            make.Dense(2, name="c"),
        ],
        name="inner",
    )
    total = make.Add(name="sum")([answer, state])
    outputs = [make.Dense(2, name="first")(both), total, inner(answer)]
    model = keras.Model([ids, extra], outputs)
    model.compile(
        keras.optimizers.Adam(0.01),
        loss=["mse", "mae", "mse"],
        loss_weights=[1.0, 0.5, 0.25],
        metrics=[["mae"], [], []],
    )
    rng = generator("graph")
    x = (1 + rng.permutation(42)).reshape(7, 6).astype("int32")
    x[:3, :2] = 0
    return model, [x, normal(rng, 7, 3)], [normal(rng, 7, size) for size in (2, 4, 2)]


def attention(keras: Any) -> tuple[Any, list[np.ndarray], list[np.ndarray]]:
    """Return the attention layers on masked ids, whose masks go on through merging to an LSTM."""
    make = keras.layers
    said, read = (
        make.Input((steps,), dtype="int32", name=name) for name, steps in (("said", 5), ("read", 6))
    )
    table = make.Embedding(43, 4, mask_zero=True, name="table")
    q, v = table(said), table(read)
    mixed = make.Attention(use_scale=True, name="dot")([q, v])
    added = make.AdditiveAttention(name="additive")([q, v, v], use_causal_mask=True)
    heads = make.MultiHeadAttention(2, 3, value_dim=2, name="heads")
    # Keras takes the masks of these inputs away, so that each layer gets vectors of its own.
    several = heads(table(said), table(read))
    own = make.MultiHeadAttention(2, 3, output_shape=5, use_bias=False, name="own")
    alone = own(query=table(said), value=table(read), key=table(read), use_causal_mask=True)
    spread = make.Attention(score_mode="concat", name="spread")
    last, scores = spread([q, v], return_attention_scores=True)
    joined = make.Concatenate(name="joined")([mixed, added, several, alone])
    total = make.Add(name="total")([last, q])
    outputs = [make.LSTM(3, name="reader")(joined), make.GRU(2, name="other")(total), scores]
    model = keras.Model([said, read], outputs)
    model.compile(keras.optimizers.SGD(0.1), loss=["mse", "mse", "mse"])
    rng = generator("attention")
    # No id comes twice, since Keras 3 on TensorFlow treats repeated ones in its own way.
    ids = (1 + rng.permutation(42)[:33]).reshape(3, 11).astype("int32")
    x = [ids[:, :5].copy(), ids[:, 5:].copy()]
    x[0][:2, :2] = 0
    x[1][1:, 4:] = 0
    return model, x, [normal(rng, *shape) for shape in ((3, 3), (3, 2), (3, 5, 6))]


def looking(keras: Any) -> tuple[Any, list[np.ndarray], list[np.ndarray]]:
    """Return attention of several heads that is told what to look at, by place and by name."""
    make = keras.layers
    a, b = make.Input((4, 3), name="a"), make.Input((5, 2), name="b")
    seen = make.Input((4, 5), dtype="bool", name="seen")
    first = make.MultiHeadAttention(2, 3, name="first")(a, b, attention_mask=seen)
    second = make.MultiHeadAttention(2, 2, name="second")
    mixed = second(query=first, value=b, key=b, attention_mask=seen)
    model = keras.Model([a, b, seen], [mixed])
    model.compile(keras.optimizers.SGD(0.1), loss="mse")
    rng = generator("looking")
    mask = rng.random((3, 4, 5)) < 0.6
    mask[..., 0] = True
    return model, [normal(rng, 3, 4, 3), normal(rng, 3, 5, 2), mask], [normal(rng, 3, 4, 3)]


def randomize(model: Any, name: str) -> None:
    """Give every weight random values; moving variances positive ones."""
    rng = generator(f"{name} weights")
    values = [normal(rng, *value.shape, scale=0.4) for value in model.get_weights()]
    names = [variable.name for variable in model.weights]
    model.set_weights(
        [abs(v) + 0.5 if "variance" in name else v for v, name in zip(values, names, strict=True)]
    )
