"""Words to ids, and back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, ClassVar, NoReturn, final

import numpy as np

from sunhwan._engine.arguments import check_count, check_flag, optional_count
from sunhwan._engine.inputs import without_frame
from sunhwan._engine.symbolic import call_layer_symbolically, is_symbolic
from sunhwan.preprocessing.vocabulary import read_vocabulary

from .layer import Layer, Shape
from .registry import LAYERS


@final
@LAYERS.register()
class StringLookup(Layer):
    """Turns each string of an array into the id of it in a vocabulary, or back with `invert`.

    The ids are those of the mask token, if there is one, then of the unknown token, if there is
    one, then of the vocabulary in its order.

    Args:
        max_tokens: the most ids, special ones included; `None` for any number.
        num_oov_indices: 1, or 0 where there is no id for unknown strings, which then are errors.
        mask_token: a string of id 0 that stands for what is absent, or `None`.
        oov_token: what stands for unknown strings.
        vocabulary: the strings by id, with or without the special ones in front, or the path of a
            file with one a line; else `adapt` learns it.
        invert: whether ids are turned into strings.
        output_mode: must be ``"int"``; accepted for programs that say so.
        encoding: of strings that come as bytes.
        kwargs: arguments of `Layer`, `name` among them.

    In a model it must come first, and not with `invert`.

    Raises:
        ValueError: an argument has a value that is not named above; a string is twice in the
            vocabulary.

    >>> letters = StringLookup(vocabulary=["a", "b", "c"])
    >>> letters([["c", "a"], ["d", "b"]])
    array([[3, 1],
           [0, 2]])
    >>> StringLookup(vocabulary=letters.get_vocabulary(), invert=True)([3, 1, 9])
    array(['c', 'a', '[UNK]'], dtype=object)
    """

    prepares: ClassVar[bool] = True  # a model calls it on the user's data, before the batches

    def __init__(
        self,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        mask_token: str | None = None,
        oov_token: str = "[UNK]",
        vocabulary: Sequence[str] | np.ndarray | str | None = None,
        invert: bool = False,
        output_mode: str = "int",
        encoding: str = "utf-8",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.max_tokens = optional_count("max_tokens", max_tokens)
        self.num_oov_indices = check_count("num_oov_indices", num_oov_indices, least=0)
        if self.num_oov_indices > 1:
            raise ValueError(f"num_oov_indices must be 0 or 1, got {num_oov_indices}")
        if output_mode != "int":
            raise ValueError(
                f"output_mode must be 'int', got {output_mode!r}; TextVectorization counts, "
                "utils.to_categorical makes one-hot rows"
            )
        self.mask_token, self.oov_token = mask_token, oov_token
        self.invert = check_flag("invert", invert)
        self.output_mode, self.encoding = output_mode, encoding
        self._tokens: list[str] | None = None
        self._ids: dict[str, int] = {}
        if vocabulary is not None:
            self.set_vocabulary(vocabulary)

    @property
    def _special(self) -> list[str]:
        mask = [] if self.mask_token is None else [self.mask_token]
        return mask + [self.oov_token] * self.num_oov_indices

    @property
    def vocabulary(self) -> list[str] | None:
        """The strings by id, special ones in front; `None` before they are known."""
        return None if self._tokens is None else list(self._tokens)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> StringLookup:
        """Make the layer of a config.

        Raises:
            ValueError: the vocabulary is a path: a config, which may come from a file, opens none.
        """
        if isinstance(config.get("vocabulary"), str):
            raise ValueError(
                "vocabulary of a config must be a list of strings, got the path "
                f"{config['vocabulary']!r}"
            )
        return cls(**config)

    def get_vocabulary(self, include_special_tokens: bool = True) -> list[str]:
        """Return the strings by id, with the special ones in front or without them."""
        tokens = self._special if self._tokens is None else self._tokens
        return tokens[0 if include_special_tokens else len(self._special) :]

    def vocabulary_size(self) -> int:
        """Return how many ids there are, special ones included."""
        return len(self.get_vocabulary())

    def set_vocabulary(self, vocabulary: Sequence[str] | np.ndarray | str) -> None:
        """Replace the vocabulary.

        Args:
            vocabulary: the strings by id, with or without the special ones in front, or the path
                of a file with one a line.

        Raises:
            ValueError: there is none, one is there twice, or there are more than `max_tokens`.
        """
        if not isinstance(vocabulary, (str, Iterable)):
            raise ValueError(f"vocabulary must be a list of strings or a path, got {vocabulary!r}")
        given = read_vocabulary(vocabulary) if isinstance(vocabulary, str) else list(vocabulary)
        own, special = [self._text(token) for token in given], self._special
        if special and own[: len(special)] == special:
            own = own[len(special) :]
        tokens = special + own
        twice = [token for token, count in Counter(tokens).items() if count > 1]
        if twice or not own:
            raise ValueError(
                f"vocabulary of layer {self.name!r} must hold each string once, got "
                f"{f'{twice} more than once' if twice else 'none'}"
            )
        if self.max_tokens is not None and len(tokens) > self.max_tokens:
            raise ValueError(
                f"vocabulary of layer {self.name!r} must have at most max_tokens="
                f"{self.max_tokens} ids, got {len(tokens)} with the special ones"
            )
        self._tokens = tokens
        self._ids = {token: number for number, token in enumerate(tokens)}

    def adapt(self, data: Any, batch_size: int | None = None, steps: int | None = None) -> None:
        """Learn the vocabulary: the most frequent strings come first.

        Of strings that are equally frequent, the one that sorts last comes first, as in Keras.

        Args:
            data: strings, an array of any shape, or an iterable of batches of such.
            batch_size: accepted for Keras's sake.
            steps: how many batches to take of an iterable; all by default.

        Raises:
            ValueError: `data` holds something else than strings, or none.
        """
        whole = isinstance(data, (str, bytes, list, tuple, np.ndarray)) or hasattr(data, "to_numpy")
        counts: Counter[str] = Counter()
        for batch in [data] if whole else islice(data, steps):
            counts.update(self._text(token) for token in _array(batch).reshape(-1))
        special = self._special
        ranked = sorted(((count, token) for token, count in counts.items()), reverse=True)
        found = [token for _, token in ranked if token not in special]
        most = None if self.max_tokens is None else max(0, self.max_tokens - len(special))
        self.set_vocabulary(found[:most])

    def __call__(self, inputs: Any, *_: Any, **__: Any) -> Any:
        """Turn strings into ids, or ids into strings.

        Args:
            inputs: an array of any shape, a list, or a single one.

        Returns:
            An int64 array of that shape, with `invert` an array of strings.

        Raises:
            ValueError: there is no vocabulary yet; the inputs are no strings (ids); a string is not
                known and `num_oov_indices` is 0.
        """
        if is_symbolic(inputs):
            return call_layer_symbolically(self, inputs)
        if self._tokens is None:
            raise ValueError(
                f"layer {self.name!r} has no vocabulary yet: call adapt on strings, or give one"
            )
        array = _array(inputs)
        flat = array.reshape(-1)
        result: Any = np.empty(flat.shape, object if self.invert else np.int64)
        for place, value in enumerate(flat):
            result[place] = self._token(value) if self.invert else self._id(self._text(value))
        result = result.reshape(array.shape)
        return result[()] if array.ndim == 0 else result

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The shape of the input."""
        return tuple(input_shape)

    def forward(self, x: Any, context: Any) -> NoReturn:
        """Raise `TypeError`: arrays of numbers hold no strings."""
        raise TypeError(
            f"layer {self.name!r} reads strings, not numbers: put it first in the model, or call "
            "it on the strings before"
        )

    def backward(self, dy: Any, context: Any) -> NoReturn:
        """Raise `TypeError`: strings have no gradient."""
        self.forward(dy, context)

    def _id(self, token: str) -> int:
        number = self._ids.get(token)
        if number is None and self.num_oov_indices:
            return len(self._special) - 1
        if number is None:
            raise ValueError(
                f"layer {self.name!r} must get strings of its vocabulary (num_oov_indices=0), "
                f"got {token!r}"
            )
        return number

    def _token(self, number: Any) -> str:
        if isinstance(number, bool) or not isinstance(number, (int, np.integer)):
            raise ValueError(f"input of layer {self.name!r} must hold ids, got {number!r}")
        tokens = self._tokens or []
        return tokens[number] if 0 <= number < len(tokens) else self.oov_token

    def _text(self, value: Any) -> str:
        if isinstance(value, bytes):
            return value.decode(self.encoding)
        if not isinstance(value, str):
            raise ValueError(
                f"input of layer {self.name!r} must hold strings, got {value!r} of type "
                f"{type(value).__name__}"
            )
        return str(value)


def _array(values: Any) -> np.ndarray:
    return np.asarray(without_frame(values), dtype=object)
