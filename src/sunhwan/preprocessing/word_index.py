"""Keras 2's tokenizer of texts, which many programs still use."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from sunhwan._engine.arguments import check_flag, optional_count
from sunhwan.preprocessing.words import FILTERS, text_to_word_sequence

_MODES = ("binary", "count", "tfidf", "freq")


class Tokenizer:
    """Numbers the words of texts by how often they come: 1 is the most frequent.

    Number 0 is nobody's: it is for padding. This is Keras 2's class; where a model is saved with
    its vocabulary, take the layer `TextVectorization`.

    Args:
        num_words: only words whose number is below this are used; default all.
        filters: letters that are taken as `split`.
        lower: whether texts are lowercased, in all scripts.
        split: what stands between words.
        char_level: whether letters are the words.
        oov_token: a word of number 1 that stands for unknown ones; default: these are left out.
        analyzer: a function from a text to its words, in place of filters, lower and split.

    Attributes:
        word_index: word -> number.
        index_word: number -> word.
        word_counts: word -> how often it came.
        word_docs, index_docs: word, number -> in how many texts it was.
        document_count: how many texts there were.

    >>> tokenizer = Tokenizer(oov_token="<unk>")
    >>> tokenizer.fit_on_texts(["The cat sat.", "The dog!"])
    >>> tokenizer.texts_to_sequences(["the bird sat"])
    [[2, 1, 4]]
    >>> tokenizer.sequences_to_texts([[2, 3]])
    ['the cat']
    """

    def __init__(
        self,
        num_words: int | None = None,
        filters: str = FILTERS,
        lower: bool = True,
        split: str = " ",
        char_level: bool = False,
        oov_token: str | None = None,
        analyzer: Callable[[str], Iterable[str]] | None = None,
    ) -> None:
        self.num_words = optional_count("num_words", num_words)
        self.filters, self.split, self.oov_token = filters, split, oov_token
        self.lower = check_flag("lower", lower)
        self.char_level = check_flag("char_level", char_level)
        self.analyzer = analyzer
        self.word_counts: Counter[str] = Counter()
        self.word_docs: defaultdict[str, int] = defaultdict(int)
        self.index_docs: defaultdict[int, int] = defaultdict(int)
        self.word_index: dict[str, int] = {}
        self.index_word: dict[int, str] = {}
        self.document_count = 0

    def fit_on_texts(self, texts: Iterable[Any]) -> None:
        """Count the words of texts, and number them.

        Args:
            texts: texts, or lists of words.

        Raises:
            ValueError: an element is neither.
        """
        for text in texts:
            words = self._words(text)
            self.document_count += 1
            self.word_counts.update(words)
            for word in set(words):
                self.word_docs[word] += 1
        # Of words that came equally often, the one that was seen first comes first.
        known = sorted(self.word_counts, key=lambda word: -self.word_counts[word])
        if self.oov_token is not None:
            known = [self.oov_token, *[word for word in known if word != self.oov_token]]
        self.word_index = {word: number for number, word in enumerate(known, 1)}
        self.index_word = {number: word for word, number in self.word_index.items()}
        self.index_docs = defaultdict(
            int, {self.word_index[word]: count for word, count in self.word_docs.items()}
        )

    def fit_on_sequences(self, sequences: Iterable[Sequence[int]]) -> None:
        """Count in how many sequences each number is, for ``"tfidf"``."""
        for sequence in sequences:
            self.document_count += 1
            for number in set(sequence):
                self.index_docs[int(number)] += 1

    def texts_to_sequences(self, texts: Iterable[Any]) -> list[list[int]]:
        """The numbers of each text's words; unknown ones are left out, or that of `oov_token`."""
        return list(self.texts_to_sequences_generator(texts))

    def texts_to_sequences_generator(self, texts: Iterable[Any]) -> Iterator[list[int]]:
        """The same, one text after the other."""
        unknown = self.word_index.get(self.oov_token) if self.oov_token is not None else None
        for text in texts:
            numbers = (self._used(self.word_index.get(word)) for word in self._words(text))
            found = [unknown if number is None else number for number in numbers]
            yield [number for number in found if number is not None]

    def sequences_to_texts(self, sequences: Iterable[Iterable[int]]) -> list[str]:
        """The words of each sequence of numbers, with spaces between."""
        return list(self.sequences_to_texts_generator(sequences))

    def sequences_to_texts_generator(self, sequences: Iterable[Iterable[int]]) -> Iterator[str]:
        """The same, one sequence after the other."""
        for sequence in sequences:
            found = [
                self.oov_token if self._used(number) is None else self.index_word.get(number)
                for number in map(int, sequence)
            ]
            words = [self.oov_token if word is None else word for word in found]
            yield " ".join(word for word in words if word is not None)

    def texts_to_matrix(self, texts: Iterable[Any], mode: str = "binary") -> np.ndarray:
        """As `sequences_to_matrix`, of texts."""
        return self.sequences_to_matrix(self.texts_to_sequences(texts), mode)

    def sequences_to_matrix(
        self, sequences: Sequence[Sequence[int]], mode: str = "binary"
    ) -> np.ndarray:
        """A row for each sequence with a number for each word, float64 ``(N, num_words)``.

        Args:
            sequences: numbers of words.
            mode: ``"binary"`` (1 where the word is there), ``"count"``, ``"freq"`` (count / length)
                or ``"tfidf"`` (``(1 + log(count)) * log(1 + texts / (1 + texts with the word))``).

        Raises:
            ValueError: `mode` is another; no texts were seen, and there is no `num_words`.
        """
        if mode not in _MODES:
            raise ValueError(f"mode must be 'binary', 'count', 'tfidf' or 'freq', got {mode!r}")
        if self.num_words is None and not self.word_index:
            raise ValueError("num_words must be given, or fit_on_texts called on some texts before")
        if mode == "tfidf" and not self.document_count:
            raise ValueError("mode 'tfidf' needs texts: call fit_on_texts before")
        width = self.num_words or len(self.word_index) + 1
        matrix = np.zeros((len(sequences), width))
        for row, sequence in zip(matrix, sequences, strict=True):
            used = Counter(int(number) for number in sequence if number < width)
            for number, count in used.items():
                if mode == "tfidf":
                    rare = self.document_count / (1 + self.index_docs.get(number, 0))
                    row[number] = (1 + np.log(count)) * np.log(1 + rare)
                else:
                    row[number] = {"binary": 1, "count": count}.get(mode, count / len(sequence))
        return matrix

    def get_config(self) -> dict[str, Any]:
        """What such a tokenizer is made of again, as Keras 2 writes it: the counts as JSON."""
        counts = ("word_counts", "word_docs", "index_docs", "index_word", "word_index")
        named = ("num_words", "filters", "lower", "split", "char_level", "oov_token")
        config = {name: getattr(self, name) for name in (*named, "document_count")}
        return {**config, **{name: json.dumps(getattr(self, name)) for name in counts}}

    def to_json(self, **kwargs: Any) -> str:
        """The tokenizer as JSON; `tokenizer_from_json` reads it.

        Args:
            kwargs: of `json.dumps`.
        """
        return json.dumps({"class_name": "Tokenizer", "config": self.get_config()}, **kwargs)

    def _used(self, number: int | None) -> int | None:
        """A number, `None` where it is not below `num_words`."""
        return None if number is None or number >= (self.num_words or number + 1) else number

    def _words(self, text: Any) -> list[str]:
        if not isinstance(text, (str, list, tuple, np.ndarray)):
            raise ValueError(
                f"texts must hold texts or lists of words, got {text!r} of type "
                f"{type(text).__name__}"
            )
        if self.char_level or not isinstance(text, str):
            words = [str(word) for word in text]
            return [word.lower() for word in words] if self.lower else words
        if self.analyzer is not None:
            return list(self.analyzer(text))
        return text_to_word_sequence(text, self.filters, self.lower, self.split)


