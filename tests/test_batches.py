"""Batches that tutorials make: windows over series, texts in folders; and `fit` on them."""

import numpy as np
import pytest

import sunhwan as sh
from sunhwan import layers
from sunhwan.preprocessing import (
    Batches,
    text_dataset_from_directory,
    timeseries_dataset_from_array,
)
from sunhwan.preprocessing.sequence import TimeseriesGenerator

SERIES = np.random.default_rng(0).standard_normal((50, 3))
GOALS = np.arange(50.0)


def joined(batches):
    return tuple(np.concatenate(part) for part in zip(*batches, strict=True))


@pytest.mark.parametrize(
    ("length", "stride", "rate", "size", "start", "end"),
    [
        (5, 1, 1, 7, None, None),
        (4, 3, 2, 2, 6, 41),
        (1, 1, 1, 128, 10, None),
        (3, 2, 5, 1, None, 30),
    ],
)
def test_windows_are_those_of_the_definition(length, stride, rate, size, start, end):
    batches = timeseries_dataset_from_array(
        SERIES, GOALS, length, stride, rate, size, start_index=start, end_index=end
    )
    part, goals = SERIES[start:end], GOALS[start:end]
    firsts = range(0, len(part) - (length - 1) * rate, stride)
    x, y = joined(batches)
    np.testing.assert_array_equal(
        x, [part[first : first + length * rate : rate] for first in firsts]
    )
    np.testing.assert_array_equal(y, goals[list(firsts)])
    assert len(batches) == len(list(batches)) == -(-len(firsts) // size)


def test_shuffled_windows_keep_their_targets_and_come_anew():
    windows = timeseries_dataset_from_array(GOALS, GOALS, 3, batch_size=8, shuffle=True, seed=4)
    again = timeseries_dataset_from_array(GOALS, GOALS, 3, batch_size=8, shuffle=True, seed=4)
    (x, y), (later, _), (same, _) = joined(windows), joined(windows), joined(again)
    np.testing.assert_array_equal(x[:, 0], y)
    np.testing.assert_array_equal(same, x)
    assert sorted(y) == list(range(48)) == sorted(later[:, 0])
    assert y.tolist() != sorted(y)
    assert (x != later).any()


def test_windows_without_targets_or_batches():
    (x,) = timeseries_dataset_from_array(SERIES, None, 5, batch_size=64)
    assert x.shape == (46, 5, 3)
    x, y = next(iter(timeseries_dataset_from_array(SERIES, GOALS[:7], 5, batch_size=None)))
    assert (x.shape, y) == ((5, 3), 0.0)
    assert len(timeseries_dataset_from_array(SERIES, GOALS[:7], 5, batch_size=None)) == 7


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((SERIES, GOALS, 0), "sequence_length must be a positive integer, got 0"),
        ((SERIES, GOALS, 51), "needs 51 steps, got 50"),
        ((SERIES, GOALS, 5, 1, 1, 8, "yes"), "shuffle must be True or False, got 'yes'"),
        ((["a"], None, 1), "data must hold numbers"),
        ((SERIES, [], 5), "targets must have steps from 0 on"),
        ((SERIES, GOALS, 5, 1, 1, 8, False, None, 9, 9), "start_index must be below end_index"),
    ],
)
def test_wrong_windows(arguments, message):
    with pytest.raises(ValueError, match=message):
        timeseries_dataset_from_array(*arguments)


@pytest.mark.parametrize("how", [{}, {"sampling_rate": 2, "stride": 3, "reverse": True}], ids=str)
def test_the_generator_of_keras_2(how):
    batches = TimeseriesGenerator(SERIES, GOALS, 6, start_index=2, batch_size=4, **how)
    x, y = joined(batches[index] for index in range(len(batches)))
    ends = np.arange(8, 50, how.get("stride", 1))
    np.testing.assert_array_equal(y, GOALS[ends])
    order = -1 if how.get("reverse") else 1
    expected = [SERIES[end - 6 : end : how.get("sampling_rate", 1)][::order] for end in ends]
    np.testing.assert_array_equal(x, expected)
    with pytest.raises(ValueError, match="do not fit into 50 steps"):
        TimeseriesGenerator(SERIES, GOALS, 50)
    with pytest.raises(ValueError, match="must have as many steps"):
        TimeseriesGenerator(SERIES, GOALS[:9], 5)


