"""The translator of `examples/translation.py` in PyTorch: ``... torch_translation IN OUT``."""
# pyright: reportMissingImports=false

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from benchmarks.peers.torch_optimizers import Adam
from benchmarks.peers.torch_peer import module_of
from benchmarks.twins.saved import read, write

LAYERS: tuple[dict[str, Any], ...] = (
    {"kind": "Embedding"},
    {"kind": "Embedding"},
    {"kind": "Bidirectional", "layer": {"kind": "GRU"}},
    {"kind": "GRU"},
    *({"kind": "Dense"},) * 3,
)


class Translator(nn.Module):
    """Encoder, decoder, attention.

    Args:
        weights: of our model, in its order.
        dropout: share of words' numbers, and of the numbers before the scores.
    """

    def __init__(self, weights: list[Tensor], dropout: float) -> None:
        super().__init__()
        left = list(weights)
        parts = []
        for layer in LAYERS:
            place = 1 if layer["kind"] in ("GRU", "Bidirectional") else 0
            units = {"units": left[place].shape[0]} if place else {}
            inner = {"layer": layer["layer"] | units} if "layer" in layer else units
            parts.append(module_of(layer | inner, left))
        self.embed, self.embed_target, self.encoder, self.decoder, *dense = parts
        self.ask, self.mix, self.choose = dense
        self.drop = nn.Dropout(dropout)

    def encode(self, source: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Memory `(N, S, H)`, which of its steps are padding, and the decoder's first state."""
        lengths = (source != 0).sum(1)
        words = self.drop(self.embed(source))
        packed = pack_padded_sequence(words, lengths, batch_first=True, enforce_sorted=False)
        steps, ends = self.encoder(packed)
        memory, _ = pad_packed_sequence(steps, batch_first=True, total_length=source.shape[1])
        return memory, source == 0, torch.cat([ends[0], ends[1]], -1)[None].contiguous()

    def decode(
        self, target: Tensor, state: Tensor, memory: Tensor, absent: Tensor
    ) -> tuple[Tensor, Tensor]:
        """What the scores of the words that follow are made of, `(N, T, M)`, and the new state."""
        steps, state = self.decoder(self.drop(self.embed_target(target)), state)
        fits = self.ask(steps) @ memory.transpose(1, 2)
        seen = fits.masked_fill(absent[:, None], float("-inf")).softmax(-1) @ memory
        return self.drop(torch.tanh(self.mix(torch.cat([steps, seen], -1)))), state


def trimmed(ids: Tensor) -> Tensor:
    """Without the steps that are padding in all rows."""
    return ids[:, : int((ids != 0).sum(1).max())]


def batches(lengths: Tensor, batch: int) -> list[Tensor]:
    """Batches of rows of like length, which have little padding: pools of rows are sorted."""
    pools = torch.randperm(len(lengths)).split(100 * batch)
    found = [rows for pool in pools for rows in pool[lengths[pool].argsort()].split(batch)]
    return [found[place] for place in torch.randperm(len(found))]


def train(
    model: Translator, optimizer: torch.optim.Optimizer, source: Tensor, target: Tensor, batch: int
) -> float:
    """An epoch; the mean loss of a batch."""
    model.train()
    losses = []
    for rows in batches((source != 0).sum(1) + (target != 0).sum(1), batch):
        read, said = trimmed(source[rows]), trimmed(target[rows])
        memory, absent, state = model.encode(read)
        mixed, _ = model.decode(said[:, :-1], state, memory, absent)
        real = said[:, 1:] != 0  # the scores of padding are not computed
        loss = F.cross_entropy(model.choose(mixed[real]), said[:, 1:][real])
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return float(np.mean(losses))


def greedy(model: Translator, source: Tensor, start: int, stop: int, most: int) -> list[list[int]]:
    """The likeliest word each time."""
    memory, absent, state = model.encode(trimmed(source))
    token = torch.full((len(source), 1), start)
    said = []
    for _ in range(most):
        mixed, state = model.decode(token, state, memory, absent)
        token = model.choose(mixed)[:, -1].argmax(-1, keepdim=True)
        said.append(token[:, 0])
    rows = torch.stack(said, 1).tolist()
    return [row[: row.index(stop)] if stop in row else row for row in rows]


def beam(
    model: Translator, source: Tensor, start: int, stop: int, most: int, beams: int, penalty: float
) -> list[int]:
    """The best sentence that a beam search finds for one row `(1, S)`, as `sunhwan.decode` does."""
    memory, absent, state = model.encode(trimmed(source))
    alive: list[tuple[float, list[int]]] = [(0.0, [])]
    token, ended = torch.tensor([[start]]), []
    for length in range(1, most + 1):
        rows = len(alive)
        context = memory.expand(rows, -1, -1), absent.expand(rows, -1)
        mixed, state = model.decode(token, state, *context)
        scores = model.choose(mixed)[:, -1].log_softmax(-1)
        total = scores + torch.tensor([score for score, _ in alive])[:, None]
        best, places = total.flatten().topk(2 * beams)
        before, alive, parents = alive, [], []
        for rank, (score, place) in enumerate(zip(best.tolist(), places.tolist(), strict=True)):
            parent, word = divmod(place, scores.shape[-1])
            if word == stop:
                if rank < beams:
                    ended.append((score / length**penalty, before[parent][1]))
            elif len(alive) < beams:
                alive.append((score, [*before[parent][1], word]))
                parents.append(parent)
        ended = sorted(ended, key=lambda each: -each[0])[:beams]
        if len(ended) == beams and alive[0][0] / length**penalty <= ended[-1][0]:
            break
        token, state = torch.tensor([[words[-1]] for _, words in alive]), state[:, parents]
    ended += [(score / len(words) ** penalty, words) for score, words in alive if not ended]
    return max(ended, key=lambda each: each[0])[1]


if __name__ == "__main__":
    settings, arrays, first = read(sys.argv[1])
    torch.manual_seed(settings["seed"])
    torch.set_num_threads(settings["threads"])
    source, target, asked = (
        torch.from_numpy(arrays[name]).long() for name in ("source", "target", "asked")
    )
    translator = Translator([torch.from_numpy(array) for array in first], settings["dropout"])
    optimizer = Adam(translator.parameters(), settings["rate"])
    for epoch in range(settings["epochs"]):
        loss = train(translator, optimizer, source, target, settings["batch"])
        print(f"epoch {epoch + 1}: {loss:.4f}", flush=True)
    translator.eval()
    ends = settings["start"], settings["stop"], settings["most"]
    with torch.inference_mode():
        likeliest = greedy(translator, asked, *ends)
        write(sys.argv[2], {"greedy": likeliest})
        search = settings["beams"], settings["penalty"]
        found = [beam(translator, row[None], *ends, *search) for row in asked]
    write(sys.argv[2], {"greedy": likeliest, "beam": found})
