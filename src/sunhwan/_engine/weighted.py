"""What layers and models have in common: weights."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from .variable import Variable


class Weighted(ABC):
    """Something with variables, asked for them by Keras's names."""

    @property
    @abstractmethod
    def variables(self) -> list[Variable]:
        """All weights, in Keras's order."""

    @property
    def weights(self) -> list[Variable]:
        """All weights, in Keras's order."""
        return self.variables

    @property
    def trainable_variables(self) -> list[Variable]:
        """The weights that an optimizer may change."""
        return [variable for variable in self.variables if variable.trainable]

    @property
    def trainable_weights(self) -> list[Variable]:
        """The weights that an optimizer may change."""
        return self.trainable_variables

    @property
    def non_trainable_variables(self) -> list[Variable]:
        """The weights that no optimizer changes."""
        return [variable for variable in self.variables if not variable.trainable]

    @property
    def non_trainable_weights(self) -> list[Variable]:
        """The weights that no optimizer changes."""
        return self.non_trainable_variables

    def get_weights(self) -> list[np.ndarray]:
        """Copies of all weights, in Keras's order."""
        return [variable.numpy() for variable in self.variables]
