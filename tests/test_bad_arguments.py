"""Constructors name the argument that has a wrong value, at once."""

import copy
import inspect

import numpy as np
import pytest

import sunhwan as sh
from sunhwan import layers

REQUIRED = {
    "num_heads": 2,
    "key_dim": 3,
    "filepath": "model.safetensors",
    "filename": "log.csv",
    "schedule": lambda epoch: 0.1,
    "fn": lambda y_true, y_pred: y_true,
    "units": 2,
    "filters": 2,
    "kernel_size": 2,
    "input_dim": 3,
    "output_dim": 2,
    "rate": 0.5,
    "stddev": 0.1,
    "n": 2,
    "pool_size": 2,
    "dims": (1,),
    "target_shape": (2,),
    "cell": sh.layers.SimpleRNNCell(2),
}
ABSTRACT = {"NativeCell"}  # without an abstract method
FLAGS = {
    "amsgrad",
    "append",
    "apply_class_balancing",
    "center",
    "centered",
    "from_logits",
    "go_backwards",
    "invert",
    "keepdims",
    "mask_zero",
    "multi_label",
    "nesterov",
    "raise_error",
    "reset_after",
    "restore_best_weights",
    "return_sequences",
    "return_state",
    "save_best_only",
    "save_weights_only",
    "scale",
    "stateful",
    "synchronized",
    "unit_forget_bias",
    "unroll",
    "use_bias",
    "use_ema",
    "zero_output_for_mask",
}
NUMBERS = {
    "alpha",
    "baseline",
    "delta",
    "dropout",
    "epsilon",
    "factor",
    "gain",
    "gamma",
    "initial_value_threshold",
    "label_smoothing",
    "mask_value",
    "max_value",
    "maxval",
    "mean",
    "min_delta",
    "min_lr",
    "min_value",
    "minval",
    "momentum",
    "rate",
    "recurrent_dropout",
    "stddev",
}
COUNTS = {
    "cooldown",
    "filters",
    "input_dim",
    "input_length",
    "kernel_size",
    "n",
    "output_dim",
    "patience",
    "pool_size",
    "start_from_epoch",
    "units",
}
MODULES = (sh.layers, sh.optimizers, sh.losses, sh.metrics, sh.callbacks, sh.initializers)
MODULES += (sh.constraints,)


def cases():
    """Each class of the package with each of its arguments that is named above."""
    for module in MODULES:
        for name in module.__all__:
            cls = getattr(module, name)
            if not inspect.isclass(cls) or inspect.isabstract(cls) or name in ABSTRACT:
                continue
            parameters = inspect.signature(cls).parameters
            for kind, names in (("flag", FLAGS), ("number", NUMBERS), ("count", COUNTS)):
                for argument in sorted(names & set(parameters)):
                    if (name, argument) not in {("Normalization", "mean"), ("Mean", "mean")}:
                        kind_of = "number" if (cls.__name__, argument) in OTHER else kind
                        yield pytest.param(cls, argument, kind_of, id=f"{name}.{argument}")


OTHER = {("VarianceScaling", "scale")}
WRONG = {
    "flag": ("no", 2, None, [], np.array([True, False])),
    "number": ("a", float("nan"), float("inf"), [], True, 10**400),
    "count": ("a", -1, 2.5, float("nan"), [], True, 10**30),
}


@pytest.mark.parametrize(("cls", "argument", "kind"), list(cases()))
def test_a_wrong_value_is_named(cls, argument, kind):
    parameters = inspect.signature(cls).parameters
    given = {name: copy.deepcopy(REQUIRED[name]) for name in parameters if name in REQUIRED}
    cls(**given)
    for wrong in WRONG[kind]:
        with pytest.raises((ValueError, TypeError), match=argument):
            cls(**{**given, argument: wrong})


@pytest.mark.parametrize(
    ("cause", "message"),
    [
        (lambda: layers.LSTM(2, seed=-1), "seed"),
        (lambda: layers.LSTM(2, activation=3), "activation must be"),
        (lambda: layers.TextVectorization(ragged="no"), "ragged must be True or False"),
        (lambda: layers.TextVectorization(output_mode=[]), r"output_mode must be .* got \[\]"),
        (lambda: layers.TextVectorization(encoding=3), "encoding must be a name"),
        (lambda: layers.TextVectorization(vocabulary=3), "vocabulary must be a list of tokens"),
        (lambda: layers.Permute("ab"), "dims must be a tuple .*, got 'ab'"),
        (lambda: layers.Reshape("ab"), "target_shape must hold positive integers .*, got 'ab'"),
        (lambda: layers.Reshape((2.5,)), "target_shape must hold"),
        (lambda: layers.Dropout(0.5, noise_shape=3), "noise_shape must be a tuple"),
        (lambda: sh.constraints.MaxNorm(axis="a"), "axis must be an integer"),
        (lambda: sh.initializers.Constant("a"), "value must be a number"),
        (lambda: sh.initializers.VarianceScaling(distribution=3), "distribution must be one of"),
        (lambda: sh.callbacks.EarlyStopping(monitor=3), "monitor of EarlyStopping must be a name"),
        (lambda: sh.callbacks.LearningRateScheduler(0.1), "schedule must be a function"),
        (lambda: sh.callbacks.LambdaCallback(on_epoch_end=3), "on_epoch_end must be a function"),
        (lambda: sh.callbacks.CSVLogger("log.csv", separator=";;"), "separator must be one"),
        (lambda: sh.metrics.MeanMetricWrapper(3), "fn must be a function"),
        (lambda: sh.losses.SparseCategoricalCrossentropy(ignore_class="a"), "ignore_class must be"),
    ],
)
def test_other_wrong_values(cause, message):
    with pytest.raises((ValueError, TypeError), match=message):
        cause()
