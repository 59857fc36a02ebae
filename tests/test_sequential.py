"""Building a chain of layers, and what it says of itself."""

import numpy as np
import pytest

import sunhwan as sh
from sunhwan import layers

COUNTS = [
    ((500,), lambda: [layers.Embedding(10000, 32), layers.SimpleRNN(32)], 322_080),
    (
        (500,),
        lambda: [
            layers.Embedding(10000, 32),
            *[layers.SimpleRNN(32, return_sequences=True) for _ in range(3)],
            layers.SimpleRNN(32),
        ],
        328_320,
    ),
    (
        (500,),
        lambda: [layers.Embedding(10000, 32), layers.SimpleRNN(32), layers.Dense(1)],
        322_113,
    ),
    ((500,), lambda: [layers.Embedding(10000, 32), layers.LSTM(32), layers.Dense(1)], 328_353),
    (
        (500,),
        lambda: [
            layers.Embedding(10000, 64),
            layers.LSTM(64, return_sequences=True),
            layers.LSTM(32),
            layers.Dense(46),
        ],
        686_958,
    ),
    ((100,), lambda: [layers.Embedding(1000, 100), layers.LSTM(100), layers.Dense(46)], 185_046),
    ((10, 1), lambda: [layers.SimpleRNN(32), layers.Dense(1)], 1_121),
    (
        (10, 1),
        lambda: [layers.LSTM(64, return_sequences=True), layers.LSTM(32), layers.Dense(1)],
        29_345,
    ),
    (
        (10, 1),
        lambda: [layers.GRU(30, return_sequences=True), layers.GRU(30), layers.Dense(1)],
        8_581,
    ),
    (
        (100, 2),
        lambda: [
            layers.SimpleRNN(30, return_sequences=True),
            layers.SimpleRNN(30),
            layers.Dense(1),
        ],
        2_851,
    ),
    (
        (100, 2),
        lambda: [layers.LSTM(30, return_sequences=True), layers.LSTM(30), layers.Dense(1)],
        11_311,
    ),
    ((28, 28), lambda: [layers.LSTM(128), layers.Dense(10)], 81_674 - 0),
]


@pytest.mark.parametrize(("shape", "hidden", "count"), COUNTS)
def test_parameter_counts(shape, hidden, count):
    assert sh.Sequential([layers.Input(shape), *hidden()]).count_params() == count


def conv_model():
    return sh.Sequential(
        [
            layers.Embedding(10000, 32, input_length=500),
            layers.Conv1D(32, 7, activation="relu"),
            layers.MaxPooling1D(7),
            layers.Conv1D(32, 5, activation="relu"),
            layers.MaxPooling1D(5),
            layers.GlobalMaxPooling1D(),
            layers.Dense(1),
        ]
    )


def test_summary_of_the_convolutional_model():
    model = conv_model()
    assert model.count_params() == 332_385
    shapes = [(500, 32), (494, 32), (70, 32), (66, 32), (13, 32), (32,), (1,)]
    assert model.layer_shapes == [(None, *shape) for shape in shapes]
    lines = []
    model.summary(print_fn=lines.append)
    (text,) = lines
    for shape in ("(None, 494, 32)", "(None, 70, 32)", "(None, 32)", "(None, 1)"):
        assert shape in text
    assert "332,385 (1.27 MB)" in text
    assert all(len(line) <= 80 for line in text.splitlines())


def test_summary_shows_what_is_frozen_and_fits_its_width():
    model = conv_model()
    model.layers[0].trainable = False
    lines = []
    model.summary(line_length=60, show_trainable=True, print_fn=lines.append)
    assert "Non-trainable params: 320,000" in lines[0]
    assert max(map(len, lines[0].splitlines())) == 60


def test_summary_counts_what_the_optimizer_keeps():
    model = sh.Sequential([layers.Input((4,)), layers.Dense(3, name="d")])
    model.compile("adam", "mse")
    model.fit(np.zeros((2, 4)), np.zeros((2, 3)), verbose=0)
    lines = []
    model.summary(print_fn=lines.append)
    assert "Optimizer params: 32 (128.00 B)" in lines[0]
    assert "Total params: 47 (188.00 B)" in lines[0]


