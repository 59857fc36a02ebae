"""The layers of images, and those that leave out, repeat or add steps."""

from itertools import product

from golden.fixture import Recording
from golden.numbers import generator, normal
from golden.record_layer import record_layer
from golden.specs import spec


def record_images(to: Recording) -> None:
    """Record Conv2D and the pooling of images, also step by step."""
    for padding, size, step in product(["valid", "same"], [(1, 1), (2, 3), (3, 3)], [1, 2]):
        for strides, dilation in sorted({((step, step), (1, 1)), ((1, 1), (step, 1))}):
            name = f"conv/{padding}_{size}_{strides}_{dilation}"
            how = {"kernel_size": size, "strides": strides, "dilation_rate": dilation}
            layer = spec("Conv2D", filters=3, padding=padding, activation="tanh", **how)
            record_layer(to, name, layer, normal(generator(f"{name} x"), 2, 7, 6, 2))
    for kind, padding, size, strides in product(
        ["Max", "Average"], ["valid", "same"], [(2, 2), (3, 2)], [None, (1, 2)]
    ):
        name = f"{kind}/{padding}_{size}_{strides}"
        layer = spec(f"{kind}Pooling2D", pool_size=size, strides=strides, padding=padding)
        record_layer(to, name, layer, normal(generator(f"{name} x"), 2, 7, 5, 3))
    for kind, keepdims in product(["Max", "Average"], [False, True]):
        name = f"Global{kind}/keepdims_{keepdims}"
        layer = spec(f"Global{kind}Pooling2D", keepdims=keepdims)
        record_layer(to, name, layer, normal(generator(f"{name} x"), 2, 4, 3, 5))
    layer = spec("TimeDistributed", layer=spec("Conv2D", filters=2, kernel_size=2))
    x = normal(generator("images step by step"), 2, 3, 4, 5, 2)
    record_layer(to, "time_distributed", layer, x)


def record_moved_steps(to: Recording) -> None:
    """Record ZeroPadding1D, Cropping1D and UpSampling1D."""
    for kind, name, values in [
        ("ZeroPadding1D", "padding", [1, (2, 0), (0, 3)]),
        ("Cropping1D", "cropping", [1, (2, 0), (0, 3)]),
        ("UpSampling1D", "size", [1, 2, 3]),
    ]:
        for value in values:
            case = f"{kind}/{value}"
            x = normal(generator(f"{case} x"), 2, 5, 3)
            record_layer(to, case, spec(kind, **{name: value}), x)
