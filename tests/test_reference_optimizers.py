"""The reference's optimizers: Keras's own results, and what clipping, decay and schedules mean."""

import math

import numpy as np
import pytest
from reference import OPTIMIZERS, assert_close
from reference.optimizers import Adam

ROUNDING = 1e-12
STEPS = 10
LEARNING_RATE = 0.05

# What Keras 3.15.1 makes of the variables (0.5, -1, 2) and (1.5) in float64 after ten steps of
# `gradients_at`, with learning rate 0.05.
KERAS = [
    ("sgd", {}, [0.42944058143909947, -0.9999856936651449, 1.675, 0.775]),
    (
        "sgd",
        {"momentum": 0.9},
        [0.1275752155493114, -0.9852832628074273, 1.405496027665, -1.750253643305],
    ),
    (
        "sgd",
        {"momentum": 0.9, "nesterov": True},
        [0.09425827543347982, -0.9867406301918296, 1.1399464248985, -2.1502282789745],
    ),
    (
        "rmsprop",
        {},
        [0.27817717859637636, -0.8255803389649745, 1.587195021684211, 0.7257285977114464],
    ),
    (
        "rmsprop",
        {"centered": True, "momentum": 0.5},
        [0.0013115029413016677, -0.5496575144251937, 1.3173342837388966, -0.30745019208168567],
    ),
    (
        "adagrad",
        {},
        [0.4348026622200356, -0.9983051585030865, 1.8842927921429717, 1.2785660139381056],
    ),
    (
        "adadelta",
        {},
        [0.49988265820396627, -0.9999671487902828, 1.9994503985519845, 1.4994072909699008],
    ),
    ("adam", {}, [0.3172718409157804, -0.8756809415135537, 2.0144306847108235, 1.0134908817473312]),
    (
        "adam",
        {"amsgrad": True, "epsilon": 0.001},
        [0.32201396307377683, -0.9157493698610085, 2.0100153493038735, 1.0179605383965165],
    ),
    (
        "adamw",
        {},
        [0.3165170454407128, -0.8738739966652919, 2.0102247102980417, 1.0109380646352455],
    ),
    (
        "adamax",
        {},
        [0.3379926722182918, -0.8909614640880428, 2.0481808476180188, 1.0659466396545594],
    ),
    (
        "nadam",
        {},
        [0.40179699378455136, -0.932169089185577, 1.8180301223141073, 1.1484753874284128],
    ),
    (
        "adam",
        {"clipnorm": 0.5},
        [0.3402763214872698, -0.9604691362766984, 2.027035468290847, 1.0000015891532112],
    ),
    ("sgd", {"clipvalue": 0.2}, [0.4829439995970066, -0.9999856936651449, 1.955, 1.4]),
    (
        "sgd",
        {"global_clipnorm": 0.7},
        [0.47934996378640804, -1.0005177668681118, 1.8858750326953637, 1.2357769575416402],
    ),
    (
        "rmsprop",
        {"weight_decay": 0.1},
        [0.2624656716904963, -0.7862759449477069, 1.487566484321424, 0.6738085848622278],
    ),
]


def gradients_at(t):
    first = np.array([math.sin(t), 0.1 * math.cos(2 * t), 0.3 * t - 1.0])
    return [first, np.array([[2.0 - 0.1 * t]])]


@pytest.mark.parametrize(("name", "options", "expected"), KERAS)
def test_ten_steps_are_keras(name, options, expected):
    optimizer = OPTIMIZERS[name](learning_rate=LEARNING_RATE, **options)
    variables = [np.array([0.5, -1.0, 2.0]), np.array([[1.5]])]
    for t in range(1, STEPS + 1):
        variables = optimizer.step(variables, gradients_at(t))
    assert_close(variables[0], np.array(expected[:3]), ROUNDING)
    assert_close(variables[1], np.array([expected[3:]]), ROUNDING)


def test_every_optimizer_is_recorded():
    assert {name for name, _, _ in KERAS} == set(OPTIMIZERS)


def test_adam_by_hand():
    """The first step is lr * sign(gradient), but for epsilon; the second from the paper."""
    optimizer = Adam(learning_rate=0.1, epsilon=0.0)
    (w,) = optimizer.step([np.array([1.0])], [np.array([3.0])])
    assert_close(w, np.array([0.9]), ROUNDING)
    (w,) = optimizer.step([w], [np.array([-1.0])])
    m_hat = (0.9 * 0.3 - 0.1) / (1 - 0.9**2)
    v_hat = (0.999 * 0.009 + 0.001) / (1 - 0.999**2)
    assert_close(w, np.array([0.9 - 0.1 * m_hat / math.sqrt(v_hat)]), ROUNDING)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"clipnorm": 1.0}, [[0.6, 0.8], [0.5]]),
        ({"clipvalue": 2.0}, [[2.0, 2.0], [0.5]]),
        ({"global_clipnorm": 1.0}, [[3.0, 4.0], [0.5]]),
        ({"global_clipnorm": 100.0}, [[3.0, 4.0], [0.5]]),
    ],
)
def test_clipping_by_hand(options, expected):
    """SGD with rate 1 from 0 shows the gradient that it was given."""
    gradients = [np.array([3.0, 4.0]), np.array([0.5])]
    optimizer = OPTIMIZERS["sgd"](learning_rate=1.0, **options)
    moved = optimizer.step([np.zeros(2), np.zeros(1)], gradients)
    scale = 1 / math.sqrt(25.25) if options.get("global_clipnorm") == 1.0 else 1.0
    for w, clipped in zip(moved, expected, strict=True):
        assert_close(w, -scale * np.array(clipped), ROUNDING)


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_weight_decay_comes_first_and_apart(name):
    """A decayed step is the step from the decayed variable: the moments do not see the decay."""
    decayed = OPTIMIZERS[name](learning_rate=0.5, weight_decay=0.2)
    plain = OPTIMIZERS[name](
        learning_rate=0.5, **({"weight_decay": 0.0} if name == "adamw" else {})
    )
    w, g = np.array([2.0, -3.0]), np.array([0.1, 0.4])
    (moved,) = decayed.step([w], [g])
    (expected,) = plain.step([w * (1 - 0.2 * 0.5)], [g])
    assert_close(moved, expected, ROUNDING)


def test_schedule_is_read_before_the_step_counts():
    optimizer = OPTIMIZERS["sgd"](learning_rate=lambda iterations: 0.1 * 0.5 ** (iterations / 3))
    w = [np.array([0.5])]
    for _ in range(4):
        w = optimizer.step(w, [np.array([1.0])])
    assert_close(w[0], np.array([0.20763389490684636]), ROUNDING)  # Keras's ExponentialDecay