def test_summary_before_shapes_are_known():
    model = sh.Sequential([layers.LSTM(3, name="first")])
    lines = []
    model.summary(print_fn=lines.append)
    assert "first (LSTM)" in lines[0]
    assert "0 (unbuilt)" in lines[0]


def test_embedding_builds_at_once():
    model = sh.Sequential([layers.Embedding(7, 2)])
    assert model.built
    assert model.output_shape == (None, None, 2)


def test_layers_can_be_added_and_popped():
    model = sh.Sequential(name="chain")
    model.add(layers.Input((5, 2)))
    model.add(layers.SimpleRNN(3))
    model.add(layers.Dense(4))
    assert model.output_shape == (None, 4)
    assert model.pop().units == 4
    assert model.output_shape == (None, 3)
    model.add(layers.Dense(2))
    assert model.predict(np.zeros((1, 5, 2)), verbose=0).shape == (1, 2)
    assert len(model.get_weights()) == 5


def test_layers_are_found_by_name_and_index():
    model = sh.Sequential(
        [layers.Input((3,)), layers.Dense(2, name="a"), layers.Dense(1, name="b")]
    )
    assert model.get_layer("b") is model.get_layer(index=1)
    with pytest.raises(ValueError, match="no layer named 'c'; its layers: a, b"):
        model.get_layer("c")
    with pytest.raises(ValueError, match="2 layers, got index 2"):
        model.get_layer(index=2)


def test_weights_go_in_as_they_came_out():
    model = sh.Sequential([layers.Input((4, 3)), layers.GRU(2), layers.Dense(1)])
    other = sh.Sequential([layers.Input((4, 3)), layers.GRU(2), layers.Dense(1)])
    x = np.random.default_rng(0).standard_normal((5, 4, 3))
    other.set_weights(model.get_weights())
    np.testing.assert_array_equal(other.predict(x, verbose=0), model.predict(x, verbose=0))
    with pytest.raises(ValueError, match="has weights of shapes"):
        other.set_weights(model.get_weights()[:-1])


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: sh.Sequential(["lstm"]), "only layers can be added, got 'lstm'"),
        (
            lambda: sh.Sequential([layers.Dense(1, name="d"), layers.Dense(1, name="d")]),
            "has a layer named 'd' already",
        ),
        (lambda: sh.Sequential([layers.Dense(1), layers.Input((2,))]), "Input must come first"),
        (lambda: sh.Sequential().pop(), "has no layer to remove"),
        (
            lambda: sh.Sequential([layers.Dense(2, name="d"), layers.Masking(name="m")]),
            "'m' must come first, got it behind layer 'd'",
        ),
        (lambda: sh.Sequential([layers.Dense(1)]).count_params(), "must be built before"),
        (
            lambda: sh.Sequential([layers.Input((3, 2)), layers.LSTM(2), layers.LSTM(2, name="x")]),
            r"'x'.*\(None, 2\)",
        ),
        (
            lambda: sh.Sequential([layers.Input((3, 2)), layers.LSTM(2, return_state=True)]),
            "must give one array, got layer 'lstm.*', which gives 3",
        ),
        (
            lambda: sh.Sequential(
                [layers.Input((3, 2)), layers.Bidirectional(layers.GRU(2), merge_mode=None)]
            ),
            "must give one array, got layer 'bidirectional.*', which gives 2",
        ),
        (lambda: sh.Sequential(layers.Dense(2)), "layers must be a list of layers, got <Dense"),
        (
            lambda: sh.Sequential([layers.Input((5, 2)), layers.Conv1D(1, 7, name="wide")]),
            "'wide'",
        ),
    ],
)
def test_wrong_chains_say_what_is_wrong(build, words):
    with pytest.raises((ValueError, TypeError), match=words):
        build()


def test_configs_make_the_same_model():
    model = conv_model()
    again = sh.Sequential.from_config(model.get_config())
    assert again.get_config() == model.get_config()
    assert [w.shape for w in again.get_weights()] == [w.shape for w in model.get_weights()]


def test_calling_a_model_is_predicting():
    model = sh.Sequential([layers.LSTM(3), layers.Dense(1)])
    x = np.random.default_rng(1).standard_normal((4, 6, 2))
    np.testing.assert_array_equal(model(x), model.predict(x, verbose=0))


