"""Models and weights out of files that Keras 2 and 3 wrote."""

from pathlib import Path

import numpy as np
import pytest

import sunhwan as sh

FILES = Path(__file__).parent / "golden" / "files"
TOLERANCE = 1e-6  # a few roundings of float32 after some layers

TRAINED = [
    "texts_3.keras",
    "texts_3.h5",
    "texts_2.keras",
    "texts_2.h5",
    "images_3.keras",
    "images_2.h5",
    "cells_3.keras",
    "cells_2.h5",
    "frames_3.keras",
    "series_3.keras",
    "series_2.h5",
    "shapes_3.keras",
    "shapes_3.h5",
    "shapes_2.h5",
    "legacy_2.h5",
]


def case_of(name):
    with np.load(FILES / f"{Path(name).stem}.npz", allow_pickle=False) as arrays:
        return dict(arrays)


@pytest.mark.parametrize("name", [*TRAINED, "cudnn_2.h5", "hard_sigmoid_2.h5"])
def test_predictions_are_keras_own(name):
    case, model = case_of(name), sh.load_model(FILES / name)
    np.testing.assert_allclose(
        model.predict(case["x"], verbose=0), case["y"], rtol=TOLERANCE, atol=TOLERANCE
    )


@pytest.mark.parametrize("name", TRAINED)
def test_training_goes_on_with_the_optimizer_s_state(name):
    case, model = case_of(name), sh.load_model(FILES / name)
    assert model.optimizer.iterations == 2
    model.train_on_batch(case["x"], case["target"])
    np.testing.assert_allclose(
        model.predict(case["x"], verbose=0), case["after"], rtol=TOLERANCE, atol=TOLERANCE
    )


@pytest.mark.parametrize("stem", ["graph_3", "graph_2", "attention_3", "attention_2", "looking_3"])
@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_graphs(stem, suffix):
    case, model = case_of(stem), sh.load_model(FILES / f"{stem}{suffix}")
    x, target, y, after = (
        [case[key] for key in sorted(case) if key.rstrip("012") == group]
        for group in ("x", "target", "y", "after")
    )
    alone = len(y) == 1
    for expected in (y, after):
        found = model.predict(x, verbose=0)
        for ours, part in zip([found] if alone else found, expected, strict=True):
            np.testing.assert_allclose(ours, part, rtol=TOLERANCE, atol=TOLERANCE)
        model.train_on_batch(x, target[0] if alone else target)


def test_lists_of_weights_do_not_tell_those_of_a_wrapped_model():
    with pytest.raises(ValueError, match=r"'time_distributed\w*' wraps a model, .* save it anew"):
        sh.load_model(FILES / "frames_3.h5")


@pytest.mark.parametrize("read", ["load_model", "load_weights"])
def test_weights_that_are_not_finite_are_told_of(tmp_path, read):
    model, path = sh.load_model(FILES / "texts_3.h5"), tmp_path / "broken.h5"
    weight = model.variables[1]
    data, numbers = (FILES / "texts_3.h5").read_bytes(), weight.value.tobytes()
    assert data.count(numbers) == 1
    path.write_bytes(data.replace(numbers, np.float32(-np.inf).tobytes() + numbers[4:]))
    with pytest.warns(UserWarning, match="not finite") as told:
        sh.load_model(path) if read == "load_model" else model.load_weights(path)
    (warning,) = told
    assert f"weight {weight.path!r} " in str(warning.message)
    assert f"(of {path}: 1 of {weight.size}, the first -inf at [0, 0])" in str(warning.message)
    assert warning.filename == __file__


def test_texts_bring_their_vocabulary():
    case, model = case_of("words_3"), sh.load_model(FILES / "words_3.keras")
    assert model.layers[0].get_vocabulary()[:4] == ["", "[UNK]", "a", "bee"]
    predictions = model.predict(case["x"].tolist(), verbose=0)
    np.testing.assert_allclose(predictions, case["y"], rtol=TOLERANCE, atol=TOLERANCE)


