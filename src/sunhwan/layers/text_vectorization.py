"""Texts to ids, or to counts of their tokens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain, islice
from typing import Any, ClassVar, NoReturn

import numpy as np

from sunhwan._engine.symbolic import call_layer_symbolically, is_symbolic
from sunhwan.layers.layer import Layer, Shape
from sunhwan.layers.registry import LAYERS
from sunhwan.layers.text_arguments import check_arguments, named_function
from sunhwan.preprocessing.text import TextFunction
from sunhwan.preprocessing.text_encoding import padded_ids, ragged_ids, token_counts
from sunhwan.preprocessing.tokenizer import Tokenizer
from sunhwan.preprocessing.vocabulary import (
    Vocabulary,
    count_documents,
    count_tokens,
    read_vocabulary,
)


@LAYERS.register()
class TextVectorization(Layer):
    """Turns texts into rows of word ids, or into one vector of word counts each.

    Each text is standardized, split into tokens, the tokens are joined to n-grams, and looked up
    in a vocabulary that `adapt` learns or that is given. With ``output_mode="int"`` id 0 is the
    padding and 1 stands for tokens that are not known; in the other modes these are counted at 0.
    The weights of ``"tf_idf"`` are ::

        idf[token] = log(1 + documents / (1 + documents that have the token))

    and their mean for what is not known.

    Args:
        max_tokens: the most ids, special ones included; `None` for any number.
        standardize: ``"lower_and_strip_punctuation"``, ``"lower"``, ``"strip_punctuation"``
            (letters A to Z and ASCII punctuation, as in Keras), `None`, or a function of a NumPy
            array of texts, such as `numpy.char.lower`.
        split: ``"whitespace"``, ``"character"``, `None` (each string is a token), or a function
            of a NumPy array of texts that returns a list of tokens for each.
        ngrams: join tokens to n-grams: up to this size, or of the sizes in a tuple.
        output_mode: ``"int"``, ``"multi_hot"``, ``"count"`` or ``"tf_idf"``.
        output_sequence_length: ids in each row, longer ones cut behind, shorter ones padded with
            0 behind; by default the longest text of each call tells. Only for ``"int"``.
        pad_to_max_tokens: make vectors `max_tokens` wide though the vocabulary is smaller. Not
            for ``"int"``.
        vocabulary: the tokens by id, with or without the special ones in front, or the path of a
            file with one a line.
        idf_weights: the weight of each token of `vocabulary`. Only for ``"tf_idf"``.
        sparse: must be false; accepted for programs that say so.
        ragged: return a list with one array for each text, in place of padding. Only for
            ``"int"``.
        encoding: of texts that come as bytes.
        name: of the layer.
        **kwargs: as for every `Layer`.

    Raises:
        ValueError: an argument has a value that is not named above, or does not go with
            `output_mode`.

    >>> layer = TextVectorization(output_sequence_length=4)
    >>> layer.adapt(["foo bar", "bar baz", "baz bada boom"])
    >>> layer.get_vocabulary()
    ['', '[UNK]', 'baz', 'bar', 'foo', 'boom', 'bada']
    >>> layer(["Foo, qux bar!", "qux baz"])
    array([[4, 1, 3, 0],
           [1, 2, 0, 0]])
    """

    prepares: ClassVar[bool] = True  # a model calls it on the user's data, before the batches

    def __init__(
        self,
        max_tokens: int | None = None,
        standardize: str | TextFunction | None = "lower_and_strip_punctuation",
        split: str | TextFunction | None = "whitespace",
        ngrams: int | Sequence[int] | None = None,
        output_mode: str = "int",
        output_sequence_length: int | None = None,
        pad_to_max_tokens: bool = False,
        vocabulary: Sequence[str] | np.ndarray | str | None = None,
        idf_weights: Sequence[float] | np.ndarray | None = None,
        sparse: bool = False,
        ragged: bool = False,
        encoding: str = "utf-8",
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        # Keras still takes the names of its second version.
        old = {"binary": "multi_hot", "tf-idf": "tf_idf"}
        output_mode = old.get(str(output_mode), output_mode)
        self.max_tokens, self.standardize, self.split = max_tokens, standardize, split
        self.ngrams = tuple(ngrams) if isinstance(ngrams, list) else ngrams
        self.output_mode, self.output_sequence_length = output_mode, output_sequence_length
        self.pad_to_max_tokens, self.sparse, self.ragged = pad_to_max_tokens, sparse, ragged
        self.encoding = encoding
        check_arguments(self)
        sizes = range(1, self.ngrams + 1) if isinstance(self.ngrams, int) else self.ngrams
        self._tokenizer = Tokenizer(standardize, split, sizes, encoding)
        self._known: Vocabulary | None = None
        self._idf: np.ndarray | None = None
        if vocabulary is not None:
            self.set_vocabulary(vocabulary, idf_weights)
        elif idf_weights is not None:
            raise ValueError("idf_weights must come with a vocabulary, got idf_weights alone")

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> TextVectorization:
        """Make the layer of a config; functions are found by name, as custom objects are.

        Raises:
            ValueError: the vocabulary is a path: a config, which may come from a file, opens none.
        """
        if isinstance(config.get("vocabulary"), str):
            raise ValueError(
                "vocabulary of a config must be a list of tokens, got the path "
                f"{config['vocabulary']!r}"
            )
        steps = {name: named_function(config.get(name)) for name in ("standardize", "split")}
        return cls(**{**config, **{name: how for name, how in steps.items() if name in config}})

    @property
    def vocabulary(self) -> list[str] | None:
        """The tokens by id, special ones in front; `None` before they are known."""
        return None if self._known is None else list(self._known.tokens)

    @property
    def idf_weights(self) -> list[float] | None:
        """The weight of each token of `vocabulary`; `None` where they are not used."""
        return None if self._idf is None else self._idf.tolist()

    def get_vocabulary(self, include_special_tokens: bool = True) -> list[str]:
        """Return the tokens by id, with the special ones in front or without them."""
        known = self._known or Vocabulary([], self.output_mode == "int")
        return known.tokens[0 if include_special_tokens else known.special :]

    def vocabulary_size(self) -> int:
        """Return how many ids there are, special ones included."""
        return len(self.get_vocabulary())

    def set_vocabulary(
        self,
        vocabulary: Sequence[str] | np.ndarray | str,
        idf_weights: Sequence[float] | np.ndarray | None = None,
    ) -> None:
        """Replace the vocabulary.

        Args:
            vocabulary: the tokens by id, with or without the special ones in front, or the path of
                a file with one a line.
            idf_weights: the weight of each of them; they must come for ``"tf_idf"``, and only
                then.

        Raises:
            ValueError: there is no token, one is there twice, there are more than `max_tokens`
                allows, or `idf_weights` are missing, not wanted or of another length.
        """
        if not isinstance(vocabulary, (str, Iterable)):
            raise ValueError(f"vocabulary must be a list of tokens or a path, got {vocabulary!r}")
        tokens = read_vocabulary(vocabulary) if isinstance(vocabulary, str) else list(vocabulary)
        if not tokens:
            raise ValueError(f"vocabulary of layer {self.name!r} must not be empty")
        if (idf_weights is not None) != (self.output_mode == "tf_idf"):
            raise ValueError(
                f"idf_weights must be given for output_mode='tf_idf', and only then; got "
                f"{'none' if idf_weights is None else 'some'} for {self.output_mode!r}"
            )
        known = Vocabulary(tokens, self.output_mode == "int", self.max_tokens)
        if idf_weights is not None:
            weights = np.asarray(idf_weights, dtype=np.float64)
            if weights.shape != (len(tokens),):
                raise ValueError(
                    f"idf_weights must be one for each token, {(len(tokens),)}, "
                    f"got shape {weights.shape}"
                )
            self._idf = weights if known.came_with_special else _behind_mean(weights)
        self._known = known

    def adapt(self, data: Any, batch_size: int | None = None, steps: int | None = None) -> None:
        """Learn the vocabulary from texts: the most frequent tokens come first.

        Of tokens that are equally frequent, the one that sorts last comes first, as in Keras. What
        was learned or set before is forgotten.

        Args:
            data: texts, or an iterable of batches of texts.
            batch_size: accepted for Keras's sake.
            steps: how many batches to take of an iterable; all by default.

        Raises:
            ValueError: `data` holds something else than texts, or no text at all.
        """
        tokens: Counter[str] = Counter()
        documents: Counter[str] = Counter()
        seen = 0
        for batch in _batches(data, steps):
            rows = self._tokenizer.rows(batch, f"data of layer {self.name!r}")
            seen += len(rows)
            tokens.update(count_tokens(rows))
            if self.output_mode == "tf_idf":
                documents.update(count_documents(rows))
        if not seen:
            raise ValueError(f"layer {self.name!r} must be adapted to some texts, got none")
        known = Vocabulary.learned(tokens, self.output_mode == "int", self.max_tokens)
        if self.output_mode == "tf_idf":
            have = np.array([documents[token] for token in known.tokens[known.special :]])
            self._idf = _behind_mean(np.log(1 + seen / (1 + have)))
        self._known = known

    def __call__(self, inputs: Any, *_: Any, **__: Any) -> Any:
        """Turn texts into ids or counts.

        Args:
            inputs: one text, or texts of shape ``(N,)`` or ``(N, 1)``; with ``split=None`` tokens
                of shape ``(N,)`` or ``(N, k)``, or `N` lists of tokens. pandas and polars series
                are taken.

        Returns:
            For ``"int"`` an int64 array ``(N, output_sequence_length)``, with `ragged` a list of
            `N` arrays; for ``"multi_hot"`` and ``"count"`` an int64 array, for ``"tf_idf"`` a
            float32 array ``(N, vocabulary_size())``. For one text, its row alone.

        Raises:
            ValueError: there is no vocabulary yet, or `inputs` are no texts.
        """
        if is_symbolic(inputs):
            return call_layer_symbolically(self, inputs)
        if self._known is None:
            raise ValueError(
                f"layer {self.name!r} has no vocabulary yet: call adapt on texts, or give one"
            )
        rows = self._tokenizer.rows(inputs, f"input of layer {self.name!r}")
        lengths = np.array([len(row) for row in rows], dtype=np.int64)
        ids = self._known.ids(list(chain.from_iterable(rows)))
        encoded = self._encode(ids, lengths)
        return encoded[0] if isinstance(inputs, (str, bytes)) else encoded

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return ``(None, ids)`` or ``(None, vocabulary_size())``."""
        if self.output_mode != "int":
            return (input_shape[0], self._depth)
        return (input_shape[0], None if self.ragged else self.output_sequence_length)

    def forward(self, x: Any, context: Any) -> NoReturn:
        """Raise `TypeError`: arrays of numbers hold no texts."""
        raise TypeError(
            f"layer {self.name!r} reads texts, not numbers: put it first in the model, or call it "
            "on the texts before"
        )

    def backward(self, dy: Any, context: Any) -> NoReturn:
        """Raise `TypeError`: texts have no gradient."""
        self.forward(dy, context)

    @property
    def _depth(self) -> int:
        padded = self.max_tokens if self.pad_to_max_tokens else None
        return self.vocabulary_size() if padded is None else padded

    def _encode(self, ids: np.ndarray, lengths: np.ndarray) -> Any:
        width = self.output_sequence_length
        if self.output_mode == "int":
            if self.ragged:
                return ragged_ids(ids, lengths, width)
            return padded_ids(ids, lengths, lengths.max(initial=0) if width is None else width)
        counts = token_counts(ids, lengths, self._depth)
        if self.output_mode == "multi_hot":
            return np.minimum(counts, 1, out=counts)
        if self._idf is None:
            return counts
        weights = np.zeros(self._depth, dtype=np.float32)
        weights[: len(self._idf)] = self._idf
        return counts.astype(np.float32) * weights


def _batches(data: Any, steps: int | None) -> Iterable[Any]:
    whole = isinstance(data, (str, bytes, list, tuple, np.ndarray)) or hasattr(data, "to_numpy")
    return [data] if whole else islice(data, steps)


def _behind_mean(weights: np.ndarray) -> np.ndarray:
    """Put the mean in front, as the weight of what is not known."""
    return np.concatenate([[weights.mean() if len(weights) else 0.0], weights])
