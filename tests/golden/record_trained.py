"""Keras on TensorFlow as a trainer: its dtype, and gradients of embeddings summed by row.

Float64 needs the TensorFlow backend: on the others, Keras quietly computes matrix products of
float64 in float32. But there Keras hands the optimizer an embedding's gradient one occurrence at a
time, so that RMSprop, Adam and clipping see `sum(g ** 2)` over the occurrences of a row where their
formulae, and Keras on JAX and PyTorch, have `sum(g) ** 2`. So gradients are made dense here.
"""

from typing import Any

import keras
import tensorflow as tf


def compute_in(dtype: str) -> None:
    """Make `dtype` that of new layers, losses and optimizers."""
    keras.config.set_floatx(dtype)
    keras.config.set_dtype_policy(dtype)


def with_exact_betas(optimizer: Any) -> Any:
    """Give `optimizer` its betas in the dtype of the computation.

    Keras casts these Python numbers by way of float32, whatever the dtype: its `1 - 0.999 ** step`
    is 1.3e-5 too small, and every update of Adam 6e-6. Recorded in float64 is the formula.
    """
    if keras.config.floatx() == "float64":
        for name in ("beta_1", "beta_2"):
            if hasattr(optimizer, name):
                setattr(optimizer, name, tf.constant(getattr(optimizer, name), tf.float64))
    return optimizer


class Trained(keras.Sequential):
    """A Sequential whose step is Keras's own but for the dense gradients."""

    def train_step(self, data: Any) -> dict[str, Any]:
        """Take one step and return the loss before it."""
        x, y = data[:2]
        with tf.GradientTape() as tape:
            loss = self.compute_loss(x=x, y=y, y_pred=self(x, training=True))
        weights = self.trainable_weights
        gradients = [tf.convert_to_tensor(g) for g in tape.gradient(loss, weights)]
        self.optimizer.apply_gradients(zip(gradients, weights, strict=True))
        return {"loss": loss}