def test_what_was_compiled():
    model = sh.load_model(FILES / "texts_3.keras")
    assert model.optimizer.clipnorm == 1.0
    assert model.optimizer.learning_rate == pytest.approx(0.01)
    assert model.loss.__name__ == "sparse_categorical_crossentropy"
    case = case_of("texts_3.keras")
    history = model.fit(case["x"], case["target"], epochs=1, verbose=0).history
    assert set(history) == {"accuracy", "loss", "sparse_top_k_categorical_accuracy"}
    bare = sh.load_model(FILES / "texts_3.keras", compile=False)
    assert bare.optimizer is None


def test_old_decay_becomes_a_schedule():
    optimizer = sh.load_model(FILES / "legacy_2.h5").optimizer
    assert optimizer.amsgrad
    assert optimizer.learning_rate == pytest.approx(0.01 / (1 + 0.1 * 2))


def test_a_layer_that_is_not_trained_stays_so():
    model = sh.load_model(FILES / "shapes_2.h5")
    assert [layer.trainable for layer in model.layers].count(False) == 1


def test_cudnn_layers_become_lstm_and_gru():
    model = sh.load_model(FILES / "cudnn_2.h5")
    assert [type(layer).__name__ for layer in model.layers] == ["LSTM", "GRU", "Dense"]
    assert model.layers[1].reset_after


@pytest.mark.parametrize(
    "name",
    [
        "texts_3.weights.h5",
        "texts_3.h5",
        "texts_3.keras",
        "texts_2.weights.h5",
        "texts_2_weights.h5",
    ],
)
def test_weights_alone(name):
    case = case_of("texts_2" if "_2" in name else "texts_3")
    model = sh.Sequential(
        [
            sh.layers.Embedding(43, 4, mask_zero=True),
            sh.layers.Bidirectional(sh.layers.LSTM(3, return_sequences=True)),
            sh.layers.TimeDistributed(sh.layers.Dense(5, activation="relu")),
            sh.layers.GRU(4),
            sh.layers.BatchNormalization(),
            sh.layers.Dense(3, activation="softmax"),
        ]
    )
    model.load_weights(FILES / name)
    np.testing.assert_allclose(
        model.predict(case["x"], verbose=0), case["y"], rtol=TOLERANCE, atol=TOLERANCE
    )


def test_cudnn_weights_go_into_a_model_of_ours():
    case = case_of("cudnn_2")
    model = sh.Sequential(
        [
            sh.layers.LSTM(4, return_sequences=True, input_shape=(5, 3)),
            sh.layers.GRU(3),
            sh.layers.Dense(2),
        ]
    )
    model.load_weights(FILES / "cudnn_2.h5")
    np.testing.assert_allclose(
        model.predict(case["x"], verbose=0), case["y"], rtol=TOLERANCE, atol=TOLERANCE
    )


def test_weights_that_do_not_fit_change_nothing():
    model = sh.Sequential([sh.layers.Embedding(43, 4), sh.layers.GRU(4), sh.layers.Dense(3)])
    before = model.get_weights()
    with pytest.raises(ValueError, match=r"layer 'gru.*' needs weights of the shapes"):
        model.load_weights(FILES / "texts_3.weights.h5")
    with pytest.raises(ValueError, match=r"weights of 6 layers, but model .* has 3"):
        model.load_weights(FILES / "texts_2_weights.h5")
    for ours, old in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(ours, old)


def test_a_file_of_weights_is_no_model():
    with pytest.raises(ValueError, match="weights alone"):
        sh.load_model(FILES / "texts_3.weights.h5")


@pytest.mark.parametrize("name", ["lambda_3.keras", "lambda_2.h5"])
def test_code_is_refused(name):
    with pytest.raises(ValueError, match=r"'lambda' \(Lambda\) holds Python code"):
        sh.load_model(FILES / name)
