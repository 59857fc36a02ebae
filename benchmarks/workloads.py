"""The table of workloads, with what each must reach."""

from __future__ import annotations

from dataclasses import replace
from fnmatch import fnmatch

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

_BY_LENGTH = {
    "keras-tensorflow": ("padded", "buckets"),
    "keras-jax": ("padded", "buckets"),
    "pytorch": ("packed", "packed buckets", "buckets"),
}
_YES_OR_NO = dense(1, "sigmoid")
_LSTM_32 = (embedding(10000, 32), recurrent("LSTM", 32), _YES_OR_NO)


def _imdb(name: str, title: str, maker: str = "imdb", **rest: object) -> Workload:
    known: dict = {"loss": "binary_crossentropy", "optimizer": "rmsprop", "batch": 128, **rest}
    data = Data(maker, 8, {"words": 10000, "steps": 500})
    return Workload(name, title, "fit", data, **known)


_TEXT = (
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
        layers=_LSTM_32,
        must=10,
        aim=15,
        then="53 ms, Keras-TF",
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
        without={"pytorch": "nn.LSTM has no recurrent dropout"},
    ),
    _imdb(
        "full-rows-lstm",
        "IMDB, rows with no padding (500 real tokens each), LSTM 32",
        maker="imdb_full_rows",
        layers=_LSTM_32,
        must=5,
        aim=8,
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
        layers=(embedding(10000, 32, mask=True), *_LSTM_32[1:]),
        must=12,
        aim=20,
        then="66 ms, Keras-JAX",
        ways=_BY_LENGTH,
    ),
    _imdb(
        "imdb-lstm-ragged",
        "IMDB from ragged lists, LSTM 32",
        layers=(embedding(10000, 32, mask=True), *_LSTM_32[1:]),
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


_WIDE = (
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
    )
    for units in (64, 256)
    for name, title, layer in (
        ("lstm-one-way", "LSTM", lambda layer: layer),
        ("lstm-both-ways", "Bidirectional LSTM", bidirectional),
    )
)

_SMALL = ("imdb-simple-rnn", "imdb-lstm", "imdb-conv1d", "reuters-stacked", "text-gru")
_SMALL_SERIES = ("product", "cosine")
_LARGE = ("reuters-1000", "mnist", *(workload.name for workload in _WIDE))
_ONLY_KERAS = "the row compares calls of Keras's `predict`"

TRAINING = (*_TEXT, *_SERIES, *_WIDE, *_BOTH_WAYS, *_TRANSLATIONS)


def _prediction(name: str) -> Workload:
    trained = next(workload for workload in TRAINING if workload.name == name)
    small = name in _SMALL + _SMALL_SERIES
    then = "7.4 ms, PyTorch" if name == "imdb-lstm" else "measure"
    data = replace(trained.data, batches=4 if trained in _TEXT else min(2, trained.data.batches))
    figures = {"must": 3.0, "aim": 8.0} if small else {"must": 1.1, "aim": 1.3, "enough": 0.75}
    return replace(
        trained,
        name=f"predict-{name}",
        title=f"prediction, batch 128: {trained.name}",
        task="predict",
        data=data,
        batch=128,
        then=then,
        **figures,
    )


PREDICTION = (
    *(_prediction(name) for name in (*_SMALL, *_SMALL_SERIES, *_LARGE)),
    Workload(
        "predict-one-row",
        "prediction of one row of 500 steps, LSTM 32",
        "predict_on_batch",
        Data("imdb_full_rows", 8, {"words": 10000, "steps": 500}),
        1,
        _LSTM_32,
        must=2,
        aim=3,
        then="0.135 ms, ONNX Runtime",
    ),
    Workload(
        "predict-call",
        "`Sequential.predict` of one row of 31 steps, SimpleRNN 7, beside Keras's `predict`",
        "predict_call",
        Data("normal", 8, {"steps": 31, "inputs": 1}),
        1,
        (recurrent("SimpleRNN", 7), dense(1)),
        must=15,
        aim=40,
        then="0.37 ms, Keras-JAX",
        without={"pytorch": _ONLY_KERAS, "onnxruntime": _ONLY_KERAS},
    ),
    Workload(
        "greedy",
        "greedy translation of 1,000 sentences by that model",
        "greedy",
        Data("sentences", 1, {"words": 8000}),
        1000,
        (translator(8000, 256, attention="Attention", counts=True),),
        must=5,
        ways={"pytorch": ("padded", "buckets", "ended out")},
        without={"onnxruntime": "it has no such model"},
    ),
)

WORKLOADS = TRAINING + PREDICTION


def chosen(patterns: list[str]) -> list[Workload]:
    """The workloads whose names match one of `patterns`."""
    return [w for w in WORKLOADS if any(fnmatch(w.name, pattern) for pattern in patterns)]
