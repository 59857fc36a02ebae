"""Names and habits of Keras's programs: what is here, and what is said of what is not."""

import copy
import inspect
import pickle

import numpy as np
import pytest

import sunhwan as sh
from sunhwan import layers


@pytest.mark.parametrize(
    ("module", "name", "hint"),
    [
        (sh, "ops", "there is no automatic differentiation"),
        (sh, "Sequentail", "did you mean 'Sequential'"),
        (layers, "Lambda", "use Cropping1D for x"),
        (layers, "ConvLSTM2D", r"use TimeDistributed\(Conv2D"),
        (layers, "CuDNNLSTM", "use LSTM"),
        (layers, "Bidirectionnal", "did you mean 'Bidirectional'"),
        (sh.utils, "plot_model", "summary"),
        (sh.backend, "mean", "there is no automatic differentiation"),
    ],
)
def test_names_that_are_not_there(module, name, hint):
    with pytest.raises(AttributeError, match=f"has no attribute '{name}': .*{hint}"):
        getattr(module, name)
    assert not hasattr(module, "_nothing_like_it")


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("from sunhwan import ops", "there is no automatic differentiation"),
        ("from sunhwan.layers import LSTM, ConvLSTM2D", r"use TimeDistributed\(Conv2D"),
        ("from sunhwan.layers import Bidirectionnal as B", "did you mean 'Bidirectional'"),
        ("from sunhwan.optimizers import Lion", "use AdamW"),
        ("from sunhwan.optimizers import legacy", "use the optimizers themselves"),
        ("from sunhwan.optimizers.schedules import Exponential", "did you mean 'ExponentialDecay'"),
        ("from sunhwan.losses import CTC", "label each step"),
        ("from sunhwan.metrics import MeanIoU", "write a function of y_true"),
        ("from sunhwan.callbacks import ProgbarLogger", r"fit\(verbose=1\)"),
        ("from sunhwan.activations import mish", "use silu"),
        ("from sunhwan.initializers import OrthogonalInitializer", "use Orthogonal"),
        ("from sunhwan.datasets import cifar10", "mnist"),
        ("from sunhwan.preprocessing import image", "Pillow"),
        ("from sunhwan.saving import KerasFileEditor", "load_model"),
        ("from sunhwan.backend import mean", "there is no automatic differentiation"),
    ],
)
def test_imports_of_names_that_are_not_there(line, hint):
    name = line.split(" as ")[0].split()[-1]
    with pytest.raises(
        ImportError, match=f"^cannot import name '{name}' from 'sunhwan.*': .*{hint}"
    ):
        exec(line, {})


def test_what_asks_for_names_by_other_ways_has_the_usual_errors():
    modules = [getattr(sh, name) for name in ("layers", "optimizers", "losses", "callbacks")]
    for module in modules:
        assert not hasattr(module, "Lambda")
        assert getattr(module, "Lambda", 3) == 3
        assert set(module.__all__) <= set(dir(module))
        assert dict(inspect.getmembers(module)).keys() >= set(module.__all__)
    with pytest.raises(AttributeError, match=r"Can't get attribute 'Lambda'|use Cropping1D"):
        pickle.loads(b"csunhwan.layers\nLambda\n.")
    with pytest.raises(
        ImportError, match=r"cannot import name '_nothing' from 'sunhwan.layers' \("
    ):
        exec("from sunhwan.layers import _nothing")
    with pytest.raises(ModuleNotFoundError):
        exec("import sunhwan.layers.Lambda")


def test_backend():
    layer = layers.Dense(2)
    layer.build((None, 3))
    np.testing.assert_array_equal(sh.backend.get_value(layer.kernel), layer.kernel.numpy())
    sh.backend.set_value(layer.bias, [1.0, 2.0])
    assert layer.bias.numpy().tolist() == [1.0, 2.0]
    assert (sh.backend.floatx(), sh.backend.epsilon()) == ("float32", 1e-7)
    with pytest.raises(TypeError, match=r"set by model.optimizer.learning_rate = value"):
        sh.backend.set_value(0.1, 0.2)


def test_names_begin_again_after_clearing():
    layers.LSTM(1), layers.LSTM(1)
    sh.utils.clear_session()
    assert (layers.LSTM(1).name, layers.LSTM(1).name) == ("lstm", "lstm_1")
    sh.backend.clear_session()
    assert layers.LSTM(1).name == "lstm"


