"""A folder of checkpoints, of which the newest two are kept."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

from sunhwan._engine.plain_state import Arrays, pack, unpack

from .folder_lock import FolderLock

_KEPT = 2
_NAME = "checkpoint-{:08d}.safetensors"


class Checkpoints:
    """Writes states to numbered files of a folder and finds the newest that is whole.

    Each is written beside, made safe on the disk, and renamed; then those before the newest two
    are deleted. So whenever the process ends, one that is whole is there. `Model.load_weights`
    reads them too.

    Args:
        folder: made where it is missing.
    """

    def __init__(self, folder: str) -> None:
        self.folder = Path(folder)
        self._lock = FolderLock(self.folder)

    def open(self) -> None:
        """Lock the folder, and remove what a kill in the middle of a write left behind.

        Raises:
            RuntimeError: another process has locked it.
            ValueError: there is a file where the folder should be.
        """
        if self.folder.exists() and not self.folder.is_dir():
            raise ValueError(f"backup_dir must be a folder, got the file {str(self.folder)!r}")
        self._lock.take()
        for half in self.folder.glob("checkpoint-*.part"):
            half.unlink(missing_ok=True)

    def close(self) -> None:
        """Let others have the folder."""
        self._lock.release()

    def write(self, state: dict[str, Any], model: Any) -> None:
        """Write a state of a model as the newest."""
        from sunhwan.models.fingerprint import checksum
        from sunhwan.models.model_file import FORMAT, FORMAT_VERSION, write

        self.folder.mkdir(parents=True, exist_ok=True)
        arrays: Arrays = {}
        for number, weight in enumerate(state["model"]["weights"]):
            arrays[f"weight/{number}"] = weight
        weightless = {**state, "model": {**state["model"], "weights": None}}
        form = json.dumps(pack(weightless, arrays, "fit"))
        description = {
            "format": FORMAT,
            "version": FORMAT_VERSION,
            "weights": [variable.path for variable in model.variables],
            "fit": form,
            "checksum": _total(form, arrays, checksum),
        }
        files = self._files()
        number = _number(files[-1]) + 1 if files else 1
        write(self.folder / _NAME.format(number), arrays, description)
        for old in files[: 1 - _KEPT]:
            old.unlink(missing_ok=True)

    def newest(self) -> dict[str, Any] | None:
        """The newest state that is whole, `None` where there is none at all.

        Raises:
            ValueError: there are checkpoints, all of them damaged.
        """
        problems = []
        for path in reversed(self._files()):
            try:
                state = _read(path)
            except (ValueError, KeyError, TypeError, OSError) as error:
                problems.append(f"{path.name}: {error}")
                continue
            if problems:
                warnings.warn(
                    f"took {path.name}, the checkpoint before: {problems[0]}", stacklevel=2
                )
            return state
        if problems:
            raise ValueError(
                f"no checkpoint in {str(self.folder)!r} can be read ({'; '.join(problems)}); "
                "delete the folder to begin anew"
            )
        return None

    def delete(self) -> None:
        """Remove the checkpoints, and the folder if nothing else is in it.

        If another process has taken it in the meantime, they are that one's.
        """
        try:
            self._lock.take()
        except RuntimeError:
            return
        for path in self._files():
            path.unlink(missing_ok=True)
        self.close()

    def _files(self) -> list[Path]:
        """The checkpoints, the newest last."""
        found = [path for path in self.folder.glob("checkpoint-*.safetensors") if _number(path)]
        return sorted(found, key=_number)


def _number(path: Path) -> int:
    digits = path.stem.partition("-")[2]
    return int(digits) if digits.isdecimal() else 0


def _total(form: str, arrays: Arrays, checksum: Any) -> int:
    import zlib

    return checksum([arrays[name] for name in sorted(arrays)], zlib.crc32(form.encode()))


def _read(path: Path) -> dict[str, Any]:
    """The state in a file; `ValueError` or `KeyError` where it is not whole."""
    from sunhwan.models.fingerprint import checksum
    from sunhwan.models.model_file import read

    arrays, description = read(path)
    form = description.get("fit")
    if not isinstance(form, str):
        raise ValueError(f"{path} holds a model, and no place in a training")
    if description["checksum"] != _total(form, arrays, checksum):
        raise ValueError(f"{path} is damaged: its checksum is another")
    state = unpack(json.loads(form), arrays)
    weights = range(len(description["weights"]))
    state["model"]["weights"] = [arrays[f"weight/{number}"] for number in weights]
    return state
