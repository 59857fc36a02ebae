"""Files of Keras that are broken, that lie, or that ask for what is not known."""

import json
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest

import sunhwan as sh

FILES = Path(__file__).parent / "golden" / "files"


def rewritten(folder, change=None, members=None, name="shapes_3.keras"):
    """A copy of a `.keras` file whose config `change` has altered; `members` come on top."""
    path = folder / "model.keras"
    with zipfile.ZipFile(FILES / name) as old, zipfile.ZipFile(path, "w") as new:
        for member in old.namelist():
            data = old.read(member)
            if member == "config.json" and change is not None:
                config = json.loads(data)
                change(config)
                data = json.dumps(config).encode()
            if members is None or member not in members:
                new.writestr(member, data)
        for member, data in (members or {}).items():
            if data is not None:
                new.writestr(member, data, zipfile.ZIP_DEFLATED)
    return path


def layer_changed(number, **arguments):
    """What gives a layer of the config other arguments."""
    return lambda config: config["config"]["layers"][number]["config"].update(arguments)


def refused(path, message):
    with pytest.raises(ValueError, match=message):
        sh.load_model(path)


@pytest.mark.parametrize(
    ("number", "arguments", "message"),
    [
        (3, {"units": 10**9}, r"kernel.* of layer 'dense.*has the shape \(12, 1000000000\)"),
        (3, {"depth": 2}, r"layer 'dense\w*' \(Dense\): argument 'depth' is not known here, got 2"),
        (3, {"dtype": "float16"}, r"\(Dense\): argument 'dtype' must be 'float32'"),
        (5, {"time_major": True}, r"layer 'gru\w*' \(GRU\): argument 'time_major' is not known"),
        (3, {"quantization_config": {"a": 1}}, "argument 'quantization_config' is not known"),
        (3, {"units": "many"}, "units must be a positive integer"),
        (3, {"units": 10**400}, "describes no model"),
        (7, {"activation": {"class_name": "function", "module": "builtins", "config": "exec"}},
         "argument 'activation' names the function 'exec', which is not part of Keras"),
        (7, {"activation": {"class_name": "__lambda__", "config": {"code": "4w=="}}},
         "argument 'activation' holds Python code"),
        (3, {"kernel_initializer": {"class_name": "Mine", "module": "os", "config": {}}},
         r"argument 'kernel_initializer' names os.Mine, which is not part of Keras"),
        (3, {"kernel_initializer": {"class_name": "Zeros", "registered_name": "my>Zeros"}},
         r"names Zeros \(registered as 'my>Zeros'\), which is not part of Keras"),
    ],
)  # fmt: skip
def test_arguments_that_are_not_known(tmp_path, number, arguments, message):
    refused(rewritten(tmp_path, layer_changed(number, **arguments)), message)


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"class_name": "ConvLSTM2D", "config": {"name": "c"}}, r"'c' \(ConvLSTM2D\): there is no"),
        ({"class_name": "Popen", "module": "subprocess", "config": {"name": "c"}},
         r"'c' \(Popen\) names subprocess.Popen"),
        ({"class_name": "Dense"}, "must be an object with 'class_name' and 'config'"),
        ("Dense", "must be an object with 'class_name' and 'config'"),
    ],
)  # fmt: skip
def test_layers_that_are_not_known(tmp_path, form, message):
    refused(rewritten(tmp_path, lambda config: config["config"]["layers"].append(form)), message)


def test_models_that_are_not_known(tmp_path):
    refused(
        rewritten(tmp_path, lambda config: config.update(class_name="Mine")), "must be Sequential"
    )
    refused(rewritten(tmp_path, lambda config: config.update(config=3)), "no list of layers")
    deep = b"[" * 10**5
    refused(rewritten(tmp_path, members={"config.json": deep}), "can be read")


def call_changed(layer, **kwargs):
    """What gives the first call of a layer of the graph other arguments."""

    def change(config):
        (form,) = (one for one in config["config"]["layers"] if one["config"]["name"] == layer)
        form["inbound_nodes"][0]["kwargs"].update(kwargs)

    return change


def tensor(*history):
    return {"class_name": "__keras_tensor__", "config": {"keras_history": list(history)}}


