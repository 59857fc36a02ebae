"""What the layers and variables of a model are called where it is watched."""

from __future__ import annotations

from sunhwan._engine.plan import Plan


class Names:
    """Names that differ, also where models within a model use the same ones.

    Args:
        plan: the model's.

    Attributes:
        layers: the layers' names, by `id(layer)`; from the second on with `_2` and so on.
        variables: the layer's name and the variable's path, by `id(variable)`.
        owners: of the layers in a layer (and of it, `""`) its name and theirs, by `id(layer)`.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.layers: dict[int, str] = {}
        self.variables: dict[int, tuple[str, str]] = {}
        self.owners: dict[int, tuple[str, str]] = {}
        taken: dict[str, int] = {}
        for layer in plan.layers:
            if id(layer) in self.layers:
                continue
            taken[layer.name] = number = taken.get(layer.name, 0) + 1
            name = layer.name if number == 1 else f"{layer.name}_{number}"
            self.layers[id(layer)] = name
            self.owners[id(layer)] = name, ""
            for child in layer.children:
                self.owners[id(child)] = name, child.name
            for variable in layer.variables:
                path = f"{name}/{variable.path.partition('/')[2]}"
                self.variables.setdefault(id(variable), (name, path))
