"""Masks that a program passes on by hand, as Keras's programs do."""

import numpy as np
import pytest

import sunhwan as sh
from sunhwan import layers


def test_the_mask_that_goes_along_may_be_passed_on():
    ids = sh.Input((6,))
    table = layers.Embedding(9, 4, mask_zero=True)
    reader, judge = layers.LSTM(3, return_sequences=True), layers.GRU(2)
    x, mask = table(ids), table.compute_mask(ids)
    by_hand = judge(layers.Dense(5)(reader(x, mask=mask)), mask=mask)
    model = sh.Model(ids, by_hand)
    x = np.random.default_rng(0).integers(0, 9, (5, 6))
    alone = sh.Sequential(model.layers[1:])
    np.testing.assert_array_equal(model.predict(x, verbose=0), alone.predict(x, verbose=0))


def test_masking_and_a_subclass():
    class Own(sh.Model):
        def __init__(self):
            super().__init__()
            self.masking, self.reader = layers.Masking(), layers.GRU(2)

        def call(self, inputs, mask=None):
            mask = self.masking.compute_mask(inputs)
            return self.reader(self.masking(inputs), mask=mask)

    x = np.random.default_rng(0).normal(size=(4, 5, 3))
    x[:2, :3] = 0
    model = Own()
    alone = sh.Sequential([layers.Input((5, 3)), layers.Masking(), layers.GRU(2)])
    predictions = model.predict(x, verbose=0)
    alone.set_weights(model.get_weights())
    np.testing.assert_array_equal(predictions, alone.predict(x, verbose=0))


@pytest.mark.parametrize("named", [True, False])
def test_attention_takes_the_masks_of_its_inputs(named):
    said, read = sh.Input((5,)), sh.Input((6,))
    table = layers.Embedding(9, 4, mask_zero=True)
    masks = [table.compute_mask(said), table.compute_mask(read)]
    if named:
        heads = layers.MultiHeadAttention(2, 3)
        mixed = heads(table(said), table(read), query_mask=masks[0], value_mask=masks[1])
    else:
        mixed = layers.Attention()([table(said), table(read)], mask=masks)
    merged = layers.Add()([mixed, layers.Dense(4)(table(said))])
    output = layers.LSTM(2)(merged, mask=masks[0])
    assert sh.Model([said, read], output).output_shape == (None, 2)


def test_other_masks_are_refused():
    ids, others = sh.Input((6,)), sh.Input((6,))
    table = layers.Embedding(9, 4, mask_zero=True, name="table")
    x, other = table(ids), table.compute_mask(others)
    gru = layers.GRU(2, name="gru")
    with pytest.raises(ValueError, match=r"layer 'gru' takes only the mask that goes along with"):
        gru(x, mask=other)
    with pytest.raises(ValueError, match=r"anyway \(none does\), got <the mask of layer 'table'>"):
        gru(layers.Conv1D(3, 2, padding="same")(x), mask=table.compute_mask(ids))
    with pytest.raises(ValueError, match="takes only the mask"):
        gru(layers.Add()([x, table(others)]), mask=other)
    with pytest.raises(ValueError, match=r"takes a mask for each of its inputs, 2, got 3"):
        layers.Add()([x, x], mask=[None, None, None])
    with pytest.raises(ValueError, match="takes only the mask"):
        gru(x, mask=np.ones((2, 6), bool))