def test_what_needs_a_fixed_length_waits_for_data():
    model = sh.Sequential([sh.layers.Embedding(9, 4), sh.layers.Flatten(), sh.layers.Dense(1)])
    assert not model.built
    model.compile("sgd", "mse")
    ids = np.arange(15).reshape(3, 5) % 9
    model.fit(ids, np.ones(3), verbose=0)
    assert model.count_params() == 9 * 4 + 5 * 4 + 1
    with pytest.raises(ValueError, match=r"takes inputs of shape \(None, 5\), got \(None, 4\)"):
        model.predict(ids[:, :4], verbose=0)


@pytest.mark.parametrize(
    "first",
    [
        lambda: [layers.Input((6, 2)), layers.LSTM(3, name="cell")],
        lambda: [layers.LSTM(3, input_shape=(6, 2), name="cell")],
    ],
)
def test_a_declared_number_of_steps_is_kept(first):
    model = sh.Sequential(first())
    assert model.predict(np.ones((3, 6, 2)), verbose=0).shape == (3, 3)
    name = model.layers[0].name
    message = rf"layer '{name}' of model .* takes inputs of shape \(None, 6, 2\), got "
    for wrong in (np.ones((3, 5, 2)), np.ones((3, 7, 2)), np.ones((3, 6, 3))):
        with pytest.raises(ValueError, match=message + r"\(None"):
            model.predict(wrong, verbose=0)
    with pytest.raises(ValueError, match=message + "rows of different lengths"):
        model.predict([np.ones((6, 2)), np.ones((5, 2))], verbose=0)


def test_rows_of_another_number_of_steps_may_follow_where_none_was_declared(tmp_path):
    model = sh.Sequential([layers.LSTM(3, return_sequences=True), layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(np.ones((3, 6, 2)), np.ones((3, 6, 1)), verbose=0)
    assert model.output_shape == (None, 6, 1)
    model.save(tmp_path / "model.safetensors")
    for one in (model, sh.load_model(tmp_path / "model.safetensors")):
        assert one.predict(np.ones((3, 4, 2)), verbose=0).shape == (3, 4, 1)
        assert one.output_shape == (None, None, 1)
        one.fit(np.ones((3, 9, 2)), np.ones((3, 9, 1)), verbose=0)
        with pytest.raises(ValueError, match="takes inputs of shape"):
            one.predict(np.ones((3, 4, 5)), verbose=0)


def test_layers_of_arrays_keep_the_number_of_steps_of_the_first_data():
    model = sh.Sequential([layers.GRU(3, return_sequences=True), layers.Flatten()])
    assert model.predict(np.ones((3, 6, 2)), verbose=0).shape == (3, 18)
    with pytest.raises(ValueError, match=r"inputs of shape \(None, 6, 2\), got \(None, 5, 2\)"):
        model.predict(np.ones((3, 5, 2)), verbose=0)


@pytest.mark.parametrize("shape", [(1,), (), None])
@pytest.mark.parametrize("mode", ["int", "multi_hot"])
def test_texts_come_by_an_input_of_strings(tmp_path, shape, mode):
    texts = np.array(["the cat sat", "a dog ran away"] * 3)
    length = 6 if mode == "int" else None
    prepare = layers.TextVectorization(output_sequence_length=length, output_mode=mode)
    prepare.adapt(texts)
    reads = [layers.Embedding(10, 4), layers.GRU(3)] if mode == "int" else [layers.Dense(2)]
    start = [] if shape is None else [layers.Input(shape, dtype="string")]
    model = sh.Sequential([*start, prepare, *reads])
    outputs = model.predict(texts, verbose=0)
    np.testing.assert_array_equal(model.predict(texts[:, None], verbose=0), outputs)
    model.save(tmp_path / "texts.safetensors")
    again = sh.models.load_model(tmp_path / "texts.safetensors")
    np.testing.assert_array_equal(again.predict(texts, verbose=0), outputs)
    assert again.input_shape == model.input_shape
    assert sh.Sequential.from_config(model.get_config()).input_shape == model.input_shape
