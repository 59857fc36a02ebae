"""`examples/translation.py` and its twin."""
# pyright: reportMissingImports=false

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.twins.saved import hand_over
from benchmarks.twins.twin import Scores, Twin, example

TEST = "test_2016_flickr"
BEAMS, PENALTY, MOST = 4, 1.0, 50  # as in the example


class Translation(Twin):
    """English into another language; scores are BLEU.

    Args:
        language: `"de"` or `"fr"`.
    """

    apart = 1.0
    module = "benchmarks.twins.torch_translation"

    def __init__(self, language: str) -> None:
        self.language = language
        self.name = f"translation-{language}"
        self.title = f"Multi30k, English to {language}, BLEU on test_2016"

    def hand_over(self, path: Path, seed: int, threads: int) -> None:
        """Write the twin's file."""
        import sunhwan as sh

        program = example("translation")
        sh.utils.set_random_seed(seed)
        texts = {code: program.read("train", code) for code in ("en", self.language)}
        to_source, to_target = map(program.vectorizer, texts.values())
        known = to_target.get_vocabulary()
        model, *_ = program.make(to_source.vocabulary_size(), len(known))
        settings = {
            "seed": seed,
            "threads": threads,
            "dropout": program.DROPOUT,
            "rate": program.RATE,
            "epochs": program.EPOCHS,
            "batch": program.BATCH,
            "start": known.index(program.START),
            "stop": known.index(program.STOP),
            "most": MOST,
            "beams": BEAMS,
            "penalty": PENALTY,
        }
        arrays = {
            "source": to_source(texts["en"]),
            "target": to_target(texts[self.language]),
            "asked": to_source(program.read(TEST, "en")),
        }
        hand_over(path, settings, arrays, model.get_weights())

    def train(self, seed: int) -> Scores:
        """Our scores."""
        return example("translation").main(self.language, seed)

    def judge(self, results: dict[str, Any]) -> Scores:
        """The twin's scores."""
        import sacrebleu

        program = example("translation")
        right = program.read(TEST, self.language)
        known = program.vectorizer(program.read("train", self.language)).get_vocabulary()
        scores = {}
        for search, found in results.items():
            said = [program.sentence(row, known) for row in found]
            scores[search] = sacrebleu.corpus_bleu(said, [right]).score
        return scores
