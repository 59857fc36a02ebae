"""Models go to files and come back the same, to the bit."""

import json

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import save_file

import sunhwan as sh
from sunhwan import layers

X = np.random.default_rng(0).standard_normal((12, 5, 2)).astype(np.float32)
Y = np.random.default_rng(1).integers(0, 3, 12)


def trained(optimizer):
    sh.utils.set_random_seed(4)
    model = sh.Sequential(
        [
            layers.Input((5, 2)),
            layers.LSTM(4, dropout=0.2, kernel_regularizer="l2", return_sequences=True),
            layers.GRU(3, recurrent_constraint=sh.constraints.MaxNorm(2.0)),
            layers.BatchNormalization(),
            layers.Dense(3, activation="softmax"),
        ]
    )
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(X, Y, epochs=2, batch_size=5, verbose=0)
    return model


@pytest.mark.parametrize(
    "name", ["SGD", "RMSprop", "Adagrad", "Adadelta", "Adam", "AdamW", "Adamax", "Nadam"]
)
def test_a_loaded_model_trains_on_with_the_same_bits(tmp_path, name):
    model = trained(name)
    model.save(tmp_path / "model.safetensors")
    again = sh.load_model(tmp_path / "model.safetensors")
    np.testing.assert_array_equal(again.predict(X, verbose=0), model.predict(X, verbose=0))
    for one in (model, again):
        one.fit(X, Y, epochs=2, batch_size=5, verbose=0)
    for old, new in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    assert [layer.name for layer in again.layers] == [layer.name for layer in model.layers]
    assert again.evaluate(X, Y, verbose=0) == model.evaluate(X, Y, verbose=0)


def test_a_model_that_was_only_compiled_comes_back(tmp_path):
    sh.utils.set_random_seed(0)
    model = sh.Sequential([layers.Input((5, 2)), layers.GRU(3)])
    model.compile("adam", "mse")
    model.save(tmp_path / "model.safetensors")
    again = sh.load_model(tmp_path / "model.safetensors")
    y = np.ones((12, 3), np.float32)
    for one in (model, again):
        one.fit(X, y, shuffle=False, verbose=0)
    for one, two in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)


def test_schedules_and_frozen_layers_come_back(tmp_path):
    model = trained(sh.optimizers.Adam(sh.optimizers.schedules.ExponentialDecay(0.01, 3, 0.5)))
    model.layers[0].trainable = False
    model.save(tmp_path / "model.safetensors")
    again = sh.load_model(tmp_path / "model.safetensors")
    assert [v.trainable for v in again.variables] == [v.trainable for v in model.variables]
    for one in (model, again):
        one.fit(X, Y, batch_size=5, verbose=0)
    for old, new in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_weights_alone(tmp_path):
    model = trained("adam")
    model.save_weights(tmp_path / "weights.safetensors")
    other = sh.Sequential.from_config(model.get_config())
    other.load_weights(tmp_path / "weights.safetensors")
    np.testing.assert_array_equal(other.predict(X, verbose=0), model.predict(X, verbose=0))
    with pytest.raises(ValueError, match="weights alone"):
        sh.load_model(tmp_path / "weights.safetensors")


@pytest.mark.parametrize("name", ["model.keras", "model.h5", "model.pkl", "model"])
def test_other_formats_are_refused(tmp_path, name):
    with pytest.raises(ValueError, match=r"safetensors"):
        trained("sgd").save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "model.safetensors"
    model = trained("sgd")
    model.save(path)
    before = path.read_bytes()

    def fail(*arguments):
        raise OSError("disk full")

    monkeypatch.setattr("sunhwan.models.model_file.os.replace", fail)
    with pytest.raises(OSError, match="disk full"):
        model.save(path)
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["model.safetensors"]


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no folder .*missing"):
        sh.models.save_model(trained("sgd"), tmp_path / "missing" / "model.safetensors")


def test_overwriting_can_be_forbidden(tmp_path):
    model = trained("sgd")
    model.save(tmp_path / "model.safetensors")
    with pytest.raises(FileExistsError):
        model.save(tmp_path / "model.safetensors", overwrite=False)


