"""Layers: what models are made of."""

from .average_pooling1d import AveragePooling1D
from .conv1d import Conv1D
from .global_average_pooling1d import GlobalAveragePooling1D
from .global_max_pooling1d import GlobalMaxPooling1D
from .input import Input, InputLayer
from .layer import Layer
from .max_pooling1d import MaxPooling1D
from .registry import deserialize, get, serialize
from .steps_layer import StepsLayer
from .text_vectorization import TextVectorization

GlobalAvgPool1D = GlobalAveragePooling1D
GlobalMaxPool1D = GlobalMaxPooling1D
MaxPool1D = MaxPooling1D
AvgPool1D = AveragePooling1D
Convolution1D = Conv1D

__all__ = [
    "AveragePooling1D",
    "AvgPool1D",
    "Conv1D",
    "Convolution1D",
    "GlobalAveragePooling1D",
    "GlobalAvgPool1D",
    "GlobalMaxPool1D",
    "GlobalMaxPooling1D",
    "Input",
    "InputLayer",
    "Layer",
    "MaxPool1D",
    "MaxPooling1D",
    "StepsLayer",
    "TextVectorization",
    "deserialize",
    "get",
    "serialize",
]
