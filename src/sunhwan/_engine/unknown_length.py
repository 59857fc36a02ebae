"""What a layer raises that cannot be built before data came."""


class UnknownLengthError(ValueError):
    """An axis of the input has no fixed length yet, and the layer's parameters need it."""
