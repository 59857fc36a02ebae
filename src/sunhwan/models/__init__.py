"""Models."""

from sunhwan._engine.absent import absent_names

from .cloning import clone_model, model_from_json
from .functional import Functional
from .model import Model
from .saving import load_model, save_model
from .sequential import Sequential

__all__ = [
    "Functional",
    "Model",
    "Sequential",
    "clone_model",
    "load_model",
    "model_from_json",
    "save_model",
]

__getattr__ = absent_names(__name__, __all__)
