"""Models go to files and come back the same, to the bit."""

import json

import numpy as np
import pytest
from saved_case import X, Y, trained

import sunhwan as sh
from sunhwan import layers


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


def test_weights_that_are_not_finite_are_told_of(tmp_path):
    """They are saved and set in silence, as in Keras; who reads a file is told."""
    model = sh.Sequential([layers.Input((2,)), *(layers.Dense(2, name=n) for n in "abcde")])
    model.set_weights([np.full(weight.shape, np.nan) for weight in model.get_weights()])
    model.save(tmp_path / "model.safetensors")
    message = (
        r"weight 'a/kernel' .*\(of .*model.safetensors: 4 of 4, the first nan at \[0, 0\]\); the "
        "same goes for 'a/bias', 'b/kernel', 'b/bias' and 6 more"
    )
    with pytest.warns(UserWarning, match=message):
        again = sh.load_model(tmp_path / "model.safetensors")
    assert np.isnan(again.get_weights()[0]).all()
    with pytest.warns(UserWarning, match=message):
        model.load_weights(tmp_path / "model.safetensors")


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