def operation(config):
    form = {"class_name": "Add", "module": "keras.src.ops.numpy", "config": {"name": "plus"}}
    config["config"]["layers"].append({**form, "inbound_nodes": []})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda config: config["config"]["layers"].append(
                {
                    "class_name": "TextVectorization",
                    "config": {"name": "t", "vocabulary": "/etc/passwd"},
                }
            ),
            "argument 'vocabulary' names a file, which is not read",
        ),
        (operation, r"layer 'plus' \(Add\) is an operation, not a layer"),
        (call_changed("reader", mask=tensor("ids", 0, 0)), r"'reader' \(GRU\): a 'mask' passed"),
        (call_changed("widen", scale=2), r"'widen' \(Dense\): argument 'scale' of a call"),
        (call_changed("widen", initial_state=tensor("ids", 0, 0)), "is called with"),
        (call_changed("writer", initial_state=tensor("nobody", 0, 0)), "reads layer 'nobody'"),
        (call_changed("writer", initial_state=[tensor("first", 0, 0)]), "cycle|state"),
        (lambda config: config["config"].update(output_layers=[["first", 3, 0]]), "no output 0 of"),
        (lambda config: config["config"].update(input_layers=7), "describes no model"),
        (lambda config: config["config"]["layers"][3].update(inbound_nodes=[3]), "a call must be"),
        (lambda config: config["config"]["layers"].pop(), "describes no model|there is no output"),
    ],
)
def test_graphs_that_cannot_be(tmp_path, change, message):
    refused(rewritten(tmp_path, change, name="graph_3.keras"), message)


def named(config, name):
    (form,) = (one for one in config["config"]["layers"] if one["config"]["name"] == name)
    return form


def other_mark(config):
    """The steps of one mask are no longer those that `Embedding` masks."""
    named(config, "not_equal")["inbound_nodes"][0]["args"][1] = 5


def joined_by_operation(config):
    form = named(config, "joined")
    form["module"] = "keras.src.ops.numpy"
    form["config"] = {"name": "joined", "axis": -1}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (other_mark, r"'\w+' \(\w+\): a 'mask' passed to a call is not known here"),
        (joined_by_operation, r"layer 'joined' \(Concatenate\) is an operation, not a layer"),
        (
            call_changed("own", attention_mask=tensor("said", 0, 0)),
            r"attention_mask of layer 'own' must have shape \(rows, 5, 6\) .* got \(None, 5\)",
        ),
        (call_changed("own", attention_mask=[[1]]), "argument 'attention_mask' of"),
        (call_changed("heads", value_mask=tensor("said", 0, 0)), "a 'value_mask' passed to a call"),
    ],
)
def test_attention_that_cannot_be(tmp_path, change, message):
    refused(rewritten(tmp_path, change, name="attention_3.keras"), message)


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"config.json": b" " * (17 << 20)}, "'config.json' would unpack to 17825792 bytes"),
        ({"model.weights.h5": bytes(8 << 20)}, "'model.weights.h5' would unpack to 8388608 bytes"),
        ({"../outside": b"x"}, "the path '../outside', which leads out of the archive"),
        ({"/etc/x": b"x"}, "the path '/etc/x', which leads out"),
        ({"metadata.json": None}, "it has no 'metadata.json'"),
        ({"metadata.json": b"["}, "can be read"),
        ({"metadata.json": b"[]"}, "its config must be an object"),
        ({"metadata.json": b'{"keras_version": "4.0.0"}'}, "was written by Keras 4.0.0"),
        ({"model.weights.h5": b"nothing"}, "is no HDF5 file that can be read: the file ends"),
    ],
)
def test_archives_that_hold_something_else(tmp_path, members, message):
    refused(rewritten(tmp_path, members=members), message)


def test_files_that_are_cut_off_or_of_another_kind(tmp_path):
    for name in ("texts_2.h5", "texts_3.keras"):
        whole, path = (FILES / name).read_bytes(), tmp_path / name
        for part in (b"", b"x" * 5000, whole[: len(whole) // 2], whole[:100]):
            path.write_bytes(part)
            refused(path, "can be read|it is empty")
    with pytest.raises(FileNotFoundError):
        sh.load_model(tmp_path / "none.h5")


def test_arrays_that_claim_to_be_larger_than_the_file(tmp_path):
    whole = (FILES / "cudnn_2.h5").read_bytes()
    bias = struct.pack("<2Q", 32, 32)  # the shape (32,), with its maximum
    assert whole.count(bias) == 1
    path = tmp_path / "large.h5"
    path.write_bytes(whole.replace(bias, struct.pack("<2Q", 1 << 40, 1 << 40)))
    refused(path, r"shape \(1099511627776,\)")


def test_random_damage_raises_or_loads_and_takes_no_memory(tmp_path):
    rng = np.random.default_rng(8)
    path, refusals = tmp_path / "damaged.h5", 0
    for name in ("texts_2.h5", "legacy_2.h5", "cudnn_2.h5"):
        whole = np.frombuffer((FILES / name).read_bytes(), np.uint8)
        for _ in range(60):
            damaged = whole.copy()
            damaged[rng.integers(0, len(whole), 20)] = rng.integers(0, 256, 20)
            damaged[rng.integers(0, 4000, 4)] = rng.integers(0, 256, 4)
            path.write_bytes(damaged.tobytes())
            try:
                sh.load_model(path)
            except ValueError:
                refusals += 1
    assert refusals > 30
