"""The workloads that predict, with what each must reach."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.workload import Data, Workload, dense, recurrent, translator
from benchmarks.workloads_training import LSTM_32, TEXT, TRAINING, WIDE

_SMALL = ("imdb-simple-rnn", "imdb-lstm", "imdb-conv1d", "reuters-stacked", "text-gru")
_SMALL_SERIES = ("product", "cosine")
_LARGE = ("reuters-1000", "mnist", *(workload.name for workload in WIDE))
_ONLY_KERAS = "the row compares calls of Keras's `predict`"


def _prediction(name: str) -> Workload:
    trained = next(workload for workload in TRAINING if workload.name == name)
    small = name in _SMALL + _SMALL_SERIES
    then = "7.4 ms, PyTorch" if name == "imdb-lstm" else "measure"
    data = replace(trained.data, batches=4 if trained in TEXT else min(2, trained.data.batches))
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
        LSTM_32,
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
