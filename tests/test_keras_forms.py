"""How single layers of Keras's configs are understood."""

import numpy as np
import pytest

import sunhwan as sh
from sunhwan.interop.keras_layers import translate_layer
from sunhwan.interop.keras_training import _loss, _metrics


def translate(kind, generation=2, **config):
    layer = translate_layer({"class_name": kind, "config": {"name": "a", **config}}, generation)
    return layer, sh.layers.deserialize(layer.form)


def test_a_gru_that_says_nothing_of_reset_after_is_an_old_one():
    assert not translate("GRU", units=3)[1].reset_after
    assert translate("GRU", units=3, reset_after=True)[1].reset_after
    assert translate("CuDNNGRU", units=3)[1].reset_after


def test_old_spellings():
    layer, ours = translate("BatchNormalization", axis=[2], fused=True, dtype="float32")
    assert (ours.axis, layer.converts) == (2, False)
    normal = {
        "class_name": "VarianceScaling",
        "config": {"distribution": "normal", "dtype": "float32"},
    }
    dense = translate("Dense", units=2, kernel_initializer=normal)[1]
    assert dense.kernel_initializer.distribution == "truncated_normal"
    assert translate("Dense", units=2, batch_input_shape=[None, 3])[1].units == 2


def test_the_hard_sigmoid_of_keras_2_is_made_by_weights_or_refused():
    layer, _ = translate("GRU", units=2, recurrent_activation="hard_sigmoid")
    (scaled,) = layer.conversions[0]([np.ones((1, 6), np.float32)])
    np.testing.assert_allclose(scaled, [[1.2, 1.2, 1.2, 1.2, 1, 1]], rtol=1e-6)
    assert not translate("GRU", 3, units=2, recurrent_activation="hard_sigmoid")[0].converts
    for kind, arguments in [("Activation", {}), ("LSTM", {"units": 2})]:
        with pytest.raises(ValueError, match=rf"layer 'a' \({kind}\): argument 'activation'"):
            translate(kind, activation="hard_sigmoid", **arguments)


def test_losses_and_metrics_in_their_old_forms():
    assert _loss("kullback_leibler_divergence").__name__ == "kl_divergence"
    form = {
        "class_name": "MeanSquaredError",
        "config": {"reduction": "auto", "name": "m", "fn": "x"},
    }
    assert _loss({"out": form}).reduction == "sum_over_batch_size"
    wrapped = {
        "class_name": "MeanMetricWrapper",
        "config": {"name": "acc", "fn": "binary_accuracy"},
    }
    assert _metrics([[wrapped, "mae"]])[0].name == "acc"
    with pytest.raises(ValueError, match="argument 'curvature' is not known here"):
        _metrics([{"class_name": "AUC", "config": {"curvature": 2}}])


def test_layers_of_the_user():
    class Twice(sh.Layer):
        def __init__(self, factor=2, **kwargs):
            super().__init__(**kwargs)
            self.factor = factor

        def forward(self, x, context):
            return self.factor * x

        def backward(self, dy, context):
            return self.factor * dy

    form = {
        "class_name": "Twice",
        "module": "mine",
        "registered_name": "mine>Twice",
        "config": {"name": "t", "factor": 3, "dtype": {"config": {"name": "float32"}}},
    }
    with pytest.raises(ValueError, match=r"'t' \(Twice\) names mine.Twice"):
        translate_layer(form, 3)
    for name in ("mine>Twice", "Twice"):
        with sh.utils.custom_object_scope({name: Twice}):
            assert sh.layers.deserialize(translate_layer(form, 3).form).factor == 3
