"""What optimizers take: names, configs, arrays; and what they refuse."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

from sunhwan import optimizers
from sunhwan._engine.registry import snake_case
from sunhwan._engine.variable import Variable
from sunhwan.optimizers import schedules

CLASSES = [getattr(optimizers, name) for name in optimizers.__all__ if name[0].isupper()]
CLASSES.remove(optimizers.Optimizer)


@pytest.mark.parametrize("cls", CLASSES)
def test_names_configs_and_instances(cls):
    for name in (cls.__name__, cls.__name__.lower(), cls.__name__.upper()):
        assert type(optimizers.get(name)) is cls
    optimizer = cls(0.25, epsilon=1e-3) if hasattr(cls(), "epsilon") else cls(0.25)
    assert optimizers.get(optimizer) is optimizer
    assert type(optimizers.get(cls)) is cls
    form = json.loads(json.dumps(optimizers.serialize(optimizer)))
    again = optimizers.deserialize(form)
    assert type(again) is cls
    assert again.get_config() == optimizer.get_config() == optimizers.get(form).get_config()
    assert re.fullmatch(snake_case(cls.__name__) + r"(_\d+)?", optimizer.name)
    assert optimizers.get({"class_name": cls.__name__, "config": {"name": "mine"}}).name == "mine"


def test_unknown_arguments_suggest_the_nearest():
    with pytest.raises(TypeError, match=r"Adam got .* 'clip_norm': did you mean 'clipnorm'"):
        optimizers.Adam(clip_norm=1.0)


def test_the_decay_of_keras_2_is_a_schedule():
    with pytest.raises(
        TypeError, match="AdamW got an unknown argument 'decay': in its place, "
    ) as e:
        optimizers.AdamW(lr=0.5, decay=0.25)
    assert "is 0.5 / (1 + 0.25 * step)" in str(e.value)
    written = re.search(r"sunhwan\.optimizers\.(schedules.*\))", str(e.value).split(" is ")[0])
    rate = eval(written[1], {"schedules": optimizers.schedules})
    assert [rate(step) for step in range(4)] == [0.5 / (1 + 0.25 * step) for step in range(4)]
    with pytest.raises(TypeError, match=r"'decay': leave it out, 0\.0 does nothing"):
        optimizers.SGD(0.1, decay=0.0)
    with pytest.raises(TypeError, match="'decay': learning_rate is a schedule already"):
        optimizers.SGD(optimizers.schedules.ExponentialDecay(0.1, 5, 0.5), decay=0.1)


def test_keras_s_config_is_understood():
    form = {
        "module": "keras.optimizers",
        "class_name": "RMSprop",
        "config": {"name": "rmsprop", "learning_rate": 1e-4, "rho": 0.9, "momentum": 0.0},
        "registered_name": None,
    }
    optimizer = optimizers.deserialize(form)
    assert optimizer.learning_rate == 1e-4
    assert optimizer.rho == 0.9


def test_the_config_has_the_present_rate_or_the_schedule():
    optimizer = optimizers.Adam(0.1)
    optimizer.learning_rate = 0.01
    assert optimizer.get_config()["learning_rate"] == 0.01
    optimizer = optimizers.Adam(schedules.ExponentialDecay(0.1, 10, 0.5))
    again = optimizers.deserialize(optimizers.serialize(optimizer))
    assert again.learning_rate == 0.1
    again.iterations = 10
    assert again.learning_rate == pytest.approx(0.05)


DEFAULTS = {
    "SGD": {"learning_rate": 0.01, "momentum": 0.0, "nesterov": False},
    "RMSprop": {"learning_rate": 0.001, "rho": 0.9, "momentum": 0.0, "centered": False},
    "Adagrad": {"learning_rate": 0.001, "initial_accumulator_value": 0.1},
    "Adadelta": {"learning_rate": 0.001, "rho": 0.95},
    "Adam": {"learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.999, "amsgrad": False},
    "AdamW": {"learning_rate": 0.001, "weight_decay": 0.004, "beta_1": 0.9, "beta_2": 0.999},
    "Adamax": {"learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.999},
    "Nadam": {"learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.999},
}


@pytest.mark.parametrize(("name", "defaults"), DEFAULTS.items())
def test_defaults_are_keras_s(name, defaults):
    config = getattr(optimizers, name)().get_config()
    for argument, value in defaults.items():
        assert config[argument] == value
    assert config.get("epsilon", 1e-7) == 1e-7
    for argument in ("clipnorm", "clipvalue", "global_clipnorm", "gradient_accumulation_steps"):
        assert config[argument] is None
    assert (config["use_ema"], config["ema_momentum"]) == (False, 0.99)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: optimizers.get("rmsprp"), "unknown optimizer 'rmsprp': did you mean 'RMSprop'"),
        (lambda: optimizers.get(abs), "optimizer must be a name, a config, a class, an instance"),
        (lambda: optimizers.SGD(-0.1), "learning_rate must be a finite number .*, got -0.1"),
        (lambda: optimizers.SGD(float("nan")), "learning_rate must be a finite number"),
        (lambda: optimizers.SGD("fast"), "learning_rate must be .*, got 'fast'"),
        (lambda: optimizers.SGD(momentum=1.5), r"momentum must be a number from 0 to 1, got 1.5"),
        (lambda: optimizers.Adam(beta_1=1.0), r"beta_1 must be a number in \[0, 1\), got 1.0"),
        (lambda: optimizers.Adam(epsilon=-1.0), "epsilon must be a number of zero or more"),
        (lambda: optimizers.AdamW(weight_decay=None), "weight_decay of AdamW must be a number"),
        (lambda: optimizers.Adam(clipnorm=-1.0), "clipnorm must be a number of zero or more"),
        (
            lambda: optimizers.Adam(clipnorm=1.0, clipvalue=2.0),
            "only one of .* may be set, got clipnorm=1.0, clipvalue=2.0",
        ),
        (
            lambda: optimizers.Adam(gradient_accumulation_steps=1),
            "gradient_accumulation_steps must be an integer of 2 or more, got 1",
        ),
        (lambda: optimizers.Adam(use_ema=True, ema_momentum=2), "ema_momentum must be"),
    ],
)
def test_bad_arguments(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_arrays_and_variables():
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=(3, 2)).astype(np.float32), np.ones(5, np.float32)
    variable = Variable("bias", np.ones(4))
    before = first.copy()
    optimizer = optimizers.SGD(0.5, momentum=0.5, loss_scale_factor=2.0)
    gradient = rng.normal(size=(3, 2))
    for number in (1, 2):
        pairs = [(gradient, first), (None, second), (np.ones(4), variable)]
        assert optimizer.apply_gradients(zip(*zip(*pairs, strict=True), strict=True)) == number
    # a gradient of half the size (scaled); 1 step, then 1.5
    np.testing.assert_allclose(first, before - 0.25 * 2.5 * gradient, rtol=1e-5)
    np.testing.assert_array_equal(second, np.ones(5))
    np.testing.assert_allclose(variable.value, 1 - 0.25 * 2.5)


@pytest.mark.parametrize(
    ("pairs", "error", "message"),
    [
        ([(np.ones(3), np.ones(3, np.float32))], ValueError, "variables of its first step"),
        ([(np.ones(3), np.ones(3))], TypeError, "float32 array .*, got ndarray of dtype float64"),
        ([(np.ones(3), [1.0, 2.0, 3.0])], TypeError, "float32 array .*, got list of dtype None"),
        ([(np.ones(2), np.ones(3, np.float32))], ValueError, r"shape \(3,\), got \(2,\)"),
    ],
)
def test_bad_arrays(pairs, error, message):
    optimizer = optimizers.SGD()
    if "first step" in message:
        optimizer.apply_gradients([(np.ones(3), np.ones(3, np.float32))])
    with pytest.raises(error, match=message):
        optimizer.apply_gradients(pairs)


class Signs(optimizers.Optimizer):
    def __init__(self, learning_rate=0.1, patience=2, **options):
        super().__init__(learning_rate, **options)
        self.patience = patience

    def slot_values(self):
        return {"count": 1.0}

    def update(self, step):
        step.slots["count"] += 1
        step.values -= step.learning_rate * np.sign(step.prepare())


def test_an_optimizer_of_the_user_s():
    w = np.ones(3, np.float32)
    optimizer = Signs(0.5, weight_decay=0.2, clipvalue=1.0)
    optimizer.apply_gradients([(np.array([4.0, -3.0, 0.0]), w)])
    np.testing.assert_allclose(w, [0.4, 1.4, 0.9], rtol=1e-6)
    np.testing.assert_array_equal(optimizer.slots["count"], 2)
    again = optimizers.deserialize(optimizers.serialize(optimizer), {"Signs": Signs})
    assert again.patience == 2
    assert again.weight_decay == 0.2
