"""Checks of what `TextVectorization` is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sunhwan._engine.arguments import check_flag, optional_count
from sunhwan._engine.custom_objects import find
from sunhwan.preprocessing.text import SPLITS, STANDARDIZATIONS, check_choice

if TYPE_CHECKING:
    from .text_vectorization import TextVectorization

_OUTPUT_MODES = ("int", "multi_hot", "count", "tf_idf")


def check_arguments(layer: TextVectorization) -> None:
    """Check what a layer was made with; `ValueError` naming the first argument that is wrong."""
    check_choice("standardize", layer.standardize, STANDARDIZATIONS)
    check_choice("split", layer.split, SPLITS)
    if layer.output_mode not in _OUTPUT_MODES:
        raise ValueError(f"output_mode must be one of {_OUTPUT_MODES}, got {layer.output_mode!r}")
    for flag in ("pad_to_max_tokens", "sparse", "ragged"):
        check_flag(flag, getattr(layer, flag))
    optional_count("max_tokens", layer.max_tokens, 2)
    optional_count("output_sequence_length", layer.output_sequence_length)
    for size in layer.ngrams if isinstance(layer.ngrams, tuple) else (layer.ngrams,):
        optional_count("ngrams", size)
    if not isinstance(layer.encoding, str):
        raise ValueError(f"encoding must be a name such as 'utf-8', got {layer.encoding!r}")
    if layer.output_mode != "int" and (layer.ragged or layer.output_sequence_length is not None):
        raise ValueError(
            f"ragged and output_sequence_length need output_mode='int', got {layer.output_mode!r}"
        )
    if layer.pad_to_max_tokens and layer.max_tokens is None:
        raise ValueError("pad_to_max_tokens needs max_tokens, got None")
    if layer.sparse:
        raise ValueError("sparse must be false: there are no sparse arrays here, got True")


def named_function(how: Any) -> Any:
    """Return the function that a config names; words and functions stay."""
    if not isinstance(how, dict):
        return how
    name = str(how.get("config"))
    function = find(how.get("registered_name")) or find(name)
    if function is None:
        raise ValueError(
            f"the function {name!r} of a TextVectorization is not known: pass it as "
            f"custom_objects={{{name!r}: ...}}"
        )
    return function