def tokenizer_from_json(json_string: str) -> Tokenizer:
    """The tokenizer that `Tokenizer.to_json` wrote, ours or Keras 2's.

    Args:
        json_string: the JSON.

    Raises:
        ValueError: it describes no tokenizer.

    >>> tokenizer = Tokenizer()
    >>> tokenizer.fit_on_texts(["the cat"])
    >>> tokenizer_from_json(tokenizer.to_json()).word_index
    {'the': 1, 'cat': 2}
    """
    try:
        config = dict(json.loads(json_string)["config"])
        counts = {
            name: json.loads(config.pop(name))
            for name in ("word_counts", "word_docs", "index_docs", "index_word", "word_index")
        }
        seen = int(config.pop("document_count"))
        config.pop("analyzer", None)
        tokenizer = Tokenizer(**config)
        tokenizer.document_count = seen
        tokenizer.word_counts = Counter(counts["word_counts"])
        tokenizer.word_docs = defaultdict(int, counts["word_docs"])
        tokenizer.word_index = dict(counts["word_index"])
        tokenizer.index_word = {int(k): v for k, v in counts["index_word"].items()}
        tokenizer.index_docs = defaultdict(
            int, {int(k): v for k, v in counts["index_docs"].items()}
        )
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError(
            f"json_string must be what Tokenizer.to_json wrote: {type(error).__name__}: {error}"
        ) from error
    return tokenizer
