"""What PyTorch's differentiation says of recurrent networks' states and inputs, in float64."""

from typing import Any

import numpy as np
import torch

from golden.fixture import Recording
from golden.numbers import generator, normal
from golden.record_torch import ours

ROWS, STEPS, FEATURES, UNITS = 3, 9, 2, 5
POINTS = 2000  # of the integrals: the middle of each of so many parts of the way


def record_explained(to: Recording) -> None:
    """Record the gradient of the output in the state after each step, and integrated gradients."""
    for kind, name in {"RNN": "SimpleRNN", "LSTM": "LSTM", "GRU": "GRU"}.items():
        rng = generator(f"explained {name}")
        layer = getattr(torch.nn, kind)(FEATURES, UNITS, batch_first=True)
        head = torch.nn.Linear(UNITS, 1)
        for parameter in [*layer.parameters(), *head.parameters()]:
            parameter.data = torch.tensor(normal(rng, *parameter.shape, scale=0.6).astype("f8"))
        x = normal(rng, ROWS, STEPS, FEATURES)
        inputs = torch.tensor(x.astype("f8"))
        weights = [parameter.detach().numpy() for parameter in layer.parameters()]
        arrays = {f"w{i}": w for i, w in enumerate(ours(kind, weights, False))}
        arrays |= {"w3": head.weight.detach().numpy().T, "w4": head.bias.detach().numpy(), "x": x}
        arrays["y0"] = _output(layer, head, inputs).detach().numpy()
        for state, gradients in enumerate(_state_gradients(layer, head, inputs)):
            arrays[f"dstate{state}"] = gradients
        arrays["shares"] = _shares(layer, head, inputs)
        to.add(name, {"points": POINTS}, **arrays)


def _output(layer: Any, head: Any, x: torch.Tensor, state: Any = None) -> torch.Tensor:
    return torch.sigmoid(head(layer(x, state)[0][:, -1]))


def _state_gradients(layer: Any, head: Any, x: torch.Tensor) -> list[np.ndarray]:
    """`(N, T, H)` of each state: the rest of the rows is run from the state as a variable."""
    steps = []
    for t in range(STEPS):
        after = layer(x[:, : t + 1])[1]
        states = [s.detach().requires_grad_() for s in (after if type(after) is tuple else [after])]
        if t + 1 < STEPS:
            given = tuple(states) if len(states) > 1 else states[0]
            output = _output(layer, head, x[:, t + 1 :], given)
        else:
            output = torch.sigmoid(head(states[0][0]))
        found = torch.autograd.grad(output.sum(), states, allow_unused=True)
        pairs = zip(found, states, strict=True)
        steps.append([(torch.zeros_like(s) if g is None else g)[0].numpy() for g, s in pairs])
    return [np.stack(each, axis=1) for each in zip(*steps, strict=True)]


def _shares(layer: Any, head: Any, x: torch.Tensor) -> np.ndarray:
    """Integrated gradients from zero, `(N, T, F)`."""
    total = torch.zeros_like(x)
    for point in range(POINTS):
        at = (x * ((point + 0.5) / POINTS)).requires_grad_()
        total += torch.autograd.grad(_output(layer, head, at).sum(), at)[0]
    return (x * total / POINTS).numpy()
