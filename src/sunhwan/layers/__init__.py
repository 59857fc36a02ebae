"""Layers: what models are made of."""

from sunhwan._engine.absent import absent_names

from .activation import Activation
from .activation_layers import ELU, LeakyReLU, ReLU, Softmax
from .additive_attention import AdditiveAttention
from .attention import Attention
from .average_pooling1d import AveragePooling1D
from .average_pooling2d import AveragePooling2D
from .batch_normalization import BatchNormalization
from .bidirectional import Bidirectional
from .cell import Cell
from .concatenate import Concatenate
from .conv1d import Conv1D
from .conv1d_transpose import Conv1DTranspose
from .conv2d import Conv2D
from .cropping1d import Cropping1D
from .dense import Dense
from .dot import Dot
from .dropout import Dropout
from .embedding import Embedding
from .flatten import Flatten
from .gaussian_noise import GaussianNoise
from .global_average_pooling1d import GlobalAveragePooling1D
from .global_image_pooling import GlobalAveragePooling2D, GlobalMaxPooling2D
from .global_max_pooling1d import GlobalMaxPooling1D
from .gru import GRU
from .input import Input, InputLayer
from .layer import Layer
from .layer_normalization import LayerNormalization
from .lstm import LSTM
from .masking import Masking
from .max_pooling1d import MaxPooling1D
from .max_pooling2d import MaxPooling2D
from .merge_functions import (
    add,
    average,
    concatenate,
    dot,
    maximum,
    minimum,
    multiply,
    subtract,
)
from .multi_head_attention import MultiHeadAttention
from .multiply_and_extremes import Maximum, Minimum, Multiply
from .native_cells import GRUCell, LSTMCell, NativeCell, SimpleRNNCell
from .normalization import Normalization
from .permute import Permute
from .pointwise_merging import Add, Average, Subtract
from .recurrent import Recurrent
from .registry import deserialize, get, serialize
from .repeat_vector import RepeatVector
from .reshape import Reshape
from .rnn import RNN
from .simple_rnn import SimpleRNN
from .spatial_dropout1d import SpatialDropout1D
from .stacked_rnn_cells import StackedRNNCells
from .steps_layer import StepsLayer
from .string_lookup import StringLookup
from .text_vectorization import TextVectorization
from .time_distributed import TimeDistributed
from .up_sampling1d import UpSampling1D
from .zero_padding1d import ZeroPadding1D

GlobalAvgPool1D = GlobalAveragePooling1D
GlobalMaxPool1D = GlobalMaxPooling1D
MaxPool1D = MaxPooling1D
AvgPool1D = AveragePooling1D
Convolution1D = Conv1D
Convolution1DTranspose = Conv1DTranspose
GlobalAvgPool2D = GlobalAveragePooling2D
GlobalMaxPool2D = GlobalMaxPooling2D
MaxPool2D = MaxPooling2D
AvgPool2D = AveragePooling2D
Convolution2D = Conv2D

__all__ = [
    "ELU",
    "GRU",
    "LSTM",
    "RNN",
    "Activation",
    "Add",
    "AdditiveAttention",
    "Attention",
    "Average",
    "AveragePooling1D",
    "AveragePooling2D",
    "AvgPool1D",
    "AvgPool2D",
    "BatchNormalization",
    "Bidirectional",
    "Cell",
    "Concatenate",
    "Conv1D",
    "Conv1DTranspose",
    "Conv2D",
    "Convolution1D",
    "Convolution1DTranspose",
    "Convolution2D",
    "Cropping1D",
    "Dense",
    "Dot",
    "Dropout",
    "Embedding",
    "Flatten",
    "GRUCell",
    "GaussianNoise",
    "GlobalAveragePooling1D",
    "GlobalAveragePooling2D",
    "GlobalAvgPool1D",
    "GlobalAvgPool2D",
    "GlobalMaxPool1D",
    "GlobalMaxPool2D",
    "GlobalMaxPooling1D",
    "GlobalMaxPooling2D",
    "Input",
    "InputLayer",
    "LSTMCell",
    "Layer",
    "LayerNormalization",
    "LeakyReLU",
    "Masking",
    "MaxPool1D",
    "MaxPool2D",
    "MaxPooling1D",
    "MaxPooling2D",
    "Maximum",
    "Minimum",
    "MultiHeadAttention",
    "Multiply",
    "NativeCell",
    "Normalization",
    "Permute",
    "ReLU",
    "Recurrent",
    "RepeatVector",
    "Reshape",
    "SimpleRNN",
    "SimpleRNNCell",
    "Softmax",
    "SpatialDropout1D",
    "StackedRNNCells",
    "StepsLayer",
    "StringLookup",
    "Subtract",
    "TextVectorization",
    "TimeDistributed",
    "UpSampling1D",
    "ZeroPadding1D",
    "add",
    "average",
    "concatenate",
    "deserialize",
    "dot",
    "get",
    "maximum",
    "minimum",
    "multiply",
    "serialize",
    "subtract",
]


__getattr__ = absent_names(__name__, __all__)
