"""What Keras's files say of training: the arguments of `compile`, as ours."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sunhwan import losses, metrics
from sunhwan._engine.config import argument_names
from sunhwan._engine.registry import Registry, build_from_config
from sunhwan.losses.loss import LOSSES
from sunhwan.metrics.metric import METRICS

from .keras_file import KerasFile
from .keras_forms import check_origin, is_custom, translated
from .keras_optimizer import optimizer_of, restore_state

if TYPE_CHECKING:
    from sunhwan.models.model import Model

_WITHOUT_EFFECT = {"axis": (-1,), "dtype": (None, "float32"), "fn": None, "ignore_class": (None,)}
_OLD_NAMES = {
    "kullback_leibler_divergence": "kl_divergence",
    "cosine_proximity": "cosine_similarity",
}


def restore_training(model: Model, file: KerasFile, layers: Sequence[Any]) -> None:
    """Compile a model as it was, and go on with the optimizer's state.

    Args:
        model: with its weights.
        file: an open file of it.
        layers: those that the optimizer's state belongs to, in the file's order; none where weights
            are others than the file's, so that the state does not belong to them.

    Raises:
        ValueError: something of it is not known here.
    """
    training = file.training or {}
    optimizer = training.get("optimizer_config", training.get("optimizer"))
    if optimizer is None:
        return
    try:
        chosen, legacy = optimizer_of(optimizer)
        model.compile(
            optimizer=chosen,
            loss=_loss(training.get("loss")),
            loss_weights=_alone(training.get("loss_weights")),
            metrics=_metrics(training.get("metrics")),
            weighted_metrics=_metrics(training.get("weighted_metrics")),
        )
        if layers:
            restore_state(model, file, layers, legacy)
    except (ValueError, TypeError) as error:
        raise ValueError(
            f"{file.name}: its training configuration cannot be taken over: {error}; "
            "load_model(..., compile=False) reads the model without it"
        ) from error


def _loss(form: Any) -> Any:
    form = _alone(form)
    if isinstance(form, list):
        return [_loss(one) for one in form]
    if isinstance(form, Mapping) and "class_name" not in form:
        return {name: _loss(one) for name, one in form.items()}
    if form is None or isinstance(form, str):
        return losses.get(_OLD_NAMES.get(str(form), form))
    return _thing(form, LOSSES, "loss")


def _metrics(forms: Any) -> Any:
    if isinstance(forms, Mapping):
        forms = forms if len(forms) > 1 else next(iter(forms.values()), None)
    if isinstance(forms, list) and len(forms) == 1 and isinstance(forms[0], list):
        forms = forms[0]
    if isinstance(forms, Mapping):
        return {name: _metric(one) for name, one in forms.items()}
    return None if forms is None else [_metric(one) for one in forms]


def _metric(form: Any) -> Any:
    """A metric, a list of them, or nothing for an output."""
    if form is None or isinstance(form, str):
        return form
    if isinstance(form, list):
        return [_metric(one) for one in form]
    config = form.get("config") if isinstance(form, Mapping) else None
    if isinstance(config, Mapping) and form.get("class_name") == "MeanMetricWrapper":
        function = config.get("fn")
        if isinstance(function, Mapping):
            function = function.get("config")
        thing: Any = METRICS.lookup(str(function))
        name = config.get("name")
        if inspect.isclass(thing):
            make: Any = thing
            return make(name=name)
        return metrics.MeanMetricWrapper(thing, name)
    return _thing(form, METRICS, "metric")


def _thing(form: Any, registry: Registry, kind: str) -> Any:
    """The loss or metric that a form describes."""
    if not isinstance(form, Mapping):
        raise ValueError(f"a {kind} must be a name or an object, got {form!r}")
    name, config = form.get("class_name"), form.get("config")
    check_origin(form, f"{kind} {name!r}")
    if name == "function":
        return registry.lookup(str(config)) if not is_custom(form) else registry.get(form)
    cls = registry.lookup(str(name))
    arguments = {}
    for argument, value in dict(config or {}).items():
        if argument == "reduction" and value == "auto":
            continue
        if inspect.isclass(cls) and argument not in argument_names(cls):
            harmless = _WITHOUT_EFFECT.get(argument, ())
            if harmless is not None and value not in harmless:
                raise ValueError(
                    f"{kind} {name!r}: argument {argument!r} is not known here, got {value!r}"
                )
            continue
        arguments[argument] = translated(value, f"{kind} {name!r}: argument {argument!r}")
    return build_from_config(registry, {**form, "config": arguments})


def _alone(value: Any) -> Any:
    """What is meant for the one output, where a list or an object of one holds it."""
    if isinstance(value, list) and len(value) == 1:
        return value[0]
    if isinstance(value, Mapping) and "class_name" not in value and len(value) == 1:
        return next(iter(value.values()))
    return value
