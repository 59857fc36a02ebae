"""Names of Keras that are not here, and what does their work."""

from __future__ import annotations

from sunhwan._engine.config import nearest

_NO_GRADIENTS = (
    "there is no automatic differentiation: a loss of your own returns its value and its gradient, "
    "a layer writes forward and backward in NumPy, metrics are plain NumPy"
)
_INSTEAD = {
    "sunhwan": {
        "ops": _NO_GRADIENTS,
        "random": "use numpy.random",
        "applications": "there are no models of images",
        "mixed_precision": "all is computed in float32",
        "distribution": "there is one machine",
        "Variable": "a layer's add_weight makes variables",
        "Function": "call a Model",
    },
    "sunhwan.layers": {
        "Lambda": "use Cropping1D for x[:, n:], Reshape for another axis, Activation for a "
        "function, Normalization for a factor, or write a Layer with forward and backward",
        "ConvLSTM1D": "use TimeDistributed(Conv1D(...)), then Flatten in TimeDistributed and LSTM",
        "ConvLSTM2D": "use TimeDistributed(Conv2D(...)), then Flatten in TimeDistributed and LSTM",
        "ConvLSTM3D": "images have two axes here",
        "CuDNNLSTM": "use LSTM",
        "CuDNNGRU": "use GRU",
        "IntegerLookup": "use StringLookup on the numbers as strings",
        "CategoryEncoding": "use utils.to_categorical, or TextVectorization(output_mode=...)",
        "Hashing": "use preprocessing.text.hashing_trick",
        "Rescaling": "scale the data before, or use Normalization(mean=..., variance=...)",
        "SeparableConv1D": "use Conv1D(groups=...) and Conv1D(kernel_size=1)",
        "DepthwiseConv1D": "use Conv1D(groups=...)",
        "PReLU": "use LeakyReLU",
        "Identity": "use Activation('linear')",
        "AbstractRNNCell": "use Cell",
    },
    "sunhwan.utils": {
        "plot_model": "model.summary() prints the graph, callbacks.Board draws it",
        "Progbar": "use tqdm",
        "image_dataset_from_directory": "read images with Pillow",
    },
}


def absent(module: str, name: str, known: list[str]) -> AttributeError:
    """The error for a name that a module has not, with what to use in its place.

    Args:
        module: the module's name.
        name: what was asked for.
        known: the names that are there.

    >>> print(absent("sunhwan.layers", "CuDNNGRU", []))
    module 'sunhwan.layers' has no attribute 'CuDNNGRU': use GRU
    """
    message = f"module {module!r} has no attribute {name!r}"
    hint = _INSTEAD.get(module, {}).get(name)
    if module == "sunhwan.backend" and not name.startswith("_"):
        hint = _NO_GRADIENTS
    if hint is None and not name.startswith("_"):
        close = nearest(name, known)
        hint = f"did you mean {close[0]!r}?" if close else None
    return AttributeError(f"{message}: {hint}" if hint else message)
