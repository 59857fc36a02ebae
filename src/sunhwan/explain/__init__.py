"""Pictures that explain what a recurrent network does with a sequence.

Each function returns an object that holds the numbers as arrays and draws them with `plot()`. The
pictures need matplotlib: `pip install 'sunhwan[plot]'`.
"""

from .attention import Attention, attention
from .attribution import Attribution, Part, attribution
from .gates import Gates, gates
from .memory import Memory, memory
from .states import States, states

__all__ = [
    "Attention",
    "Attribution",
    "Gates",
    "Memory",
    "Part",
    "States",
    "attention",
    "attribution",
    "gates",
    "memory",
    "states",
]
