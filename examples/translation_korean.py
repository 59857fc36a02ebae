"""Korean into English, by the program that translates English, from 3,300 pairs of sentences.

BLEU 60 on sentences that it has learnt, 12 on new ones (no English sentence is in both). So few
teach it the commonest words and turns, not the language. What it learnt comes back nearly by heart:

    거기서 얼마나 있을 예정이야?  how long do you plan to be there?  (right: ... to stay there?)
    그만 흐느껴.                  stop whining.                      (right: stop whining.)

Of new sentences it mostly gets the kind, and makes up the rest:

    나는 파이어폭스를 사용해.      i don't understand french.   (right: i use firefox.)
    톰은 꽤 동기부여가 되어 있어.  tom is a bit very good poet. (right: tom is quite motivated.)

Data: kor-eng.zip (https://www.manythings.org/anki, from https://tatoeba.org) in the folder
`translation` of SUNHWAN_DATA.
"""

import os
import sys
import zipfile
from pathlib import Path

import numpy as np
from translation import make, train, translate, vectorizer

import sunhwan as sh
from sunhwan import decode

EPOCHS = 30


def read() -> list[tuple[str, str]]:
    """Pairs of Korean and English sentences, the English ones in small letters."""
    path = Path(os.environ.get("SUNHWAN_DATA", "."), "translation", "kor-eng.zip")
    if not path.exists():
        raise SystemExit(f"{path} is missing: see the first lines of this program")
    with zipfile.ZipFile(path) as archive:
        lines = archive.read("kor.txt").decode().splitlines()
    return [(korean, english.lower()) for english, korean, *_ in (s.split("\t") for s in lines)]


def characters(texts) -> list[list[str]]:
    """Korean by its syllables, each one character: words change their endings too often."""
    return [list(text) for text in texts]


def halves(pairs: list[tuple[str, str]], share: float = 0.1) -> tuple[list, list]:
    """Pairs to learn and pairs to ask: no English sentence is in both."""
    sentences = sorted({english for _, english in pairs})
    chosen = np.random.default_rng(0).permutation(len(sentences)) < share * len(sentences)
    asked = {sentence for sentence, one in zip(sentences, chosen, strict=True) if one}
    return [p for p in pairs if p[1] not in asked], [p for p in pairs if p[1] in asked]


def main(seed: int = 0) -> dict[str, float]:
    import sacrebleu

    sh.utils.set_random_seed(seed)
    learnt, asked = halves(read())
    korean, english = map(list, zip(*learnt, strict=True))
    to_source, to_target = vectorizer(korean, characters), vectorizer(english)
    known = to_target.get_vocabulary()
    translator, encoder, decoder = make(to_source.vocabulary_size(), len(known))
    train(translator, to_source(korean), to_target(english), EPOCHS)

    scores = {}
    for name, pairs in {"learnt": learnt[:: len(learnt) // len(asked)], "new": asked}.items():
        source, right = map(list, zip(*pairs, strict=True))
        said = translate(encoder, decoder, to_source(source), known, decode.beam)
        scores[name] = sacrebleu.corpus_bleu(said, [right]).score
        print(f"\nBLEU, {name} sentences: {scores[name]:.1f}")
        for lines in list(zip(source, said, right, strict=True))[:: len(pairs) // 8]:
            print("  {}\n    {}    (right: {})".format(*lines))
    return scores


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
