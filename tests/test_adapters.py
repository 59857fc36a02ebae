"""Each adapter's backward is the transpose of its forward."""

import numpy as np
import pytest

from sunhwan._engine.adapters import Fill, Gather
from sunhwan._engine.adapting import adapters_for
from sunhwan._engine.arena import Arena
from sunhwan._engine.array_adapters import ToArray, ToSequences
from sunhwan._engine.context import Context
from sunhwan._engine.form import Form
from sunhwan._engine.packing import Tokenizer, pack_ids, pack_ragged, take_batch
from sunhwan._engine.sequences import Head, Sequences
from sunhwan.layers import StepsLayer

VOCABULARY, FEATURES = 9, 3


def token_batch(mask_zero, seed=0):
    rng = np.random.default_rng(seed)
    ids = rng.integers(1, VOCABULARY, (5, 7)).astype(np.int32)
    ids[0], ids[1, :3], ids[2, 4:], ids[3, 2] = 0, 0, 0, 0
    batch = Tokenizer(VOCABULARY)(take_batch(pack_ids(ids, mask_zero), np.arange(5)))
    table = rng.standard_normal((VOCABULARY, FEATURES)).astype(np.float32)
    batch.head.tokens = table[batch.head.tokens]
    return batch, table[ids]


def context_for(head):
    arena = Arena()
    context = Context(arena, training=True, wants_dx=True)
    context.head = head
    context.dhead = None if head is None else head.zeros_like(arena.zeros)
    return context


def gathered(batch):
    """The batch with values in place of tokens."""
    head = batch.head
    rows = head.tokens[head.row_index] if len(head.row_index) else None
    return Sequences(batch.layout, head.tokens[batch.index], head=Head(rows=rows))


def unsorted(values, layout):
    dense = np.empty((layout.rows, layout.width, *values.shape[1:]), np.float32)
    dense[layout.order] = values.reshape(dense.shape)
    return dense


@pytest.mark.parametrize("mask_zero", [False, True])
def test_gather_then_fill_gives_the_padded_values(mask_zero):
    batch, dense = token_batch(mask_zero)
    context = context_for(batch.head)
    gather = Gather()
    head = gather.forward_head(batch.head, context)
    values = gather.forward(batch, context)
    values.head = head
    filled = Fill().forward(values, context_for(head))
    np.testing.assert_array_equal(unsorted(filled.values, batch.layout), dense)


@pytest.mark.parametrize("mask_zero", [False, True])
def test_fill_keeps_tokens_where_it_can(mask_zero):
    batch, dense = token_batch(mask_zero)
    context = context_for(batch.head)
    fill = Fill()
    head = fill.forward_head(batch.head, context)
    filled = fill.forward(batch, context)
    np.testing.assert_array_equal(unsorted(head.tokens[filled.index], batch.layout), dense)


@pytest.mark.parametrize("absent", ["none", "constant", "previous"])
def test_backward_of_fill_is_the_transpose(absent):
    batch, _ = token_batch(mask_zero=absent != "none")
    x = gathered(batch)
    x.layout = x.layout.with_absent(absent)
    context = context_for(x.head)
    fill = Fill()
    fill.forward_head(x.head, context)
    y = fill.forward(x, context).values.copy()
    dy = np.random.default_rng(1).standard_normal(y.shape).astype(np.float32)
    dx = fill.backward(dy, context)
    into_inputs = np.vdot(dx, x.values) + np.vdot(context.dhead.rows, x.head.rows)
    np.testing.assert_allclose(np.vdot(dy, y), into_inputs, rtol=1e-5)


@pytest.mark.parametrize("mask_zero", [False, True])
def test_backward_of_gather_is_the_transpose(mask_zero):
    batch, _ = token_batch(mask_zero)
    context = context_for(batch.head)
    gather = Gather()
    head = gather.forward_head(batch.head, context)
    y = gather.forward(batch, context).values.copy()
    rng = np.random.default_rng(2)
    dy = rng.standard_normal(y.shape).astype(np.float32)
    dhead = Head(rows=rng.standard_normal(head.rows.shape).astype(np.float32))
    gather.backward(dy, context)
    gather.backward_head(dhead, context)
    given = np.vdot(dy, y) + np.vdot(dhead.rows, head.rows)
    np.testing.assert_allclose(given, np.vdot(context.dhead.tokens, batch.head.tokens), rtol=1e-5)


def test_arrays_and_dense_sequences_are_one_memory():
    values = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
    context = context_for(None)
    context.rows = np.array([4, 9])
    there = ToSequences().forward(values, context)
    back = ToArray("layer 'flatten'").forward(there, context_for(None))
    assert np.shares_memory(back, values)
    np.testing.assert_array_equal(back, values)
    np.testing.assert_array_equal(there.layout.order, [4, 9])


def test_ragged_rows_cannot_be_an_array():
    x = pack_ragged([np.zeros((2, 1), np.float32), np.zeros((3, 1), np.float32)])
    with pytest.raises(ValueError, match=r"'flatten' needs rows of one length, got rows of 2 to 3"):
        ToArray("layer 'flatten'").forward(x, context_for(None))


class Picky(StepsLayer):
    kept: frozenset[str] = frozenset()

    def keeps(self, training):
        return self.kept

    def apply(self, values, context, saved):
        return values

    def apply_backward(self, dvalues, context, saved):
        return dvalues


def test_adapters_remove_what_a_layer_does_not_keep():
    form = Form(sequences=True, tokens=True, shared=True)
    layer = Picky()

    def names():
        return [type(adapter).__name__ for adapter in adapters_for(layer, form, training=False)]

    assert names() == ["Fill", "Gather"]
    layer.kept = frozenset({"tokens"})
    assert names() == ["Fill"]
    layer.kept = frozenset({"shared"})
    assert names() == ["Gather"]
    layer.takes = "array"
    assert names() == ["Fill", "Gather", "ToArray"]