def test_shapes_by_keras_s_other_names():
    assert sh.Sequential([layers.Dense(2, input_dim=3)]).input_shape == (None, 3)
    model = sh.Sequential([layers.LSTM(2, batch_input_shape=(4, 5, 1), stateful=True)])
    assert model.input_shape == (None, 5, 1)
    assert layers.LSTM(2, input_dim=3).get_config()["input_shape"] == [3]
    with pytest.raises(ValueError, match="batch_input_shape"):
        layers.LSTM(2, batch_input_shape=4)
    with pytest.raises(
        TypeError, match="unknown argument 'input_shap': did you mean 'input_shape'"
    ):
        layers.LSTM(2, input_shap=(5, 1))


class Composed(layers.Layer):
    def call(self, inputs):
        return inputs


class OwnCell(layers.Layer):
    def call(self, inputs, states):
        return inputs, states


class Nothing(layers.Layer):
    pass


@pytest.mark.parametrize(
    ("cls", "message"),
    [
        (
            Composed,
            "Composed cannot be made: it must write backward and forward, got call; .*Model",
        ),
        (
            OwnCell,
            "OwnCell cannot be made: .* subclass of layers.Cell that writes step and step_ba",
        ),
        (Nothing, "Nothing cannot be made: it must write backward and forward$"),
    ],
)
def test_layers_that_are_written_as_keras_s_are(cls, message):
    with pytest.raises(TypeError, match=message):
        cls()


class Scaled(layers.Layer):
    def build(self, input_shape):
        self.factor = self.add_weight(shape=(input_shape[-1],), initializer="ones")
        self.shift = self.add_weight(shape=(input_shape[-1],), initializer="zeros", trainable=False)

    def forward(self, x, context):
        return x * self.factor.value

    def backward(self, dy, context):
        return dy * self.factor.value


def test_weights_without_a_name():
    layer = Scaled()
    layer(np.ones((2, 3)))
    assert [weight.name for weight in layer.weights] == ["variable", "variable_1"]
    assert [weight.name for weight in layer.trainable_weights] == ["variable"]
    assert copy.deepcopy(layer).weights[0].shape == (3,)
    with pytest.raises(TypeError, match=r"takes a name, then a shape, got \(3,\)"):
        layer.add_weight((3,), "ones")


def models():
    chain = sh.Sequential([sh.Input((5, 2)), layers.LSTM(3), Scaled(), layers.Dense(1)])
    start = sh.Input((5, 2))
    h = layers.GRU(3, return_sequences=True)(start)
    return [chain, sh.Model(start, [layers.LSTM(2)(h), layers.GlobalMaxPooling1D()(h)])]


@pytest.mark.parametrize("model", models(), ids=["chain", "graph"])
def test_copies_and_json(model):
    clone = sh.models.clone_model(model)
    with sh.utils.custom_object_scope({"Scaled": Scaled}):
        again = sh.models.model_from_json(model.to_json(indent=2))
        config = type(model).from_config(model.get_config())
    for other in (clone, again, config):
        assert [w.shape for w in other.weights] == [w.shape for w in model.weights]
        assert not np.array_equal(other.get_weights()[0], model.get_weights()[0])
        other.set_weights(model.get_weights())
        x = np.ones((1, 5, 2))
        for one, two in zip(other.predict(x), model.predict(x), strict=True):
            np.testing.assert_array_equal(one, two)


def test_wrong_copies_and_json():
    with pytest.raises(ValueError, match="model must be a model"):
        sh.models.clone_model(layers.Dense(1))
    for wrong in ("", "3", '{"class_name": "Dense", "config": {"units": 1}}', '{"a": 1}'):
        with pytest.raises(ValueError, match="json_string must describe a model"):
            sh.models.model_from_json(wrong)


def test_a_graph_is_made_by_model_from_config():
    graph = models()[1]
    assert sh.Model.from_config(graph.get_config()).count_params() == graph.count_params()


def test_rows_of_length_one():
    x = np.random.default_rng(0).standard_normal((4, 5, 6))
    for axis in (-1, 0, 1):
        norms = np.linalg.norm(sh.utils.normalize(x, axis=axis), axis=axis)
        np.testing.assert_allclose(norms, 1.0)
    np.testing.assert_allclose(np.abs(sh.utils.normalize(x, order=1)).sum(axis=-1), 1.0)


def test_inputs_and_outputs_of_a_model_are_tensors():
    chain, graph = models()
    assert chain.input is chain.inputs[0]
    assert chain.output is chain.layers[-1].output
    assert (graph.input, graph.output) == (graph.inputs[0], graph.outputs)
    named = {"a": sh.Input((2,), name="a"), "b": sh.Input((2,), name="b")}
    assert list(sh.Model(named, layers.add(list(named.values()))).input) == ["a", "b"]
    part = sh.Model(graph.input, graph.layers[1].output)
    assert part.predict(np.ones((1, 5, 2)), verbose=0).shape == (1, 5, 3)