@pytest.fixture
def folder(tmp_path):
    for number, name in enumerate(("bad", "good", ".git")):
        (tmp_path / name / "deep").mkdir(parents=True)
        for file in range(10):
            text = f"영화 {name} {file}" if file % 2 else f"a {name} film {file}"
            place = "deep/" if file > 7 else ""
            (tmp_path / name / f"{place}{file}.txt").write_text(text, encoding="utf-8")
        (tmp_path / name / "notes.md").write_text(str(number))
    return tmp_path


def test_texts_and_their_labels(folder, capsys):
    batches = text_dataset_from_directory(folder, batch_size=6, shuffle=False)
    assert capsys.readouterr().out == "Found 20 files belonging to 2 classes.\n"
    texts, labels = joined(batches)
    assert batches.class_names == ["bad", "good"]
    assert texts[0] == "a bad film 0"
    assert labels.tolist() == [0] * 10 + [1] * 10
    assert all(("good" in text) == label for text, label in zip(texts, labels, strict=True))


def test_two_subsets_share_no_file(folder, capsys):
    how = {"validation_split": 0.2, "seed": 3, "batch_size": 5}
    train = text_dataset_from_directory(folder, subset="training", **how)
    held_out = text_dataset_from_directory(folder, subset="validation", **how)
    assert "Using 16 files for training.\n" in capsys.readouterr().out
    seen = [set(joined(part)[0]) for part in (train, held_out)]
    assert [len(part) for part in seen] == [16, 4]
    assert not seen[0] & seen[1]
    both = text_dataset_from_directory(folder, subset="both", verbose=False, **how)
    assert [set(joined(part)[0]) for part in both] == seen


def test_kinds_of_labels(folder):
    how = {"shuffle": False, "verbose": False, "batch_size": 20}
    ((_, binary),) = text_dataset_from_directory(folder, label_mode="binary", **how)
    ((_, rows),) = text_dataset_from_directory(folder, label_mode="categorical", **how)
    (texts,) = text_dataset_from_directory(folder, label_mode=None, max_length=3, **how)
    ((_, own),) = text_dataset_from_directory(folder / "bad", labels=list(range(10)), **how)
    assert (binary.shape, binary.dtype, rows.shape) == ((20, 1), np.float32, (20, 2))
    assert set(map(len, texts)) == {3}
    assert own.tolist() == list(range(10))
    turned = text_dataset_from_directory(folder, class_names=["good", "bad"], **how)
    assert next(iter(turned))[1].tolist() == [0] * 10 + [1] * 10
    assert "good" in next(iter(turned))[0][0]


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"label_mode": "one_hot"}, "label_mode must be 'int'"),
        ({"validation_split": 0.2, "subset": "training"}, "seed must be given"),
        ({"validation_split": 0.2}, "validation_split and subset must come together"),
        ({"subset": "train"}, "subset must be 'training'"),
        ({"class_names": ["bad", "worse"]}, r"got \['worse'\]"),
        ({"labels": [1, 2]}, "a class number for each of the"),
        ({"labels": "none"}, "labels must be 'inferred'"),
    ],
)
def test_wrong_folders(folder, how, message):
    with pytest.raises(ValueError, match=message):
        text_dataset_from_directory(folder, verbose=False, **how)
    with pytest.raises(ValueError, match="must be a folder that is there"):
        text_dataset_from_directory(folder / "nothing")


def test_what_is_made_of_batches():
    passes = []

    def make():
        passes.append(1)
        return iter([(np.ones(2), np.zeros(2)), (np.full(2, 3.0), np.ones(2))])

    batches = Batches(make, 2, ["a"])
    doubled = batches.map(lambda x, y: (2 * x, y), num_parallel_calls=4).prefetch(1).cache()
    assert [x[0] for x, _ in doubled] == [x[0] for x, _ in doubled] == [2.0, 6.0]
    assert len(passes) == 1
    assert [x[0] for x, _ in batches.skip(1)] == [3.0]
    assert [len(list(batches.take(count))) for count in (0, 1, 5, -1)] == [0, 1, 2, 2]
    assert (len(batches.take(5)), len(batches.skip(5))) == (2, 0)
    assert batches.map(lambda x, y: x).map(lambda x: x + 1).class_names == ["a"]
    cached = batches.cache()
    next(iter(cached))  # a pass that was not finished is not kept
    assert len(list(cached)) == 2


