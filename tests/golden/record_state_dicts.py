"""State dicts of PyTorch, saved by its own `safetensors`, with inputs and outputs."""

from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file

from golden.numbers import generator, normal


class Reader(torch.nn.Module):
    """An embedding, a stack of layers in both ways, and a linear map of each step."""

    def __init__(self, kind: str, **options: Any) -> None:
        super().__init__()
        self.table = torch.nn.Embedding(11, 3)
        recurrent = getattr(torch.nn, kind)
        self.rnn = recurrent(3, 4, 2, batch_first=True, bidirectional=True, **options)
        self.out = torch.nn.Linear(8, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return `(rows, steps, 2)`."""
        return self.out(self.rnn(self.table(x))[0])


class Series(torch.nn.Module):
    """A convolution, a GRU without biases, and the last step."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = torch.nn.ModuleList(
            [torch.nn.Conv1d(3, 4, 3), torch.nn.GRU(4, 5, batch_first=True, bias=False)]
        )
        self.norm = torch.nn.LayerNorm(5, eps=1e-3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return `(rows, 5)`."""
        steps = torch.relu(self.layers[0](x.mT)).mT
        return self.norm(self.layers[1](steps)[0][:, -1])


def _flat() -> torch.nn.Module:
    """Return a convolution whose channels are flattened first, with a batch norm."""
    return torch.nn.Sequential(
        torch.nn.Conv1d(3, 4, 2, stride=2),
        torch.nn.ReLU(),
        torch.nn.BatchNorm1d(4, eps=1e-3),
        torch.nn.Flatten(),
        torch.nn.Linear(12, 6),
        torch.nn.Tanh(),
        torch.nn.Linear(6, 6),
    )


def _images() -> torch.nn.Module:
    """Return a convolution of images with a batch norm, pooled and flattened."""
    return torch.nn.Sequential(
        torch.nn.Conv2d(2, 3, (2, 3), stride=(2, 1)),
        torch.nn.BatchNorm2d(3, eps=1e-3),
        torch.nn.ReLU(),
        torch.nn.MaxPool2d(2),
        torch.nn.Flatten(),
        torch.nn.Linear(12, 4),
    )


def record(folder: Path) -> None:
    """Write `torch_<name>.safetensors` and `torch_<name>.npz` of each module."""
    ids = generator("ids").integers(0, 11, (4, 5))
    for name, module, x in [
        ("lstm", Reader("LSTM"), ids),
        ("gru", Reader("GRU"), ids),
        ("tanh", Reader("RNN"), ids),
        ("relu", Reader("RNN", nonlinearity="relu"), ids),
        ("series", Series(), normal(generator("torch series"), 4, 7, 3)),
        ("images", _images(), normal(generator("torch images"), 4, 8, 6, 2)),
        ("flat", _flat(), normal(generator("torch flat"), 4, 6, 3)),
    ]:
        rng = generator(f"torch {name} weights")
        values = OrderedDict(
            (key, torch.tensor(normal(rng, *value.shape, scale=0.4)).abs())
            if key.endswith("running_var")
            else (key, torch.tensor(normal(rng, *value.shape, scale=0.4)))
            for key, value in module.state_dict().items()
            if not key.endswith("num_batches_tracked")
        )
        module.load_state_dict(values, strict=False)
        save_file(module.eval().state_dict(), folder / f"torch_{name}.safetensors")
        given = torch.tensor(x)
        first = {"flat": given.mT, "images": given.movedim(-1, 1)}.get(name, given)
        y = module(first).detach().numpy()
        np.savez_compressed(
            folder / f"torch_{name}.npz", allow_pickle=False, x=x, y=y, order=list(values)
        )
