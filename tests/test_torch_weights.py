"""Weights of PyTorch's modules, from files that PyTorch wrote and from dicts."""

import re
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

import sunhwan as sh
from sunhwan import layers

FILES = Path(__file__).parent / "golden" / "files"
TOLERANCE = 1e-6  # a few roundings of float32 after some layers


def case_of(name):
    with np.load(FILES / f"torch_{name}.npz", allow_pickle=False) as arrays:
        return dict(arrays)


def reader(layer, **options):
    """The model of golden/record_state_dicts.Reader."""
    both = [layers.Bidirectional(layer(4, return_sequences=True, **options)) for _ in range(2)]
    per_step = layers.TimeDistributed(layers.Dense(2)) if options else layers.Dense(2)
    return sh.Sequential([layers.Embedding(11, 3), *both, per_step])


def series():
    return sh.Sequential(
        [
            layers.Input((7, 3)),
            layers.Conv1D(4, 3, activation="relu"),
            layers.GRU(5, use_bias=False),
            layers.LayerNormalization(),
        ]
    )


def flat():
    return sh.Sequential(
        [
            layers.Input((6, 3)),
            layers.Conv1D(4, 2, strides=2, activation="relu"),
            layers.BatchNormalization(),
            layers.Flatten(),
            layers.Dense(6, activation="tanh"),
            layers.Dense(6),
        ]
    )