def test_training_on_them(folder):
    sh.utils.set_random_seed(1)
    data = text_dataset_from_directory(folder, batch_size=8, verbose=False)
    texts = layers.TextVectorization(output_sequence_length=4)
    texts.adapt(data.map(lambda x, y: x))
    model = sh.Sequential([layers.Embedding(texts.vocabulary_size(), 4), layers.GRU(4)])
    model.add(layers.Dense(1, activation="sigmoid"))
    model.compile(sh.optimizers.Adam(0.05), "binary_crossentropy", metrics=["accuracy"])
    ready = data.map(lambda x, y: (texts(x), y))
    history = model.fit(ready, epochs=8, validation_data=ready, verbose=0, doctor=False)
    assert history.history["val_accuracy"][-1] == 1.0
    assert history.params["steps"] == 3
    assert model.predict(ready, verbose=0).shape == (20, 1)


class Counted(sh.utils.PyDataset):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.begun = self.ended = 0

    def __len__(self):
        return 3

    def __getitem__(self, index):
        return np.full((4, 5, 1), index), np.zeros((4, 1))

    def on_epoch_begin(self):
        self.begun += 1

    def on_epoch_end(self):
        self.ended += 1


class Reader(sh.Model):
    def __init__(self):
        super().__init__()
        self.read, self.judge = layers.GRU(3), layers.Dense(1)

    def call(self, inputs):
        return self.judge(self.read(inputs))


def test_a_data_set_is_told_that_an_epoch_ended():
    model = Reader()
    model.compile("adam", "mse")
    data = Counted(workers=2, use_multiprocessing=True)
    model.fit(data, epochs=2, verbose=0, doctor=False)
    assert (data.begun, data.ended) == (2, 2)
    model.evaluate(data, verbose=0)
    model.predict(data, steps=2, verbose=0)
    assert (data.begun, data.ended, len(list(data)), data.num_batches) == (4, 4, 3, 3)


def test_a_generator_builds_a_model_and_loses_no_batch():
    model = Reader()
    model.compile("adam", "mse")
    data = Counted()
    model.fit((data[index] for index in range(3)), verbose=0, doctor=False)
    assert model.optimizer.iterations == 3


class Tensor:
    """Numbers as another package holds them, which can be gone through as well."""

    def __init__(self, values):
        self.values = np.asarray(values)
        self.shape, self.ndim = self.values.shape, self.values.ndim

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self.values, dtype)

    def __len__(self):
        return len(self.values)

    def __iter__(self):
        return map(Tensor, self.values)

    def __getitem__(self, index):
        return Tensor(self.values[index])


class Unknown:
    """Batches whose number is not known, as those of a data set that was filtered."""

    def __len__(self):
        raise TypeError("the length is unknown")

    def __iter__(self):
        for index in range(3):
            x, y = Counted()[index]
            yield Tensor(x), Tensor(y)


def test_tensors_of_other_packages():
    x, y = np.random.default_rng(2).standard_normal((12, 5, 1)), np.zeros((12, 1))
    models = []
    for given in ((x, y), (Tensor(x), Tensor(y))):
        sh.utils.set_random_seed(3)
        model = sh.Sequential([sh.Input((5, 1)), layers.GRU(3), layers.Dense(1)])
        model.compile("adam", "mse")
        model.fit(*given, epochs=2, validation_data=given, verbose=0, doctor=False)
        models.append(model.predict(given[0], verbose=0))
    np.testing.assert_array_equal(*models)
    model.fit(Unknown(), epochs=2, verbose=0, doctor=False)
    assert model.predict((Tensor(x) for _ in range(2)), verbose=0).shape == (24, 1)


def test_a_last_axis_of_one_is_added_or_taken_off_as_in_keras():
    x = np.random.default_rng(4).standard_normal((6, 5))
    model = sh.Sequential([sh.Input((5, 1)), layers.GRU(3)])
    np.testing.assert_array_equal(model.predict(x), model.predict(x[..., None]))
    model = sh.Sequential([sh.Input((5,)), layers.Dense(3)])
    np.testing.assert_array_equal(model.predict(x[..., None]), model.predict(x))
    model = sh.Sequential([sh.Input((None, 2)), layers.GRU(3)])
    with pytest.raises(ValueError, match=r"\(rows, steps, features\), got \(6, 5\)"):
        model.predict(x)
    one, other = sh.Input((5, 1)), sh.Input((1,))
    model = sh.Model([one, other], layers.Concatenate()([layers.GRU(2)(one), other]))
    assert model.predict([x, x[:, 0]], verbose=0).shape == (6, 3)
