"""Texts in files, one folder a class, in batches."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sunhwan._engine.arguments import check_flag, check_folder, check_number, optional_count

from .batches import Batches

_MODES = ("int", "binary", "categorical", None)
_SUBSETS = ("training", "validation", "both", None)


def text_dataset_from_directory(
    directory: str | os.PathLike[str],
    labels: str | Sequence[int] | None = "inferred",
    label_mode: str | None = "int",
    class_names: Sequence[str] | None = None,
    batch_size: int | None = 32,
    max_length: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    validation_split: float | None = None,
    subset: str | None = None,
    follow_links: bool = False,
    verbose: bool = True,
) -> Any:
    """Read texts from the `.txt` files of a folder, in batches for `fit`.

    Each folder in `directory` is a class, and the files in it and below are its texts. The files
    are read when a batch is asked for; `Batches.cache` keeps them.

    Args:
        directory: the folder.
        labels: ``"inferred"`` (from the folders), `None` (texts alone), or a list of one class
            number for each file, in the order of their names.
        label_mode: ``"int"``: class numbers, int32 ``(N,)``; ``"binary"``: 0 or 1, float32
            ``(N, 1)``; ``"categorical"``: one-hot rows, float32; `None`: texts alone.
        class_names: names of the folders in the order of their numbers; sorted by default.
        batch_size: texts in a batch; `None` for one after the other.
        max_length: letters of a text that are kept; all by default.
        shuffle: whether the texts come in another order at each pass.
        seed: of that order, and of what the two subsets are made of.
        validation_split: share of the files that are for validation.
        subset: ``"training"``, ``"validation"`` or ``"both"``, with `validation_split` alone.
        follow_links: whether to go into folders that are links.
        verbose: whether to print how many files there are.

    Returns:
        `Batches` of ``(texts, labels)`` or of texts, NumPy arrays of strings ``(N,)``; for
        ``"both"`` a list of two. `class_names` of them says what the classes are called.

    Raises:
        ValueError: an argument is out of range; there is no such folder, or no text in it;
            `shuffle` and `validation_split` come without a `seed`, so that the two subsets would
            not be the same files at each call.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> for name in ("bad", "good"):
    ...     (folder / name).mkdir()
    ...     _ = (folder / name / "1.txt").write_text(f"a {name} film")
    >>> batches = text_dataset_from_directory(folder, shuffle=False)
    Found 2 files belonging to 2 classes.
    >>> next(iter(batches))
    (array(['a bad film', 'a good film'], dtype=object), array([0, 1], dtype=int32))
    """
    folder = check_folder("directory", directory)
    if not folder.is_dir():
        raise ValueError(f"directory must be a folder that is there, got {str(folder)!r}")
    size, most = optional_count("batch_size", batch_size), optional_count("max_length", max_length)
    shuffle, verbose = check_flag("shuffle", shuffle), check_flag("verbose", verbose)
    if label_mode not in _MODES:
        raise ValueError(
            f"label_mode must be 'int', 'binary', 'categorical' or None, got {label_mode!r}"
        )
    _check_split(validation_split, subset, shuffle, seed)
    files, numbers, names = _indexed(folder, labels, class_names, follow_links)
    if label_mode is None:
        numbers = names = None
    if verbose:
        classes = "" if names is None else f" belonging to {len(names)} classes"
        print(f"Found {len(files)} files{classes}.")
    if not files:
        raise ValueError(f"directory {str(folder)!r} must hold .txt files, got none")
    if label_mode == "binary" and (names is None or len(names) != 2):
        raise ValueError(f"label_mode 'binary' needs two classes, got {names}")
    first_seed = np.random.randint(10**6) if seed is None else abs(int(seed))  # noqa: NPY002
    order = np.arange(len(files))
    if shuffle:
        order = np.random.default_rng(first_seed).permutation(order)
    read = _Files(files, _targets(numbers, names, label_mode), most)

    def part(places: np.ndarray, shuffled: bool) -> Batches:
        passes = 0

        def make() -> Iterator[Any]:
            nonlocal passes
            now = places
            if shuffled:
                now = np.random.default_rng([first_seed, 1 + passes]).permutation(places)
                passes += 1
            step = size or 1
            for number in range(0, len(now), step):
                yield read(now[number : number + step] if size else now[number])

        return Batches(make, -(-len(places) // (size or 1)), names)

    if not validation_split:
        return part(order, shuffle)
    held_out = int(validation_split * len(files))
    if not 0 < held_out < len(files):
        raise ValueError(
            f"validation_split must leave files on both sides, got {validation_split} of "
            f"{len(files)}"
        )
    train, validation = order[:-held_out], order[-held_out:]
    if verbose and subset in ("training", "both"):
        print(f"Using {len(train)} files for training.")
    if verbose and subset in ("validation", "both"):
        print(f"Using {held_out} files for validation.")
    if subset == "both":
        return [part(train, shuffle), part(validation, False)]
    return part(train if subset == "training" else validation, shuffle)


class _Files:
    """Reads the files at some places, with their targets."""

    def __init__(self, files: list[Path], targets: np.ndarray | None, most: int | None) -> None:
        self.files, self.targets, self.most = files, targets, most

    def __call__(self, places: Any) -> Any:
        texts: Any = self._text(places) if np.ndim(places) == 0 else np.empty(len(places), object)
        for number, place in enumerate(places if np.ndim(places) else ()):
            texts[number] = self._text(place)
        return texts if self.targets is None else (texts, self.targets[places])

    def _text(self, place: Any) -> str:
        return self.files[place].read_text(encoding="utf-8", errors="replace")[: self.most]


def _check_split(share: Any, subset: Any, shuffle: bool, seed: Any) -> None:
    if subset not in _SUBSETS:
        raise ValueError(f"subset must be 'training', 'validation', 'both' or None, got {subset!r}")
    if (not share) != (subset is None):
        raise ValueError(
            f"validation_split and subset must come together, got {share!r} and {subset!r}"
        )
    if share:
        check_number("validation_split", share, "in (0, 1)", lambda number: 0 < number < 1)
    if share and shuffle and seed is None:
        raise ValueError(
            "seed must be given with validation_split and shuffle, or the two subsets would have "
            "files in common"
        )


def _indexed(
    folder: Path, labels: Any, class_names: Sequence[str] | None, follow_links: bool
) -> tuple[list[Path], np.ndarray | None, list[str] | None]:
    """The files, the class number of each, and the names of the classes."""
    if isinstance(labels, str) and labels != "inferred":
        raise ValueError(
            f"labels must be 'inferred', None or a list of class numbers, got {labels!r}"
        )
    if labels is None or not isinstance(labels, str):
        if class_names is not None:
            raise ValueError("class_names go with labels='inferred' alone")
        files = _below(folder, follow_links)
        if labels is None:
            return files, None, None
        numbers = np.asarray(labels)
        if numbers.shape != (len(files),) or numbers.dtype.kind not in "iu":
            raise ValueError(
                f"labels must be a class number for each of the {len(files)} files, got shape "
                f"{numbers.shape}, dtype {numbers.dtype}"
            )
        return files, numbers.astype(np.int32), [str(one) for one in np.unique(numbers)]
    found = sorted(
        child.name for child in folder.iterdir() if child.is_dir() and child.name[0] != "."
    )
    names = found if class_names is None else [str(name) for name in class_names]
    missing = [name for name in names if name not in found]
    if missing:
        raise ValueError(f"class_names must be folders of {str(folder)!r}: {found}; got {missing}")
    files, counts = [], []
    for name in names:
        own = _below(folder / name, follow_links)
        files += own
        counts.append(len(own))
    return files, np.repeat(np.arange(len(names), dtype=np.int32), counts), names


def _below(folder: Path, follow_links: bool) -> list[Path]:
    """The `.txt` files in a folder and below, sorted by folder and name."""
    found = []
    for root, _, names in sorted(os.walk(folder, followlinks=follow_links)):
        found += [Path(root) / name for name in sorted(names) if name.lower().endswith(".txt")]
    return found


def _targets(numbers: Any, names: list[str] | None, mode: str | None) -> np.ndarray | None:
    if numbers is None or mode == "int":
        return numbers
    if mode == "binary":
        return numbers.astype(np.float32)[:, np.newaxis]
    assert names is not None
    return np.eye(len(names), dtype=np.float32)[numbers]
