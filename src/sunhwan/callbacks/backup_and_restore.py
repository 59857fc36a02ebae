"""Go on with a training that was interrupted."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from sunhwan._engine.arguments import check_flag, check_folder

from .callback import Callback
from .checkpoints import Checkpoints


class BackupAndRestore(Callback):
    """Keep checkpoints of a training, so that the same `fit`, run again, goes on where it was.

    A checkpoint holds weights, the optimizer's state, seeds, the place in the epoch and in the
    shuffled order, the metrics' sums, the history, and what the other callbacks remember. So a
    training that was killed at any moment ends with the bits of one that was not. The newest two
    checkpoints are kept, each written beside and renamed; if the newest is damaged, the one before
    is taken. While `fit` runs, the folder is locked.

    Args:
        backup_dir: the folder, which must be this training's alone; made where it is missing.
        save_freq: `"epoch"`, after each epoch; or a number of batches.
        double_checkpoint: accepted for Keras's sake; two are always kept.
        delete_checkpoint: whether the checkpoints are deleted when training has ended.

    Raises:
        ValueError: an argument is none of these. `fit` raises it where the checkpoints are those of
            another model or of other data, or all damaged.
        RuntimeError: by `fit`, another process trains with this folder.
        OSError: by `fit`, a checkpoint could not be written; those before it stay.

    A generator of batches is moved on to the place by drawing from it. What your own callbacks
    remember is kept if they have `get_state` and `set_state` (see `Callback`).

    >>> keep = BackupAndRestore("backup", save_freq=100)
    """

    def __init__(
        self,
        backup_dir: str | os.PathLike[str],
        save_freq: Any = "epoch",
        double_checkpoint: bool = False,
        delete_checkpoint: bool = True,
    ) -> None:
        super().__init__()
        folder = check_folder("backup_dir", backup_dir)
        whole = isinstance(save_freq, int) and not isinstance(save_freq, bool)
        if save_freq != "epoch" and not (whole and save_freq > 0):
            raise ValueError(f"save_freq must be 'epoch' or a positive integer, got {save_freq!r}")
        self.backup_dir = os.fspath(folder)
        self.save_freq = save_freq
        self.double_checkpoint = check_flag("double_checkpoint", double_checkpoint)
        self.delete_checkpoint = check_flag("delete_checkpoint", delete_checkpoint)
        self._checkpoints = Checkpoints(self.backup_dir)

    def restore(self, difference: Callable[[dict[str, Any]], str | None]) -> dict[str, Any] | None:
        """The state to go on from, `None` where there is no checkpoint.

        Args:
            difference: says in words how a state's training differs from this one, or `None`.

        Raises:
            RuntimeError: another process trains with the folder.
            ValueError: it differs, or no checkpoint is whole.
        """
        self._checkpoints.open()
        state = self._checkpoints.newest()
        if state is None:
            return None
        words = difference(state)
        if words is not None:
            raise ValueError(
                f"{self.backup_dir!r} holds the checkpoints of another training, which differs in "
                f"{words}. Go on with that one, delete the folder, or name another"
            )
        if self.params.get("verbose"):
            inside = f", behind batch {state['batch']}" if state["batch"] else ""
            print(f"Going on at epoch {state['epoch'] + 1}{inside}, from {self.backup_dir}")
        return state

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Save, where batches are counted."""
        if self.save_freq != "epoch" and self.model._course.taken % self.save_freq == 0:
            self._checkpoints.write(self.model._course.state(), self.model)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Save, where epochs are."""
        if self.save_freq == "epoch":
            self._checkpoints.write(self.model._course.state(), self.model)

    def close(self) -> None:
        """Let others have the folder, whatever happened."""
        self._checkpoints.close()

    def on_train_end(self, logs: Any = None) -> None:
        """Delete what is no longer needed."""
        if self.delete_checkpoint:
            self._checkpoints.delete()
