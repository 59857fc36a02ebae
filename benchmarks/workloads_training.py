"""The workloads that train, with what each must reach."""

from __future__ import annotations

from benchmarks.workload import (
    Data,
    Workload,
    bidirectional,
    convolution,
    dense,
    embedding,
    recurrent,
    stacked,
    translator,
)

# Keras turns XLA off on TensorFlow where there is an LSTM or GRU; small layers gain by it.
_XLA = {"keras-tensorflow": ("padded", "padded, XLA")}
_BY_LENGTH = {
    "keras-tensorflow": ("padded", "buckets", "buckets, XLA"),
    "keras-jax": ("padded", "buckets"),
    "pytorch": ("packed", "packed buckets", "buckets"),
}
_YES_OR_NO = dense(1, "sigmoid")
LSTM_32 = (embedding(10000, 32), recurrent("LSTM", 32), _YES_OR_NO)


def _imdb(name: str, title: str, maker: str = "imdb", **rest: object) -> Workload:
    known: dict = {"loss": "binary_crossentropy", "optimizer": "rmsprop", "batch": 128, **rest}
    data = Data(maker, 8, {"words": 10000, "steps": 500})
    return Workload(name, title, "fit", data, **known)


TEXT = (
    _imdb(
        "imdb-simple-rnn",
        "IMDB, 500 steps, batch 128: Embedding 32, SimpleRNN 32",
        layers=(embedding(10000, 32), recurrent("SimpleRNN", 32), _YES_OR_NO),
        must=8,
        aim=15,
        then="23 ms, Keras-JAX",
    ),
    _imdb(
        "imdb-lstm",
        "IMDB likewise, LSTM 32",
        layers=LSTM_32,
        must=10,
        aim=15,
        then="53 ms, Keras-TF",
        ways=_XLA,
    ),
    _imdb(
        "imdb-lstm-dropout",
        "IMDB likewise, LSTM 32, `dropout=0.2, recurrent_dropout=0.2`",
        layers=(
            embedding(10000, 32),
            recurrent("LSTM", 32, dropout=0.2, recurrent_dropout=0.2),
            _YES_OR_NO,
        ),
        must=5,
        aim=8,
        ways=_XLA,
        without={"pytorch": "nn.LSTM has no recurrent dropout"},
    ),
    _imdb(
        "full-rows-lstm",
        "IMDB, rows with no padding (500 real tokens each), LSTM 32",
        maker="imdb_full_rows",
        layers=LSTM_32,
        must=5,
        aim=8,
        ways=_XLA,
    ),
    _imdb(
        "imdb-conv1d",
        "IMDB, Conv1D(32,7), pool 7, Conv1D(32,5), pool 5, global max",
        layers=(
            embedding(10000, 32),
            convolution(32, 7),
            {"kind": "MaxPooling1D", "pool_size": 7},
            convolution(32, 5),
            {"kind": "MaxPooling1D", "pool_size": 5},
            {"kind": "GlobalMaxPooling1D"},
            _YES_OR_NO,
        ),
        must=5,
        aim=10,
        then="26 ms, Keras-TF",
    ),
    _imdb(
        "imdb-lstm-masked",
        "masked IMDB (`mask_zero=True`), LSTM 32",
        layers=(embedding(10000, 32, mask=True), *LSTM_32[1:]),
        must=12,
        aim=20,
        then="66 ms, Keras-JAX",
        ways=_BY_LENGTH,
    ),
    _imdb(
        "imdb-lstm-ragged",
        "IMDB from ragged lists, LSTM 32",
        layers=(embedding(10000, 32, mask=True), *LSTM_32[1:]),
        must=12,
        aim=20,
        then="66 ms, Keras-JAX",
        ways={**_BY_LENGTH, "sunhwan": ("ragged",)},
    ),
    Workload(
        "reuters-stacked",
        "Reuters, 500 steps, batch 32: Embedding 64, LSTM 64, LSTM 32, Dense 46",
        "fit",
        Data("reuters", 8, {"words": 10000, "steps": 500}),
        32,
        (embedding(10000, 64), *stacked("LSTM", 64, 32), dense(46, "softmax")),
        "sparse_categorical_crossentropy",
        must=10,
        aim=15,
        then="50 ms, PyTorch",
        ways=_XLA,
    ),
    Workload(
        "reuters-1000",
        "Reuters, 1,000 words, 100 steps, batch 100: Embedding 100, LSTM 100",
        "fit",
        Data("reuters", 8, {"words": 1000, "steps": 100}),
        100,
        (embedding(1000, 100), recurrent("LSTM", 100), dense(46, "softmax")),
        "sparse_categorical_crossentropy",
        must=4,
        aim=5,
        then="27 ms, Keras-TF",
        ways=_XLA,
    ),
    Workload(
        "text-gru",
        "larger text: 20,000 words, 200 steps, batch 32: Embedding 128, Bidirectional GRU 64",
        "fit",
        Data("imdb", 8, {"words": 20000, "steps": 200}),
        32,
        (embedding(20000, 128), bidirectional(recurrent("GRU", 64)), _YES_OR_NO),
        "binary_crossentropy",
        must=5,
        aim=8,
        then="36 ms, Keras-JAX",
        ways=_XLA,
    ),
)

