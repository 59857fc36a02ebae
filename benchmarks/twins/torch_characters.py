"""The character model of `examples/characters.py` in PyTorch: ``... torch_characters IN OUT``."""
# pyright: reportMissingImports=false

from __future__ import annotations

import math
import sys
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from benchmarks.peers.torch_optimizers import Adam
from benchmarks.peers.torch_peer import module_of
from benchmarks.twins.saved import read, write

LAYERS = ("Embedding", "LSTM", "LSTM", "Dense")


class Characters(nn.Module):
    """Stacked LSTM layers with dropout after each.

    Args:
        weights: of our model, in its order.
        dropout: share of the numbers between the layers.
    """

    def __init__(self, weights: list[Tensor], dropout: float) -> None:
        super().__init__()
        left = list(weights)
        parts = []
        for kind in LAYERS:
            units = {"units": left[1].shape[0]} if kind == "LSTM" else {}
            parts.append(module_of({"kind": kind} | units, left))
        self.embed, *stack, self.choose = parts
        self.stack = nn.ModuleList(stack)
        for name, parameter in self.stack.named_parameters():
            if name.endswith("bias_hh_l0"):  # a second bias, which our LSTM has not
                parameter.requires_grad_(False)
        self.drop = nn.Dropout(dropout)

    def forward(self, ids: Tensor, states: list) -> tuple[Tensor, list]:
        """Logits `(N, T, characters)`, and the states to go on from."""
        x, after = self.embed(ids), []
        for layer, state in zip(self.stack, states, strict=True):
            x, state = layer(x, state)  # noqa: PLW2901
            after.append(tuple(part.detach() for part in state))
            x = self.drop(x)
        return self.choose(x), after


def run(model: Characters, x: Tensor, y: Tensor, rows: int, optimizer: Any = None) -> float:
    """Go through the streams once, the states going on; the mean loss of a character.

    Args:
        model: to run.
        x, y: batches of `rows` rows, one after the other; row `n` of one goes on in row `n` of the
            next.
        rows: of a batch.
        optimizer: to train with; none: only measure.
    """
    model.train(optimizer is not None)
    states: list = [None] * len(model.stack)
    losses = []
    for ids, said in zip(x.split(rows), y.split(rows), strict=True):
        logits, states = model(ids, states)
        loss = F.cross_entropy(logits.flatten(0, 1), said.flatten())
        if optimizer is not None:
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
        losses.append(loss.item())
    return sum(losses) / len(losses)


if __name__ == "__main__":
    settings, arrays, first = read(sys.argv[1])
    torch.manual_seed(settings["seed"])
    torch.set_num_threads(settings["threads"])
    data = {name: torch.from_numpy(array).long() for name, array in arrays.items()}
    network = Characters([torch.from_numpy(array) for array in first], settings["dropout"])
    optimizer = Adam(network.parameters(), settings["rate"])
    bits = []
    for _ in range(settings["epochs"]):
        run(network, data["x"], data["y"], settings["batch"], optimizer)
        with torch.inference_mode():
            loss = run(network, data["x_val"], data["y_val"], settings["batch"])
        bits.append(loss / math.log(2))
        print(f"bits a character: {bits[-1]:.4f}", flush=True)
    write(sys.argv[2], {"bits": bits})
