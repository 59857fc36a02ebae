"""Layers: what models are made of."""

from .average_pooling1d import AveragePooling1D
from .conv1d import Conv1D
from .embedding import Embedding
from .global_average_pooling1d import GlobalAveragePooling1D
from .global_max_pooling1d import GlobalMaxPooling1D
from .gru import GRU
from .input import Input, InputLayer
from .layer import Layer
from .lstm import LSTM
from .max_pooling1d import MaxPooling1D
from .registry import deserialize, get, serialize
from .simple_rnn import SimpleRNN
from .steps_layer import StepsLayer
from .text_vectorization import TextVectorization

GlobalAvgPool1D = GlobalAveragePooling1D
GlobalMaxPool1D = GlobalMaxPooling1D
MaxPool1D = MaxPooling1D
AvgPool1D = AveragePooling1D
Convolution1D = Conv1D

__all__ = [
    "GRU",
    "LSTM",
    "AveragePooling1D",
    "AvgPool1D",
    "Conv1D",
    "Convolution1D",
    "Embedding",
    "GlobalAveragePooling1D",
    "GlobalAvgPool1D",
    "GlobalMaxPool1D",
    "GlobalMaxPooling1D",
    "Input",
    "InputLayer",
    "Layer",
    "MaxPool1D",
    "MaxPooling1D",
    "SimpleRNN",
    "StepsLayer",
    "TextVectorization",
    "deserialize",
    "get",
    "serialize",
]