_SERIES = (
    Workload(
        "product",
        "product, 100 steps x 2, batch 32: LSTM 30, LSTM 30",
        "fit",
        Data("product", 16),
        32,
        (*stacked("LSTM", 30, 30), dense(1)),
        must=5,
        aim=7,
        then="5.0 ms, Keras-JAX",
        ways=_XLA,
    ),
    Workload(
        "cosine",
        "cosine, 10 steps x 1, batch 12: GRU 30, GRU 30",
        "fit",
        Data("cosine", 24),
        12,
        (*stacked("GRU", 30, 30), dense(1)),
        must=3,
        aim=5,
        then="0.28 ms, Keras-JAX",
        ways={**_XLA, "keras-jax": ("padded", "padded, 8 steps a call")},
    ),
    Workload(
        "mnist",
        "MNIST rows, 28 x 28, batch 128: LSTM 128",
        "fit",
        Data("mnist", 16),
        128,
        (recurrent("LSTM", 128), dense(10, "softmax")),
        "sparse_categorical_crossentropy",
        must=1.5,
        aim=1.8,
        then="7.3 ms, PyTorch",
    ),
)


def _wide(
    kind: str, units: int, inputs: int, steps: int, must: float, aim: float, then: int
) -> Workload:
    return Workload(
        f"{kind.lower().replace('simplernn', 'simple-rnn')}-{units}",
        f"{kind} {units}, {inputs} inputs, {steps} steps, batch 64",
        "fit",
        Data("normal", 2 if units < 1024 else 1, {"steps": steps, "inputs": inputs}),
        64,
        (recurrent(kind, units), dense(1)),
        must=must,
        aim=aim,
        then=f"{then} ms, PyTorch",
    )


WIDE = (
    _wide("LSTM", 256, 64, 100, 1.3, 1.6, 47),
    _wide("GRU", 256, 64, 100, 2, 3, 77),
    _wide("SimpleRNN", 256, 64, 100, 2, 3, 26),
    _wide("LSTM", 512, 512, 50, 1.1, 1.3, 112),
    _wide("LSTM", 1024, 1024, 50, 1.1, 1.3, 441),
    _wide("GRU", 512, 512, 50, 1.9, 2.3, 162),
    _wide("GRU", 1024, 1024, 50, 1.9, 2.3, 658),
    _wide("SimpleRNN", 512, 512, 50, 1.9, 2.3, 56),
    _wide("SimpleRNN", 1024, 1024, 50, 1.9, 2.3, 204),
)

_TRANSLATION_WAYS = {
    "sunhwan": ("padded", "ragged"),
    "keras-tensorflow": ("padded", "buckets"),
    "keras-jax": ("padded", "buckets"),
    "pytorch": ("padded", "buckets", "packed buckets"),
}


def _translation(name: str, title: str, attention: str, must: float | None) -> Workload:
    return Workload(
        name,
        f"translation, batch 128, 8,000 words: GRU 256, GRU 256, {title}",
        "fit",
        Data("sentences", 2, {"words": 8000}),
        128,
        (translator(8000, 256, attention=attention),),
        "sparse_categorical_crossentropy",
        must=must,
        ways=_TRANSLATION_WAYS,
    )


_TRANSLATIONS = (
    _translation("translation", "`Attention`", "Attention", 3),
    _translation("translation-additive", "`AdditiveAttention`", "AdditiveAttention", None),
)

_BOTH_WAYS = tuple(
    Workload(
        f"{name}-{units}",
        f"{title} {units}, {units} inputs, 50 steps, batch 64",
        "fit",
        Data("normal", 4, {"steps": 50, "inputs": units}),
        64,
        (layer(recurrent("LSTM", units)), dense(1)),
        must=None,
        ways=_XLA if units == 64 else {},
    )
    for units in (64, 256)
    for name, title, layer in (
        ("lstm-one-way", "LSTM", lambda layer: layer),
        ("lstm-both-ways", "Bidirectional LSTM", bidirectional),
    )
)

TRAINING = (*TEXT, *_SERIES, *WIDE, *_BOTH_WAYS, *_TRANSLATIONS)
