"""The small number that Keras adds to what must not be zero."""

EPSILON = 1e-7  # keras.backend.epsilon()
