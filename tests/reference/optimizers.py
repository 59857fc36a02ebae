"""Keras 3's optimizers on lists of arrays.

A step: gradients are clipped, then weights decay (`w -= w * weight_decay * learning_rate`, in every
optimizer), then the optimizer's own update. `t` counts steps from 1. A schedule is a function of
the number of steps done, 0 at the first.

Sources: momentum, Polyak 1964; Nesterov 1983; Adagrad, Duchi et al. 2011; Adadelta, Zeiler 2012;
RMSprop, Tieleman and Hinton 2012; Adam and Adamax, Kingma and Ba 2015; Nadam, Dozat 2016; AMSGrad,
Reddi et al. 2018; AdamW, Loshchilov and Hutter 2019.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .activations import Array

Schedule = Callable[[int], float]


def clip_by_norm(gradient: Array, clipnorm: float) -> Array:
    return gradient * clipnorm / max(float(np.sqrt((gradient**2).sum())), clipnorm)


def clip_by_global_norm(gradients: list[Array], global_clipnorm: float) -> list[Array]:
    norm = float(np.sqrt(sum((gradient**2).sum() for gradient in gradients)))
    scale = global_clipnorm / max(norm, global_clipnorm)
    return [gradient * scale for gradient in gradients]


class Optimizer:
    """What all have in common; a subclass writes `update`, its slots are made by `slot`."""

    def __init__(
        self,
        learning_rate: float | Schedule = 0.001,
        *,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
    ) -> None:
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.clipnorm = clipnorm
        self.clipvalue = clipvalue
        self.global_clipnorm = global_clipnorm
        self.iterations = 0
        self.slots: dict[tuple[str, int], Array] = {}

    def slot(self, name: str, index: int, variable: Array, initial: float = 0.0) -> Array:
        """The array of this name that belongs to variable `index`, changed in place."""
        return self.slots.setdefault((name, index), np.full_like(variable, initial))

    def step(self, variables: list[Array], gradients: list[Array]) -> list[Array]:
        """The variables after one step."""
        rate = self.learning_rate
        lr = rate(self.iterations) if callable(rate) else rate
        if self.clipnorm:
            gradients = [clip_by_norm(gradient, self.clipnorm) for gradient in gradients]
        elif self.global_clipnorm:
            gradients = clip_by_global_norm(gradients, self.global_clipnorm)
        elif self.clipvalue:
            gradients = [np.clip(g, -self.clipvalue, self.clipvalue) for g in gradients]
        if self.weight_decay is not None:
            variables = [w - w * self.weight_decay * lr for w in variables]
        self.iterations += 1
        self.begin_step(self.iterations)
        return [
            w + self.update(index, w, g, lr, self.iterations)
            for index, (w, g) in enumerate(zip(variables, gradients, strict=True))
        ]

    def begin_step(self, t: int) -> None:
        """What is computed once a step, for all variables."""

    def update(self, index: int, w: Array, g: Array, lr: float, t: int) -> Array:
        """What is added to variable `index`."""
        raise NotImplementedError


class SGD(Optimizer):
    def __init__(
        self,
        learning_rate: float | Schedule = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        **options,
    ) -> None:
        super().__init__(learning_rate, **options)
        self.momentum = momentum
        self.nesterov = nesterov

    def update(self, index: int, w: Array, g: Array, lr: float, t: int) -> Array:
        if self.momentum == 0.0:
            return -lr * g
        m = self.slot("momentum", index, w)
        m[...] = self.momentum * m - lr * g
        return self.momentum * m - lr * g if self.nesterov else m.copy()


class RMSprop(Optimizer):
    def __init__(
        self,
        learning_rate: float | Schedule = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float = 1e-7,
        centered: bool = False,
        **options,
    ) -> None:
        super().__init__(learning_rate, **options)
        self.rho = rho
        self.momentum = momentum
        self.epsilon = epsilon
        self.centered = centered

    def update(self, index: int, w: Array, g: Array, lr: float, t: int) -> Array:
        v = self.slot("velocity", index, w)
        v[...] = self.rho * v + (1.0 - self.rho) * g**2
        denominator = v + self.epsilon
        if self.centered:
            average = self.slot("average_gradient", index, w)
            average[...] = self.rho * average + (1.0 - self.rho) * g
            denominator = denominator - average**2
        increment = lr * g / np.sqrt(denominator)
        if self.momentum == 0.0:
            return -increment
        m = self.slot("momentum", index, w)
        m[...] = self.momentum * m + increment
        return -m


class Adagrad(Optimizer):
    def __init__(
        self,
        learning_rate: float | Schedule = 0.001,
        initial_accumulator_value: float = 0.1,
        epsilon: float = 1e-7,
        **options,
    ) -> None:
        super().__init__(learning_rate, **options)
        self.initial_accumulator_value = initial_accumulator_value
        self.epsilon = epsilon

    def update(self, index: int, w: Array, g: Array, lr: float, t: int) -> Array:
        accumulator = self.slot("accumulator", index, w, self.initial_accumulator_value)
        accumulator += g**2
        return -lr * g / np.sqrt(accumulator + self.epsilon)


class Adadelta(Optimizer):
    def __init__(
        self,
        learning_rate: float | Schedule = 0.001,
        rho: float = 0.95,
        epsilon: float = 1e-7,
        **options,
    ) -> None:
        super().__init__(learning_rate, **options)
        self.rho = rho
        self.epsilon = epsilon

    def update(self, index: int, w: Array, g: Array, lr: float, t: int) -> Array:
        squares = self.slot("accumulated_grad", index, w)
        deltas = self.slot("accumulated_delta_var", index, w)
        squares[...] = self.rho * squares + (1.0 - self.rho) * g**2
        delta = -np.sqrt(deltas + self.epsilon) * g / np.sqrt(squares + self.epsilon)
        deltas[...] = self.rho * deltas + (1.0 - self.rho) * delta**2
        return lr * delta


class MomentOptimizer(Optimizer):
    """What Adam and its kin have in common: running means of the gradient and of its square."""

    def __init__(
        self,
        learning_rate: float | Schedule = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        **options,
    ) -> None:
        super().__init__(learning_rate, **options)
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon

    def first_moment(self, index: int, w: Array, g: Array) -> Array:
        m = self.slot("momentum", index, w)
        m += (g - m) * (1.0 - self.beta_1)
        return m

    def second_moment(self, index: int, w: Array, g: Array) -> Array:
        v = self.slot("velocity", index, w)
        v += (g**2 - v) * (1.0 - self.beta_2)
        return v


class Adam(MomentOptimizer):
    def __init__(self, *arguments, amsgrad: bool = False, **options) -> None:
        super().__init__(*arguments, **options)
        self.amsgrad = amsgrad

    def update(self, index: int, w: Array, g: Array, lr: float, t: int) -> Array:
        m = self.first_moment(index, w, g)
        v = self.second_moment(index, w, g)
        if self.amsgrad:
            greatest = self.slot("velocity_hat", index, w)
            greatest[...] = np.maximum(greatest, v)
            v = greatest
        rate = lr * np.sqrt(1.0 - self.beta_2**t) / (1.0 - self.beta_1**t)
        return -rate * m / (np.sqrt(v) + self.epsilon)


class AdamW(Adam):
    def __init__(
        self, learning_rate: float | Schedule = 0.001, *, weight_decay: float = 0.004, **options
    ) -> None:
        super().__init__(learning_rate, weight_decay=weight_decay, **options)


class Adamax(MomentOptimizer):
    def update(self, index: int, w: Array, g: Array, lr: float, t: int) -> Array:
        m = self.first_moment(index, w, g)
        u = self.slot("norm", index, w)
        u[...] = np.maximum(self.beta_2 * u, np.abs(g))
        return -lr * m / ((1.0 - self.beta_1**t) * (u + self.epsilon))


class Nadam(MomentOptimizer):
    u_product = 1.0

    def u(self, t: int) -> float:
        return self.beta_1 * (1.0 - 0.5 * 0.96**t)

    def begin_step(self, t: int) -> None:
        self.u_product *= self.u(t)

    def update(self, index: int, w: Array, g: Array, lr: float, t: int) -> Array:
        m = self.first_moment(index, w, g)
        v = self.second_moment(index, w, g)
        u, u_next = self.u(t), self.u(t + 1)
        part_of_m = u_next * m / (1.0 - self.u_product * u_next)
        part_of_g = (1.0 - u) * g / (1.0 - self.u_product)
        v_hat = v / (1.0 - self.beta_2**t)
        return -lr * (part_of_m + part_of_g) / (np.sqrt(v_hat) + self.epsilon)


OPTIMIZERS: dict[str, type[Optimizer]] = {
    "sgd": SGD,
    "rmsprop": RMSprop,
    "adagrad": Adagrad,
    "adadelta": Adadelta,
    "adam": Adam,
    "adamw": AdamW,
    "adamax": Adamax,
    "nadam": Nadam,
}
