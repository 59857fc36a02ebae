"""Files that are damaged, or no models, are refused before memory is taken."""

import json

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import save_file
from saved_case import X, trained

import sunhwan as sh
from sunhwan import layers


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
