"""Lookup, configs and custom objects, on classes of the test's own."""

from __future__ import annotations

import json

import numpy as np
import pytest

from sunhwan._engine.config import Configured, argument_names
from sunhwan._engine.custom_objects import (
    custom_object_scope,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
)
from sunhwan._engine.registry import (
    Registry,
    build_from_config,
    config_of,
    deserializer,
    serialize,
    snake_case,
)

PARTS = Registry("part")


class Part(Configured):
    def __init__(self, size=1, *, name=None):
        self.size = size
        self.name = name

    def __call__(self):
        return self.size


@PARTS.register("wheels")
class RoundWheel(Part):
    def __init__(self, spokes=8, inner=None, **kwargs):
        super().__init__(**kwargs)
        self.spokes = spokes
        self.inner = PARTS.get(inner)


@PARTS.register()
def plain_part():
    return 0


def test_every_name_of_a_class_finds_it_regardless_of_case():
    for name in ("RoundWheel", "round_wheel", "wheels", "ROUND_WHEEL", "roundwheel"):
        assert PARTS.lookup(name) is RoundWheel


def test_unknown_names_suggest_the_nearest():
    with pytest.raises(ValueError, match=r"unknown part 'round_weel': did you mean 'round_wheel'"):
        PARTS.get("round_weel")
    with pytest.raises(ValueError, match=r"unknown part 'xyz'; known are RoundWheel, plain_part"):
        PARTS.get("xyz")
    with pytest.raises(ValueError, match="did you mean 'RoundWheel'"):
        PARTS.get("RoundWeel")


def test_get_takes_names_configs_classes_instances_functions_and_none():
    wheel = RoundWheel(3)
    assert PARTS.get(None) is None
    assert PARTS.get(wheel) is wheel
    assert PARTS.get(plain_part) is plain_part
    assert PARTS.get("plain_part") is plain_part
    assert PARTS.get(RoundWheel).spokes == 8
    assert PARTS.get("wheels").spokes == 8
    assert PARTS.get({"class_name": "RoundWheel", "config": {"spokes": 5}}).spokes == 5
    with pytest.raises(ValueError, match=r"part must be .*, got 3 of type int"):
        PARTS.get(3)


def test_a_base_class_excludes_functions():
    parts = Registry("part", Part)
    with pytest.raises(ValueError, match=r"part must be .* a class, an instance, got"):
        parts.get(plain_part)


def test_a_config_is_the_stored_arguments_behind_kwargs_too():
    assert argument_names(RoundWheel) == ["spokes", "inner", "size", "name"]
    wheel = RoundWheel(np.int64(4), inner="wheels", size=(2, 3), name="front")
    config = config_of(wheel)
    assert config == {
        "spokes": 4,
        "inner": {
            "class_name": "RoundWheel",
            "config": {"spokes": 8, "inner": None, "size": 1, "name": None},
        },
        "size": [2, 3],
        "name": "front",
    }
    assert json.loads(json.dumps(config)) == config


def test_an_argument_that_is_not_stored_is_named():
    class Forgetful:
        def __init__(self, width):
            pass

    with pytest.raises(AttributeError, match="Forgetful must keep its argument 'width'"):
        config_of(Forgetful(1))


def test_serialize_and_deserialize_are_inverse():
    wheel = RoundWheel(7, inner=RoundWheel(2), name="rear")
    form = json.loads(json.dumps(serialize(wheel)))
    again = deserializer(PARTS)(form)
    assert isinstance(again, RoundWheel)
    assert (again.spokes, again.inner.spokes, again.name) == (7, 2, "rear")
    assert serialize(again) == form
    assert deserializer(PARTS)(serialize(plain_part)) is plain_part
    assert deserializer(PARTS)({**form, "module": "keras.x", "registered_name": None}).spokes == 7


def test_bad_forms_are_refused():
    with pytest.raises(ValueError, match=r"'class_name' and 'config', got \{'config'"):
        build_from_config(PARTS, {"config": {}})
    with pytest.raises(TypeError, match=r"part RoundWheel: .*unexpected keyword argument 'colour'"):
        build_from_config(PARTS, {"class_name": "RoundWheel", "config": {"colour": 1}})
    with pytest.raises(ValueError, match="serialize an instance"):
        serialize(RoundWheel)
    with pytest.raises(ValueError, match="no get_config"):
        serialize(object())


def test_custom_objects_reach_the_configs_inside():
    class Hub(Part):
        pass

    form = serialize(RoundWheel(3, inner=Hub(9)))
    with pytest.raises(ValueError, match="unknown part 'Hub'"):
        deserializer(PARTS)(form)
    assert deserializer(PARTS)(form, {"Hub": Hub}).inner.size == 9
    with custom_object_scope({"Hub": Hub}):
        assert deserializer(PARTS)(form).inner.size == 9
    with pytest.raises(ValueError, match="unknown part 'Hub'"):
        PARTS.get("Hub")
    with pytest.raises(ValueError, match="did you mean 'Hub'"):
        PARTS.lookup("Hab", {"Hub": Hub})


def test_registered_classes_are_found_by_their_full_name():
    @register_keras_serializable("garage")
    class Jack(Part):
        pass

    try:
        form = serialize(Jack(4))
        assert form["registered_name"] == "garage>Jack"
        assert deserializer(PARTS)(form).size == 4
        assert deserializer(PARTS)({"class_name": "garage>Jack", "config": {}}).size == 1
        assert "registered_name" not in serialize(type("SmallJack", (Jack,), {})())
    finally:
        del get_custom_objects()["garage>Jack"]


def test_functions_and_classes_are_registered_for_the_program():
    @register_keras_serializable(package="garage", name="Pump")
    def press():
        return 7

    try:
        assert get_registered_name(press) == "garage>Pump"
        assert get_registered_object("garage>Pump") is press
        assert deserializer(PARTS)(json.loads(json.dumps(serialize(press)))) is press
    finally:
        del get_custom_objects()["garage>Pump"]
    assert get_registered_object("garage>Pump") is None
    assert get_registered_object("Pump", {"Pump": press}) is press
    assert get_registered_name(Part) == "Part"
    with pytest.raises(ValueError, match="must have a get_config, got object"):
        register_keras_serializable()(object)
    with pytest.raises(TypeError, match=r"@register_keras_serializable\(\)"):
        register_keras_serializable(Part)
    with pytest.raises(TypeError, match="custom_objects must be a dictionary"):
        custom_object_scope([Part]).__enter__()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("HeNormal", "he_normal"),
        ("KLDivergence", "kl_divergence"),
        ("AUC", "auc"),
        ("SGD", "sgd"),
        ("RMSprop", "rm_sprop"),
        ("F1Score", "f1_score"),
        ("TopKCategoricalAccuracy", "top_k_categorical_accuracy"),
    ],
)
def test_snake_case_is_keras_s(name, expected):
    assert snake_case(name) == expected


def test_repr_shows_the_arguments():
    assert repr(Part(2)) == "Part(size=2, name=None)"
