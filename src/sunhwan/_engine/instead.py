"""What to use in place of Keras's names that are not here."""

from __future__ import annotations

NO_GRADIENTS = (
    "there is no automatic differentiation: a loss of your own returns its value and its gradient, "
    "a layer writes forward and backward in NumPy, metrics are plain NumPy"
)

_OWN_LOSS = "write a function that returns its value and its gradient, see losses.FunctionLoss"
_OWN_METRIC = "write a function of y_true and y_pred in NumPy, or a subclass of metrics.Metric"
_NO_CONV3D = "images have two axes here"
_NO_CHANGES = "there are no layers that change images: do it before, with NumPy or Pillow"
_PILLOW = "read and write images with Pillow"
_OWN_DATA = "load its arrays with another package, such as scikit-learn"
_OWN_ACTIVATION = "write a Layer with forward and backward; activations here are those of __all__"


def _all(hint: str, names: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), hint)


INSTEAD: dict[str, dict[str, str]] = {
    "sunhwan": {
        "ops": NO_GRADIENTS,
        "random": "use numpy.random",
        "applications": "there are no models of images",
        "mixed_precision": "all is computed in float32",
        "distribution": "there is one machine",
        "Variable": "a layer's add_weight makes variables",
        "KerasTensor": "Input and calls of layers make symbolic tensors",
        "InputSpec": "a layer checks the shape in its build",
        "Function": "call a Model",
        "config": "use backend.floatx and backend.epsilon",
        "export": "use model.save",
    },
    "sunhwan.layers": {
        "Lambda": "use Cropping1D for x[:, n:], Reshape for another axis, Activation for a "
        "function, Normalization for a factor, or write a Layer with forward and backward",
        "ConvLSTM1D": "use TimeDistributed(Conv1D(...)), then Flatten in TimeDistributed and LSTM",
        "ConvLSTM2D": "use TimeDistributed(Conv2D(...)), then Flatten in TimeDistributed and LSTM",
        "CuDNNLSTM": "use LSTM",
        "CuDNNGRU": "use GRU",
        "IntegerLookup": "use StringLookup on the numbers as strings",
        "CategoryEncoding": "use utils.to_categorical, or TextVectorization(output_mode=...)",
        "Hashing": "use preprocessing.text.hashing_trick",
        "Discretization": "use numpy.digitize before",
        "Rescaling": "scale the data before, or use Normalization(mean=..., variance=...)",
        "SeparableConv1D": "use Conv1D(groups=...) and Conv1D(kernel_size=1)",
        "SeparableConv2D": "use Conv2D(groups=...) and Conv2D(kernel_size=1)",
        "DepthwiseConv1D": "use Conv1D(groups=...)",
        "DepthwiseConv2D": "use Conv2D(groups=...)",
        "ZeroPadding2D": "use Conv2D(padding='same')",
        "EinsumDense": "use Dense, which works along the last axis",
        "ReversibleEmbedding": "use Embedding and Dense",
        "PReLU": "use LeakyReLU",
        "Identity": "use Activation('linear')",
        "ActivityRegularization": "use the argument activity_regularizer of a layer",
        "GaussianDropout": "use GaussianNoise or Dropout",
        "AlphaDropout": "use Dropout",
        "SpatialDropout2D": "use Dropout",
        "SpectralNormalization": "use kernel_constraint, such as constraints.MaxNorm",
        "AbstractRNNCell": "use Cell",
        "InputSpec": "a layer checks the shape in its build",
        "Wrapper": "write a subclass of Model with a call",
        "TFSMLayer": "a SavedModel is not read: save the model as .keras and use load_model",
        "TorchModuleWrapper": "use interop.load_torch",
        **_all("use LayerNormalization", "GroupNormalization RMSNormalization UnitNormalization"),
        **_all(
            _NO_CONV3D,
            "ConvLSTM3D Conv3D Conv3DTranspose MaxPooling3D MaxPool3D AveragePooling3D AvgPool3D "
            "GlobalMaxPooling3D GlobalMaxPool3D GlobalAveragePooling3D GlobalAvgPool3D Cropping3D "
            "UpSampling3D ZeroPadding3D SpatialDropout3D",
        ),
        **_all("there is none for images", "Conv2DTranspose Cropping2D UpSampling2D"),
        **_all(
            _NO_CHANGES,
            "Resizing CenterCrop RandomBrightness RandomContrast RandomCrop RandomFlip "
            "RandomRotation RandomTranslation RandomZoom RandAugment AugMix MixUp CutMix",
        ),
    },
    "sunhwan.optimizers": {
        "legacy": "use the optimizers themselves, such as optimizers.Adam",
        "Ftrl": "use Adagrad, and a kernel_regularizer",
        "LossScaleOptimizer": "all is computed in float32: use the optimizer inside",
        "MultiOptimizer": "one optimizer trains all weights; layer.trainable leaves some out",
        **_all("use AdamW", "Adafactor Lamb Lion Muon ScheduleFreeAdamW"),
    },
    "sunhwan.losses": {
        **_all("label each step and use SparseCategoricalCrossentropy", "CTC ctc"),
        **_all(
            _OWN_LOSS,
            "Circle circle Dice dice Tversky tversky CategoricalGeneralizedCrossEntropy "
            "categorical_generalized_cross_entropy",
        ),
    },
    "sunhwan.metrics": _all(
        _OWN_METRIC,
        "IoU BinaryIoU MeanIoU OneHotIoU OneHotMeanIoU ConcordanceCorrelation "
        "concordance_correlation PearsonCorrelation pearson_correlation",
    ),
    "sunhwan.callbacks": {
        "ProgbarLogger": "fit(verbose=1) shows the progress",
        "RemoteMonitor": "use Board, or write a Callback",
        "SwapEMAWeights": "use the argument use_ema of an optimizer",
        "OrbaxCheckpoint": "use BackupAndRestore",
    },
    "sunhwan.initializers": {
        "IdentityInitializer": "use Identity",
        "OrthogonalInitializer": "use Orthogonal",
    },
    "sunhwan.activations": {
        "celu": "use elu",
        "log_sigmoid": "use a loss with from_logits=True",
        **_all("use silu", "hard_silu hard_swish mish"),
        "hard_tanh": "use tanh",
        **_all(
            _OWN_ACTIVATION,
            "glu hard_shrink soft_shrink tanh_shrink sparse_plus sparse_sigmoid sparsemax "
            "squareplus threshold",
        ),
    },
    "sunhwan.datasets": {
        "fashion_mnist": "use mnist",
        **_all("there are the images of mnist and digits", "cifar10 cifar100"),
        **_all(_OWN_DATA, "boston_housing california_housing"),
    },
    "sunhwan.preprocessing": _all(_PILLOW, "image image_dataset_from_directory"),
    "sunhwan.saving": {
        "KerasFileEditor": "load_model and load_weights read Keras's files",
        "deserialize_keras_object": "use layers.deserialize, losses.deserialize and so on",
        "serialize_keras_object": "use layers.serialize, losses.serialize and so on",
    },
    "sunhwan.utils": {
        "plot_model": "model.summary() prints the graph, callbacks.Board draws it",
        "model_to_dot": "model.summary() prints the graph, callbacks.Board draws it",
        "Progbar": "use tqdm",
        "split_dataset": "use the argument validation_split of fit, or take and skip of Batches",
        "FeatureSpace": "make the features with NumPy",
        "audio_dataset_from_directory": "read audio with scipy.io.wavfile",
        "disable_interactive_logging": "use fit(verbose=2)",
        "deserialize_keras_object": "use layers.deserialize, losses.deserialize and so on",
        "serialize_keras_object": "use layers.serialize, losses.serialize and so on",
        **_all(_PILLOW, "image_dataset_from_directory array_to_img img_to_array load_img save_img"),
    },
}

METHODS = {  # of models
    "evaluate_generator": "use evaluate, which takes any iterable of batches",
    "export": "use save",
    "fit_generator": "use fit, which takes any iterable of batches",
    "predict_classes": "use predict(x).argmax(axis=-1), or predict(x) > 0.5 of one column",
    "predict_generator": "use predict, which takes any iterable of batches",
    "predict_proba": "use predict",
    "to_yaml": "use to_json",
    "train_step": "use train_on_batch in a loop of your own",
}
