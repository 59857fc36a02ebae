"""Layers: what models are made of."""

from .input import Input, InputLayer
from .layer import Layer
from .registry import deserialize, get, serialize
from .steps_layer import StepsLayer
from .text_vectorization import TextVectorization

__all__ = [
    "Input",
    "InputLayer",
    "Layer",
    "StepsLayer",
    "TextVectorization",
    "deserialize",
    "get",
    "serialize",
]
