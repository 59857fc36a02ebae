"""English into German or French: an encoder, a decoder, and attention from one to the other.

A BiGRU reads; a GRU writes, and for each word attention looks where to read on. BLEU on test_2016
is 24.2 (26.0 with beams), French 36.3 (39.2); the same model in PyTorch: 24.3 (26.3), 36.8 (39.5).

`python examples/translation.py fr 3` translates into French with the seed 3. Needs the extra
`examples` (sacrebleu). Data: Multi30k (https://github.com/multi30k/dataset), 29,000 captions of
pictures: train.en.gz, train.de.gz, ... in the folder `translation/multi30k` of SUNHWAN_DATA.
"""

import gzip
import os
import re
import sys
from pathlib import Path

import numpy as np

import sunhwan as sh
from sunhwan import decode, layers

WORD = re.compile(r"\w+['-]?|[^\w\s]")  # `l'homme` is "l'", "homme"
START, STOP, UNKNOWN = "<s>", "</s>", 1
WORDS, DROPOUT, BATCH, RATE, EPOCHS = 6000, 0.3, 64, 2e-3, 12


def read(part: str, language: str) -> list[str]:
    """The sentences of a part, in small letters."""
    folder = Path(os.environ.get("SUNHWAN_DATA", "."), "translation", "multi30k")
    path = folder / f"{part}.{language}.gz"
    if not path.exists():
        raise SystemExit(f"{path} is missing: see the first lines of this program")
    return gzip.decompress(path.read_bytes()).decode().lower().splitlines()


def words(texts) -> list[list[str]]:
    return [[START, *WORD.findall(text), STOP] for text in texts]


def vectorizer(texts: list[str], split=words) -> layers.TextVectorization:
    """Turns texts into rows of ids, padded behind with 0."""
    layer = layers.TextVectorization(WORDS, standardize=None, split=split)
    layer.adapt(texts)
    return layer


def make(source_words: int, target_words: int, size=128, units=256, dropout=DROPOUT):
    """The model to train, and its two halves: encoder and decoder of one step."""
    first = sh.initializers.RandomNormal(stddev=1.0)  # from the small default it learns late
    embed = layers.Embedding(source_words, size, first, mask_zero=True)
    encode = layers.Bidirectional(layers.GRU(units // 2, return_sequences=True, return_state=True))
    embed_target = layers.Embedding(target_words, size, first, mask_zero=True)
    go_on = layers.GRU(units, return_sequences=True, return_state=True)
    ask, look = layers.Dense(units), layers.Attention()
    mix = layers.Dense(size, activation="tanh")
    choose = layers.Dense(target_words, activation="softmax")

    def say(target, state, memory):
        """The words that may follow those of `target`, and the state behind them."""
        known = layers.Dropout(dropout)(embed_target(target))
        steps, state = go_on(known, initial_state=state)
        seen = look([ask(steps), memory])  # where in the source to look, for each word
        mixed = mix(layers.Concatenate()([steps, seen]))
        return choose(layers.Dropout(dropout)(mixed)), state

    source, target = sh.Input((None,)), sh.Input((None,))
    memory, *ends = encode(layers.Dropout(dropout)(embed(source)))
    state = layers.Concatenate()(ends)
    translator = sh.Model([source, target], say(target, state, memory)[0])
    translator.compile(sh.optimizers.Adam(RATE), "sparse_categorical_crossentropy")
    encoder = sh.Model(source, [memory, state])
    word, before, context = sh.Input((1,)), sh.Input((units,)), sh.Input((None, units))
    there = layers.Masking()(context)  # memory is zero behind the end of a source
    decoder = sh.Model([word, before, context], [*say(word, before, there)])
    return translator, encoder, decoder


def train(translator: sh.Model, source, target, epochs: int) -> None:
    """Teacher forcing: the decoder reads the right words, and guesses the next after each."""
    guessed = target[:, 1:]
    given = np.where(guessed > 0, target[:, :-1], 0)  # nothing is guessed after the stop
    translator.fit([source, given], guessed, batch_size=BATCH, epochs=epochs)


def translate(encoder: sh.Model, decoder: sh.Model, source, known: list[str], search, **options):
    """Sentences for rows of ids, by `decode.greedy` or `decode.beam`."""
    memory, state = encoder.predict(source, verbose=0)
    start, stop = known.index(START), known.index(STOP)
    found = search(decoder, start, stop, states=state, context=memory, max_steps=50, **options)
    return [sentence(row, known) for row in found]


def sentence(ids, known: list[str]) -> str:
    said = " ".join(known[number] for number in ids if number != UNKNOWN)
    return re.sub(r"(?<=\w['-]) | (?=[.,!?])", "", said)


def main(language: str = "de", seed: int = 0) -> dict[str, float]:
    import sacrebleu

    sh.utils.set_random_seed(seed)
    english, foreign = read("train", "en"), read("train", language)
    to_source, to_target = vectorizer(english), vectorizer(foreign)
    known = to_target.get_vocabulary()
    translator, encoder, decoder = make(to_source.vocabulary_size(), len(known))
    train(translator, to_source(english), to_target(foreign), EPOCHS)

    asked, right = read("test_2016_flickr", "en"), read("test_2016_flickr", language)
    scores = {}
    for name, search in {"greedy": decode.greedy, "beam": decode.beam}.items():
        said = translate(encoder, decoder, to_source(asked), known, search)
        scores[name] = sacrebleu.corpus_bleu(said, [right]).score
        print(f"BLEU, {name}: {scores[name]:.2f}")
    print(*map("\n".join, zip(asked[:5], said, right, strict=False)), sep="\n\n")
    return scores


if __name__ == "__main__":
    main(*sys.argv[1:2], *map(int, sys.argv[2:]))
