"""State dicts of PyTorch as modules: which keys belong together, and what they are."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

_RECURRENT = re.compile(r"^(.*?)(weight|bias)_(ih|hh|hr)_l(\d+)(_reverse)?$")
_PLAIN = re.compile(r"^(?:(.*)\.)?(weight|bias|running_mean|running_var|num_batches_tracked)$")
_COUNTERS = ("num_batches_tracked",)  # of batch norms, which nothing computes with


@dataclass
class Module:
    """One layer's arrays; of a stack of recurrent layers, one for each.

    Attributes:
        name: of the module, such as `"encoder.lstm"`; the empty text where a state dict is one
            module's own.
        level: number of the layer in a recurrent stack, else `None`.
        arrays: by what the module calls them, `"weight"`, `"weight_ih"`, `"bias_hh_reverse"`.
    """

    name: str
    level: int | None
    arrays: dict[str, np.ndarray]

    def __str__(self) -> str:
        level = "" if self.level is None else f", layer {self.level}"
        shapes = ", ".join(f"{key} {array.shape}" for key, array in self.arrays.items())
        return f"{self.name!r}{level} ({shapes})"


def read_state(source: Any) -> tuple[dict[str, Any], bool]:
    """The arrays of a state dict by their keys, and whether their order is the module's own.

    Args:
        source: a dict, or the path of a `.safetensors` file, which orders its keys as it likes.

    Raises:
        FileNotFoundError: there is no such file.
        TypeError: it is neither a dict nor a path.
        ValueError: the file is of another kind.
    """
    if isinstance(source, Mapping):
        return dict(source), True
    if not isinstance(source, (str, os.PathLike)):
        raise TypeError(
            "a state dict must be a dict of arrays, or the path of a '.safetensors' file, "
            f"got {type(source).__name__}"
        )
    from safetensors import SafetensorError, safe_open

    path = Path(source)
    if path.suffix != ".safetensors":
        raise ValueError(
            f"state dicts are read from '.safetensors' files, got {str(path)!r}: a file of "
            "torch.save is pickled, which can run code; where you have PyTorch, save anew by "
            "safetensors.torch.save_file(module.state_dict(), 'x.safetensors')"
        )
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}")
    try:
        with safe_open(path, "np") as file:
            return {key: file.get_tensor(key) for key in file.keys()}, False  # noqa: SIM118
    except (SafetensorError, TypeError) as error:
        raise ValueError(f"{path} is no '.safetensors' file that can be read: {error}") from None


def modules_in(state: Mapping[str, Any]) -> list[Module]:
    """The modules of a state dict, in the order of their first keys, stacks from below.

    Raises:
        ValueError: a key belongs to no module that is known here, or holds no numbers.
    """
    found: dict[tuple[str, int | None], Module] = {}
    for key, value in state.items():
        recurrent, plain = _RECURRENT.match(key), _PLAIN.match(key)
        if recurrent is not None:
            name, level = recurrent[1].rstrip("."), int(recurrent[4])
            part = f"{recurrent[2]}_{recurrent[3]}{recurrent[5] or ''}"
        elif plain is not None:
            name, level, part = plain[1] or "", None, plain[2]
        else:
            raise ValueError(
                f"key {key!r} belongs to no module that is known here: RNN, LSTM, GRU, Embedding, "
                "Linear, Conv1d, Conv2d, LayerNorm, BatchNorm1d, BatchNorm2d"
            )
        if part in _COUNTERS:
            continue
        if part.startswith("weight_hr"):
            raise ValueError(f"key {key!r}: an LSTM with proj_size is not known here")
        module = found.setdefault((name, level), Module(name, level, {}))
        module.arrays[part] = _numbers(key, value)
    places = {name: place for place, (name, _) in reversed(list(enumerate(found)))}
    return sorted(found.values(), key=lambda one: (places[one.name], one.level or 0))


def _numbers(key: str, value: Any) -> np.ndarray:
    """A tensor or array as float32."""
    if hasattr(value, "detach"):
        value = value.detach().cpu().float()
    try:
        if np.iscomplexobj(value):
            raise TypeError
        with np.errstate(over="ignore"):
            return np.asarray(value, dtype=np.float32)
    except (TypeError, ValueError):
        raise ValueError(f"key {key!r} must hold numbers, got {type(value).__name__}") from None
