"""`examples/characters.py` and its twin."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.twins.saved import hand_over
from benchmarks.twins.twin import Scores, Twin, example


class Characters(Twin):
    """The character model of Shakespeare; its score is in bits a character."""

    name = "characters"
    title = "tinyshakespeare, bits a character on the last tenth"
    apart = 0.02
    module = "benchmarks.twins.torch_characters"

    def hand_over(self, path: Path, seed: int, threads: int) -> None:
        """Write the twin's file."""
        import sunhwan as sh

        program = example("characters")
        sh.utils.set_random_seed(seed)
        characters, (x, y), (x_val, y_val) = program.prepare()
        settings = {
            "seed": seed,
            "threads": threads,
            "dropout": program.DROPOUT,
            "rate": program.RATE,
            "epochs": program.EPOCHS,
            "batch": program.STREAMS,
        }
        arrays = {"x": x, "y": y, "x_val": x_val, "y_val": y_val}
        hand_over(path, settings, arrays, program.make(len(characters)).get_weights())

    def train(self, seed: int) -> Scores:
        """Our score."""
        bits, _ = example("characters").main(seed)
        return {"bits": bits}

    def judge(self, results: dict[str, Any]) -> Scores:
        """The twin's score."""
        return {"bits": results["bits"][-1]}