def test_former_names_of_arguments():
    assert layers.InputLayer(input_shape=[None, 1]).batch_shape == (None, None, 1)
    assert layers.InputLayer(batch_input_shape=(4, 5, 1)).batch_shape == (4, 5, 1)
    with pytest.raises(TypeError, match="InputLayer got an unknown argument 'shap': did you"):
        layers.InputLayer(shap=(3,))
    assert layers.LeakyReLU(alpha=0.1).negative_slope == 0.1
    with pytest.raises(TypeError, match="unknown argument 'lr': did you mean 'learning_rate'"):
        sh.optimizers.Adam(lr=0.1)


def test_common_mistakes_are_answered():
    x = np.ones((6, 2), np.float32)
    with pytest.raises(ValueError, match=r"'b' needs .* got \(None, 3\); .* return_sequences=True"):
        sh.Sequential([sh.Input((6, 2)), layers.LSTM(3), layers.LSTM(3, name="b")])
    with pytest.raises(ValueError, match=r"got \(6, 2\); x\[None\] is a batch of one row"):
        sh.Sequential([sh.Input((6, 2)), layers.LSTM(3)]).predict(x)
    with pytest.raises(ValueError, match=r"got dtype <U4: layers\.TextVectorization turns"):
        sh.Sequential([layers.Embedding(9, 2), layers.GRU(2)]).predict(np.array(["good", "bad"]))


def test_a_metric_may_give_one_number_for_a_masked_batch():
    x = np.array([[1, 2, 0], [3, 0, 0], [1, 1, 1]])

    def share(y_true, y_pred):
        return np.mean(y_pred.argmax(axis=-1) == y_true)

    model = sh.Sequential([layers.Embedding(4, 3, mask_zero=True), layers.Dense(4)])
    model.compile("sgd", "mse", metrics=[share])
    model.compile(loss=sh.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=[share])
    assert 0 <= model.evaluate(x, x, verbose=0, return_dict=True)["share"] <= 1


def test_methods_of_keras_2_say_what_to_use():
    model = models()[0]
    for name, hint in (("fit_generator", "use fit"), ("predict_classes", r"argmax\(axis=-1\)")):
        assert not hasattr(model, name)
        with pytest.raises(AttributeError, match=f"has no attribute '{name}': .*{hint}"):
            getattr(model, name)


def test_what_goes_by_the_name_of_the_one_output():
    model = sh.Sequential([sh.Input((2,)), layers.Dense(1, name="out")])
    model.compile("sgd", {"out": "mse"}, metrics={"out": ["mae"]})
    x = np.ones((4, 2))
    assert set(model.evaluate(x, x[:, :1], verbose=0, return_dict=True)) == {"loss", "mae"}
    for arguments in ({"loss": {"in": "mse"}}, {"loss": "mse", "metrics": {"in": ["mae"]}}):
        with pytest.raises(ValueError, match="must go by the name of the output, 'out', got 'in'"):
            model.compile("sgd", **arguments)


def test_a_layer_of_several_inputs_says_that_they_go_in_a_list():
    x = np.ones((2, 3, 4))
    for layer in (layers.Concatenate(), layers.Attention()):
        with pytest.raises(ValueError, match=r"takes a list of arrays, layer\(\[a, b\]\), got nd"):
            layer(x, x)


def test_the_learning_rate_by_its_former_name():
    optimizer = sh.optimizers.Adam(0.5)
    optimizer.lr = 0.25
    assert (optimizer.lr, optimizer.learning_rate) == (0.25, 0.25)
    assert "lr" not in optimizer.get_config()
    with pytest.raises(ValueError, match="learning_rate must be a finite number"):
        optimizer.lr = -1


def test_custom_objects_are_a_dictionary(tmp_path):
    models()[1].save(tmp_path / "model.safetensors")
    with pytest.raises(TypeError, match="custom_objects must be a dictionary from names"):
        sh.models.load_model(tmp_path / "model.safetensors", custom_objects=[Scaled])


def test_what_a_layer_gives_is_known_behind_an_input():
    model = sh.Sequential([layers.LSTM(3)])
    with pytest.raises(AttributeError, match="0 times; a model has them where it begins with an"):
        print(model.layers[0].output)