def images():
    return sh.Sequential(
        [
            layers.Input((8, 6, 2)),
            layers.Conv2D(3, (2, 3), strides=(2, 1)),
            layers.BatchNormalization(),
            layers.Activation("relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(4),
        ]
    )


MODELS = {
    "images": images,
    "lstm": lambda: reader(layers.LSTM),
    "gru": lambda: reader(layers.GRU),
    "tanh": lambda: reader(layers.SimpleRNN),
    "relu": lambda: reader(layers.SimpleRNN, activation="relu"),
    "series": series,
    "flat": flat,
}


def test_numbers_that_are_not_finite_are_told_of():
    case, state = case_of("lstm"), load_file(FILES / "torch_lstm.safetensors")
    state = {key: state[key].copy() for key in case["order"].tolist()}
    key = next(key for key in state if key.endswith("weight_hh_l1_reverse"))
    state[key][2, 1] = np.nan
    model = MODELS["lstm"]()
    with pytest.warns(UserWarning, match="not finite") as told:
        sh.load_torch(model, state)
    (warning,) = told
    recurrent, module = model.layers[2].variables[4], key.rpartition(".")[0]
    assert str(warning.message).startswith(
        f"weight {recurrent.path!r} has numbers that are not finite (of module {module!r}: "
        "1 of 64, the first nan at [1, 2]). What the model"
    )
    assert warning.filename == __file__
    assert np.isnan(recurrent.value).sum() == 1
    large = {"weight": np.array([[1e300, 2.0]]), "bias": np.array([-np.inf])}
    dense = sh.Sequential([layers.Input((2,)), layers.Dense(1, name="out")])
    message = r"'out/kernel' .* 1 of 2, the first inf at \[0, 0\]\); the same .* 'out/bias'\."
    with pytest.warns(UserWarning, match=message):
        sh.load_torch(dense, large)


@pytest.mark.parametrize("as_dict", [False, True], ids=["file", "dict"])
@pytest.mark.parametrize("name", MODELS)
def test_outputs_are_pytorch_s(name, as_dict):
    case, model = case_of(name), MODELS[name]()
    path = FILES / f"torch_{name}.safetensors"
    state = load_file(path) if as_dict else path
    if as_dict:  # in the module's own order
        state = {key: state[key] for key in case["order"].tolist()}
    sh.load_torch(model, state)
    np.testing.assert_allclose(
        model.predict(case["x"], verbose=0), case["y"], rtol=TOLERANCE, atol=TOLERANCE
    )


def nested(chain):
    """The same layers as a model of a model and the rest."""
    plain = sh.Sequential(chain.layers[:3])
    inner = sh.Sequential([layers.Input(chain.input_shape[1:]), plain, *chain.layers[3:-1]])
    x = sh.Input(chain.input_shape[1:])
    return sh.Model(x, chain.layers[-1](inner(x)))


@pytest.mark.parametrize("name", ["flat", "images"])
def test_models_in_models_are_filled_where_they_stand(name):
    case = case_of(name)
    model = nested(MODELS[name]())
    state = load_file(FILES / f"torch_{name}.safetensors")
    sh.load_torch(model, {key: state[key] for key in case["order"].tolist()})
    predictions = model.predict(case["x"], verbose=0)
    np.testing.assert_allclose(predictions, case["y"], rtol=TOLERANCE, atol=TOLERANCE)

    many = sh.Sequential([layers.Input((2, *case["x"].shape[1:])), layers.TimeDistributed(model)])
    many.set_weights([np.zeros_like(weight) for weight in many.get_weights()])
    sh.load_torch(many, {key: state[key] for key in case["order"].tolist()})
    twice = many.predict(np.stack([case["x"]] * 2, axis=1), verbose=0)
    np.testing.assert_allclose(twice[:, 1], case["y"], rtol=TOLERANCE, atol=TOLERANCE)


def test_tensors_are_taken_as_they_are():
    class Tensor:
        def __init__(self, values):
            self.values = values

        def detach(self):
            return self

        cpu = float = detach

        def __array__(self, dtype=None, copy=None):
            return np.asarray(self.values, dtype)

    model = sh.Sequential([layers.Input((2,)), layers.Dense(1, use_bias=False)])
    sh.load_torch(model, {"weight": Tensor([[3.0, 4.0]])})
    assert model.get_weights()[0].tolist() == [[3.0], [4.0]]


def twins():
    return sh.Sequential([layers.Input((2,)), layers.Dense(2), layers.Dense(2)])


def state_of(*names):
    return {
        f"{name}.{part}": np.full((2, 2) if part == "weight" else 2, number, np.float32)
        for number, name in enumerate(names)
        for part in ("weight", "bias")
    }


def test_twins_in_a_dict_go_by_its_order_and_in_a_file_by_names(tmp_path):
    path = tmp_path / "state.safetensors"
    state, model = state_of("second", "first"), twins()
    save_file(state, path)
    sh.load_torch(model, state)
    assert [w.max() for w in model.get_weights()] == [0, 0, 1, 1]
    with pytest.raises(ValueError, match=r"could take 'first' and 'second': pass names"):
        sh.load_torch(model, path)
    sh.load_torch(model, path, names=["first", "second"])
    assert [w.max() for w in model.get_weights()] == [1, 1, 0, 0]
    with pytest.raises(ValueError, match=r"names must be all of \['first', 'second'\]"):
        sh.load_torch(model, path, names=["first", "third"])


def test_numbers_order_the_modules_of_a_file(tmp_path):
    names = [str(number) for number in range(12)]
    save_file(state_of(*names), tmp_path / "state.safetensors")
    model = sh.Sequential([layers.Input((2,)), *[layers.Dense(2) for _ in names]])
    sh.load_torch(model, tmp_path / "state.safetensors")
    assert [w.max() for w in model.get_weights()[::2]] == list(range(12))


def lstm_state(**changes):
    state = {
        "rnn.weight_ih_l0": np.zeros((12, 2)),
        "rnn.weight_hh_l0": np.zeros((12, 3)),
        "rnn.bias_ih_l0": np.zeros(12),
        "rnn.bias_hh_l0": np.zeros(12),
    }
    state |= {key.replace("__", "."): value for key, value in changes.items()}
    return {key: value for key, value in state.items() if value is not None}


@pytest.mark.parametrize(
    ("layer", "changes", "message"),
    [
        (layers.LSTM(4), {}, "layer 'lstm' finds no module that fits: 'rnn', layer 0 (weight_ih"),
        (layers.GRU(3), {}, "weight_hh of shape (12, 3) is none of a GRU"),
        (layers.LSTM(3), {"rnn__bias_hh_l0": None}, "it has no 'bias_hh'"),
        (layers.LSTM(3, use_bias=False), {}, "it has biases, but the layer has use_bias=False"),
        (layers.LSTM(3), {"rnn__weight_hr_l0": np.zeros((3, 2))}, "proj_size is not known"),
        (layers.LSTM(3), {"fc__weight": np.zeros((2, 3))}, "takes 'fc' (weight (2, 3))"),
        (layers.LSTM(3), {"fc__alpha": np.zeros(1)}, "key 'fc.alpha' belongs to no module"),
        (layers.LSTM(3), {"rnn__bias_ih_l0": "text"}, "key 'rnn.bias_ih_l0' must hold numbers"),
        (layers.LSTM(3), {"rnn__bias_ih_l0": np.array(1j)}, "hold numbers, got ndarray"),
        (layers.LSTM(3, activation="relu"), {}, "computes with tanh and sigmoid, got relu"),
        (layers.GRU(3, reset_after=False), {}, "is one with reset_after=True"),
        (layers.Bidirectional(layers.LSTM(3)), {}, "it has no 'weight_ih_reverse'"),
        (layers.Bidirectional(layers.LSTM(3), "sum"), {}, "got merge_mode='sum'"),
        (layers.LSTM(3), {"rnn__weight_ih_l0_reverse": np.zeros((12, 2))}, "goes both ways"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named_and_changes_nothing(layer, changes, message):
    model = sh.Sequential([layers.Input((None, 2)), type(layer).from_config(
        {**layer.get_config(), "name": type(layer).__name__.lower()})])  # fmt: skip
    before = model.get_weights()
    with pytest.raises(ValueError, match=re.escape(message)):
        sh.load_torch(model, lstm_state(**changes))
    for ours, old in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(ours, old)


def test_what_is_no_state_dict(tmp_path):
    with pytest.raises(ValueError, match=r"torch.save is pickled.*safetensors.torch.save_file"):
        sh.load_torch(twins(), tmp_path / "model.pt")
    with pytest.raises(FileNotFoundError):
        sh.load_torch(twins(), tmp_path / "none.safetensors")
    with pytest.raises(TypeError, match="model must be a model, got 'm'"):
        sh.load_torch("m", {})
    with pytest.raises(TypeError, match="must be a dict of arrays, or the path"):
        sh.load_torch(twins(), 3)
    (tmp_path / "bad.safetensors").write_bytes(b"nothing at all")
    with pytest.raises(ValueError, match="can be read"):
        sh.load_torch(twins(), tmp_path / "bad.safetensors")
    with pytest.raises(ValueError, match="built"):
        sh.load_torch(sh.Sequential([layers.Dense(2)]), {})
