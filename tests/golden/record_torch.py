"""PyTorch's layers, optimizers and losses under this package's names, layouts and formulae."""

from typing import Any

import numpy as np
import torch

from golden.fixture import Recording
from golden.numbers import generator, normal
from golden.specs import spec

torch.set_default_dtype(torch.float64)
Arrays = list[np.ndarray]


def record_torch_layers(to: Recording) -> None:
    """Record RNN, LSTM, GRU (both ways, too), Conv1d, pooling, LayerNorm, Linear, Embedding."""
    for n, t, i, h in [(2, 5, 3, 4), (3, 7, 9, 15), (1, 2, 33, 8)]:
        for kind, name in {"RNN": "SimpleRNN", "LSTM": "LSTM", "GRU": "GRU"}.items():
            for both in (False, True):
                case = f"{name}/{n}_{t}_{i}_{h}_{'both' if both else 'forward'}"
                layer = getattr(torch.nn, kind)(i, h, batch_first=True, bidirectional=both)
                named = spec(name, units=h, return_sequences=True)
                named = spec("Bidirectional", layer=named) if both else named
                x = normal(generator(case + " x"), n, t, i)
                _record(to, case, named, lambda v, run=layer: run(v)[0], layer, x, kind)
    for case, arguments, layer in [
        ("plain", {"kernel_size": 3}, torch.nn.Conv1d(3, 5, 3)),
        ("strides", {"kernel_size": 4, "strides": 3}, torch.nn.Conv1d(3, 5, 4, stride=3)),
        ("dilation", {"kernel_size": 3, "dilation_rate": 2}, torch.nn.Conv1d(3, 5, 3, dilation=2)),
        ("same", {"kernel_size": 5, "padding": "same"}, torch.nn.Conv1d(3, 5, 5, padding=2)),
    ]:
        x = normal(generator(f"{case} x"), 2, 11, 3)
        named = spec("Conv1D", filters=5, **arguments)
        _record(to, f"Conv1D/{case}", named, lambda v, run=layer: run(v.mT).mT, layer, x, "Conv")
    for kind, layer in {
        "Max": torch.nn.MaxPool1d(3, 2),
        "Average": torch.nn.AvgPool1d(3, 2),
    }.items():
        named = spec(f"{kind}Pooling1D", pool_size=3, strides=2)
        x = normal(generator(f"{kind} x"), 2, 10, 3)
        _record(to, f"{kind}Pooling1D", named, lambda v, run=layer: run(v.mT).mT, layer, x, "")
    norm, linear = torch.nn.LayerNorm(7, eps=1e-3), torch.nn.Linear(7, 4)
    x = normal(generator("norm x"), 3, 5, 7)
    _record(to, "LayerNormalization", spec("LayerNormalization"), norm, norm, x, "Norm")
    _record(to, "Dense", spec("Dense", units=4), linear, linear, x, "Linear")


def _record(
    to: Recording,
    name: str,
    named: dict,
    run: Any,
    layer: torch.nn.Module,
    x: np.ndarray,
    kind: str,
) -> None:
    rng = generator(name)
    for parameter in layer.parameters():
        parameter.data = torch.tensor(normal(rng, *parameter.shape, scale=0.4).astype("float64"))
    given = torch.tensor(x.astype("float64"), requires_grad=True)
    y = run(given)
    dy = normal(rng, *y.shape)
    (y * torch.tensor(dy.astype("float64"))).sum().backward()
    values = [parameter.detach().numpy() for parameter in layer.parameters()]
    gradients = [parameter.grad.numpy() for parameter in layer.parameters()]
    arrays = {f"w{i}": w for i, w in enumerate(ours(kind, values, False))}
    arrays |= {f"dw{i}": w for i, w in enumerate(ours(kind, gradients, True))}
    arrays |= {"x": x, "y0": y.detach().numpy(), "dy0": dy, "dx": given.grad.numpy()}
    to.add(name, {"layers": [named], "call": {"training": False}}, **arrays)