def test_other_files_are_no_models(tmp_path):
    with pytest.raises(FileNotFoundError):
        sh.load_model(tmp_path / "none.safetensors")
    (tmp_path / "text.safetensors").write_text("not at all")
    with pytest.raises(ValueError, match="no model that this package saved"):
        sh.load_model(tmp_path / "text.safetensors")
    save_file({"a": np.zeros(3, np.float32)}, tmp_path / "foreign.safetensors")
    with pytest.raises(ValueError, match="no model that this package saved"):
        sh.load_model(tmp_path / "foreign.safetensors")
    whole = tmp_path / "model.safetensors"
    trained("sgd").save(whole)
    (tmp_path / "half.safetensors").write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    with pytest.raises(ValueError, match="no model that this package saved"):
        sh.load_model(tmp_path / "half.safetensors")


def described(path, change):
    """A model's file whose description was changed by `change`."""
    trained("sgd").save(path)
    with safe_open(path, "np") as file:
        description = json.loads(file.metadata()["sunhwan"])
        arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    save_file(arrays, path, {"sunhwan": json.dumps(change(description))})
    return path


def with_units(description, units):
    description["model"]["config"]["layers"][0]["config"]["units"] = units
    return description


def with_layer(description, layer):
    description["model"]["config"]["layers"].append(
        layer if isinstance(layer, dict) else sh.layers.serialize(layer)
    )
    return description


def nested(depth):
    """The form of TimeDistributed in TimeDistributed, `depth` deep."""
    form = sh.layers.serialize(layers.Dense(1))
    for _ in range(depth):
        form = {"class_name": "TimeDistributed", "config": {"layer": form}}
    return form


def with_training(description, **changes):
    description["training"]["compile"].update(changes)
    return description


@pytest.mark.parametrize(
    "change",
    [
        lambda d: None,
        lambda d: [],
        lambda d: {},
        lambda d: d | {"version": "1"},
        lambda d: d | {"model": None},
        lambda d: d | {"model": {"class_name": "Sequential", "config": {"layers": 3}}},
        lambda d: d | {"model": {"class_name": "Sequential", "config": {"layers": [{}]}}},
        lambda d: d | {"weights": None},
        lambda d: d | {"weights": d["weights"] * 2},
        lambda d: d | {"training": {}},
        lambda d: with_units(d, "4"),
        lambda d: with_units(d, 5),
        lambda d: with_units(d, 10**30),
        lambda d: with_units(d, 100_000),  # a kernel of 160 GB
        lambda d: with_layer(d, layers.Embedding(2**31 - 1, 2**20)),
        lambda d: with_layer(d, layers.Dense(2**30)),
        lambda d: with_layer(d, nested(200)),
        lambda d: d | {"seed": "a"},
        lambda d: d | {"seed": -1},
        lambda d: d | {"weights": [*d["weights"], "more"]},
        lambda d: with_training(d, metrics=["nothing"]),
        lambda d: with_training(d, loss={"class_name": "os.system", "config": {}}),
        lambda d: with_training(d, optimizer={"class_name": "Adam", "config": {"name": 1, "a": 2}}),
        lambda d: with_training(
            d, metrics=[{"class_name": "AUC", "config": {"num_thresholds": 10**12}}]
        ),
        lambda d: with_training(d, unheard_of=1),
    ],
)
def test_damaged_descriptions_are_refused(tmp_path, change):
    path = described(tmp_path / "model.safetensors", change)
    with pytest.raises(ValueError, match=r"no model that (this package saved|can be made)"):
        sh.load_model(path)


def tensors_changed(path, change):
    """A model's file whose tensors were changed by `change`."""
    trained("adam").save(path)
    with safe_open(path, "np") as file:
        metadata = file.metadata()
        arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    change(arrays)
    save_file(arrays, path, metadata)
    return path


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda a: a.pop("weight/1"),
            "'weight/1', of 'lstm.*/recurrent_kernel', is missing",
        ),
        (
            lambda a: a.update({"weight/0": a["weight/0"].T.copy()}),
            r"\(2, 16\), but",
        ),
        (
            lambda a: a.update({"weight/0": np.zeros((2, 17), np.float32)}),
            r"\(2, 16\), but",
        ),
        (lambda a: a.pop("optimizer/momentum"), "slots"),
        (lambda a: a.update({"optimizer/momentum": np.zeros(3, np.float32)}), "slot 'momentum'"),
        (lambda a: a.update({"optimizer/more": np.zeros(3, np.float32)}), "slots"),
    ],
)
def test_damaged_tensors_are_refused(tmp_path, change, message):
    path = tensors_changed(tmp_path / "model.safetensors", change)
    with pytest.raises(ValueError, match=message):
        sh.load_model(path)


