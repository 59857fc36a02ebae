"""The order in which a training takes the batches of a `PyDataset`."""

import itertools

import numpy as np
import pytest
from backup_case import Interrupt, build, data

import sunhwan as sh
from sunhwan import callbacks
from sunhwan.preprocessing.timeseries_generator import TimeseriesGenerator

COUNT = 9


class Batches(sh.utils.PyDataset):
    """Batches that remember in what order they were asked for."""

    def __init__(self):
        super().__init__()
        self.asked = []

    def __len__(self):
        return COUNT

    def __getitem__(self, index):
        self.asked.append(index)
        x, y = data()
        return x[4 * index : 4 * index + 4], y[4 * index : 4 * index + 4]


class Endless(Batches):
    num_batches = None

    def __getitem__(self, index):
        return super().__getitem__(index % COUNT)


class Nameless(sh.utils.PyDataset):
    def __getitem__(self, index):
        return data()


def train(source, epochs=3, seed=4, **keywords):
    """The weights after a training, and the numbers of the batches, an epoch each."""
    model = build(seed)
    model.fit(source, epochs=epochs, verbose=0, doctor=False, **keywords)
    return [weight.tobytes() for weight in model.get_weights()], source.asked


def epochs_of(asked, size):
    return [asked[first : first + size] for first in range(0, len(asked), size)]


def test_each_epoch_has_an_order_of_its_own():
    asked = train(Batches())[1]
    epochs = epochs_of(asked, COUNT)
    assert [sorted(epoch) for epoch in epochs] == 3 * [list(range(COUNT))]
    assert len(set(map(tuple, [*epochs, range(COUNT)]))) == 4
    assert train(Batches())[1] == asked
    assert train(Batches(), seed=5)[1] != asked


def test_the_order_is_kept_where_nothing_is_shuffled():
    assert train(Batches(), shuffle=False)[1] == 3 * list(range(COUNT))
    source = Batches()
    generator = (source[index % COUNT] for index in itertools.count())
    build().fit(generator, epochs=2, steps_per_epoch=5, verbose=0, doctor=False)
    assert source.asked == [index % COUNT for index in range(10)]
    source = Batches()
    build().evaluate(source, verbose=0)
    assert source.asked == list(range(COUNT))


def test_short_epochs_go_on_through_all_batches():
    # Keras: the third epoch has what is left, the fourth begins again.
    asked = train(Batches(), epochs=5, steps_per_epoch=4)[1]
    assert len(asked) == 9 + 8
    assert sorted(asked[:9]) == list(range(9))
    assert len(set(asked[9:])) == 8
    assert asked[:8] != asked[9:]
    plain = train(Batches(), epochs=5, steps_per_epoch=4, shuffle=False)[1]
    assert plain == [*range(9), *range(8)]


@pytest.mark.parametrize("kind", [Batches, Endless])
@pytest.mark.parametrize("limit", [None, 4, 20])
def test_goes_on_to_the_same_bits(tmp_path, kind, limit):
    if kind is Endless and limit is None:
        with pytest.raises(ValueError, match=r"Endless.num_batches is None.*steps_per_epoch"):
            train(kind())
        return
    how = {"epochs": 5, "steps_per_epoch": limit}
    expected, order = train(kind(), **how)
    for stops in (3, 8, 9, 13):
        keep = callbacks.BackupAndRestore(tmp_path / f"{stops}", save_freq=1)
        with pytest.raises(KeyboardInterrupt):
            train(kind(), callbacks=[keep, Interrupt(stops)], **how)
        weights, asked = train(kind(), callbacks=[keep], **how)
        assert weights == expected
        assert asked == order[stops - 1 :]  # the last one was done, but not kept


def test_windows_of_keras_2_are_shuffled():
    series = np.arange(40.0)[:, None]
    windows = TimeseriesGenerator(series, series, length=3, batch_size=5)
    assert isinstance(windows, sh.utils.PyDataset)
    assert len(list(windows)) == len(windows)


def test_a_data_set_says_how_many_batches_it_has():
    with pytest.raises(NotImplementedError, match="Nameless must write __len__: how many"):
        build().fit(Nameless(), verbose=0)
    with pytest.raises(TypeError, match="__getitem__"):
        type("Empty", (sh.utils.PyDataset,), {})()