def ours(kind: str, values: Arrays, gradients: bool) -> Arrays:
    """Bring PyTorch's parameters, or their gradients, into Keras's layout and gate order."""
    if kind == "Conv":
        return [values[0].transpose(2, 1, 0), values[1]]
    if kind == "Linear":
        return [values[0].T, values[1]]
    if kind not in ("RNN", "LSTM", "GRU"):
        return values
    ours = []
    for start in range(0, len(values), 4):
        kernel, recurrent, b, recurrent_b = values[start : start + 4]
        if kind == "GRU":  # PyTorch has r, z, n
            kernel, recurrent, b, recurrent_b = map(_z_first, (kernel, recurrent, b, recurrent_b))
            bias = np.stack([b, recurrent_b])
        else:  # two biases act as their sum, whose gradient is that of either
            bias = b if gradients else b + recurrent_b
        ours += [kernel.T, recurrent.T, bias]
    return ours


def _z_first(array: np.ndarray) -> np.ndarray:
    r, z, n = np.split(array, 3)
    return np.concatenate([z, r, n])


def record_torch_optimizers(to: Recording) -> None:
    """Record those of PyTorch's optimizers that have the same formula, for ten steps."""
    ours: dict[str, tuple[str, dict[str, Any], Any]] = {
        "sgd": ("SGD", {"learning_rate": 0.1}, lambda p: torch.optim.SGD(p, 0.1)),
        "momentum": (
            "SGD",
            {"learning_rate": 0.1, "momentum": 0.8},
            lambda p: torch.optim.SGD(p, 0.1, momentum=0.8),
        ),
        "nesterov": (
            "SGD",
            {"learning_rate": 0.1, "momentum": 0.8, "nesterov": True},
            lambda p: torch.optim.SGD(p, 0.1, momentum=0.8, nesterov=True),
        ),
        "adam": (
            "Adam",
            {"learning_rate": 0.05, "epsilon": 1e-12},
            lambda p: torch.optim.Adam(p, 0.05, eps=1e-12),
        ),
        "adamw": (
            "AdamW",
            {"learning_rate": 0.05, "weight_decay": 0.3, "epsilon": 1e-12},
            lambda p: torch.optim.AdamW(p, 0.05, weight_decay=0.3, eps=1e-12),
        ),
        "adamax": (
            "Adamax",
            {"learning_rate": 0.05, "epsilon": 1e-12},
            lambda p: torch.optim.Adamax(p, 0.05, eps=1e-12),
        ),
        "adadelta": (
            "Adadelta",
            {"learning_rate": 0.5, "rho": 0.8, "epsilon": 1e-4},
            lambda p: torch.optim.Adadelta(p, 0.5, rho=0.8, eps=1e-4),
        ),
        "rmsprop": (
            "RMSprop",
            {"learning_rate": 0.02, "epsilon": 1e-14},
            lambda p: torch.optim.RMSprop(p, 0.02, alpha=0.9, eps=1e-14),
        ),
    }
    rng = generator("dense")
    x, y = normal(rng, 10, 8, 3), normal(rng, 10, 8, 4)
    weights = [normal(rng, 3, 4), normal(rng, 4)]
    for name, (kind, arguments, make) in ours.items():
        given = [torch.tensor(w.astype("float64"), requires_grad=True) for w in weights]
        optimizer, path, losses = make(given), [], []
        for step in range(10):
            optimizer.zero_grad()
            out = torch.tensor(x[step]).double() @ given[0] + given[1]
            loss = ((out - torch.tensor(y[step])) ** 2).mean()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            path.append([value.detach().numpy().copy() for value in given])
        about = {"optimizer": kind, "arguments": arguments, "model": "dense", "losses": losses}
        arrays = {f"w{i}": w for i, w in enumerate(weights)} | {"x": x, "y": y}
        arrays |= {f"path{i}": np.stack([step[i] for step in path]) for i in range(2)}
        to.add(name, about, **arrays)