def test_weights_of_another_model_are_refused(tmp_path):
    path = tensors_changed(tmp_path / "model.safetensors", lambda a: a.pop("weight/1"))
    model = trained("sgd")
    before = model.get_weights()
    with pytest.raises(ValueError, match=r"'weight/1', of .* is missing"):
        model.load_weights(path)
    sh.Sequential([layers.Input((2,)), layers.Dense(1)]).save_weights(path)
    with pytest.raises(ValueError, match="has weights of shapes"):
        model.load_weights(path)
    for one, two in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize(
    "header",
    [
        b'{"__metadata__":{"sunhwan":"\xff\xfe"}}',
        b'{"__metadata__":{"sunhwan":"' + b"[" * 100_000 + b'"}}',
        b'{"__metadata__":{"sunhwan":"{\\"version\\":1,\\"model\\":' + b"9" * 9999 + b'}"}}',
        b'{"__metadata__":{"sunhwan":3}}',
        b'{"weight/0":{"dtype":"F32","shape":[4000000000,4000000000],"data_offsets":[0,4]}}',
        b"{" * 1000,
    ],
)
def test_damaged_headers_are_refused(tmp_path, header):
    path = tmp_path / "model.safetensors"
    for size in (len(header), 2**62):
        path.write_bytes(size.to_bytes(8, "little") + header + b"0000")
        with pytest.raises(ValueError, match="no model that this package saved"):
            sh.load_model(path)


def test_a_sound_description_is_taken(tmp_path):
    path = described(tmp_path / "model.safetensors", lambda d: d)
    assert sh.load_model(path).predict(X, verbose=0).shape == (12, 3)


class Twice(layers.Layer):
    def forward(self, x, context):
        return 2 * x

    def backward(self, dy, context):
        return 2 * dy


def test_layers_of_the_user_must_be_named(tmp_path):
    model = sh.Sequential([layers.Input((2,)), Twice(), layers.Dense(1)])
    model.save(tmp_path / "own.safetensors")
    with pytest.raises(ValueError, match="Twice"):
        sh.load_model(tmp_path / "own.safetensors")
    again = sh.load_model(tmp_path / "own.safetensors", custom_objects={"Twice": Twice})
    x = np.ones((3, 2))
    np.testing.assert_array_equal(again.predict(x, verbose=0), model.predict(x, verbose=0))


@pytest.fixture
def registered():
    """Registers for one test."""
    before = dict(sh.utils.get_custom_objects())
    yield sh.utils.register_keras_serializable("test")
    sh.utils.get_custom_objects().clear()
    sh.utils.get_custom_objects().update(before)


def test_what_is_registered_need_not_be_named(tmp_path, registered):
    @registered
    class Thrice(Twice):
        pass

    @registered
    def squares(y_true, y_pred):
        return np.mean((y_pred - y_true) ** 2), 2 * (y_pred - y_true) / y_true.size

    @registered
    def largest(y_true, y_pred):
        return np.abs(y_pred - y_true)

    @registered
    def cube(x):
        return x**3

    cube.gradient = lambda x, y, dy: 3 * x**2 * dy  # pyright: ignore[reportFunctionMemberAccess]
    x, y = np.ones((3, 2), np.float32), np.zeros((3, 1), np.float32)
    model = sh.Sequential([layers.Input((2,)), Thrice(), layers.Dense(1, activation=cube)])
    model.compile("adam", squares, metrics=[largest])
    before = model.evaluate(x, y, verbose=0)
    model.save(tmp_path / "own.safetensors")
    again = sh.saving.load_model(tmp_path / "own.safetensors")
    assert again.evaluate(x, y, verbose=0) == before
    assert type(again.layers[0]) is Thrice
    assert again.fit(x, y, verbose=0).history["largest"] == before[1:]


def test_the_description_is_plain_json(tmp_path):
    path = tmp_path / "model.safetensors"
    trained("adam").save(path)
    header = path.read_bytes()
    size = int.from_bytes(header[:8], "little")
    metadata = json.loads(header[8 : 8 + size])["__metadata__"]
    description = json.loads(metadata["sunhwan"])
    assert description["model"]["class_name"] == "Sequential"
    assert description["training"]["compile"]["optimizer"]["class_name"] == "Adam"
