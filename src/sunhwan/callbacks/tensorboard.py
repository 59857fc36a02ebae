"""The training as event files, for TensorBoard."""

from __future__ import annotations

import os
from time import perf_counter
from typing import Any, final

from sunhwan._engine.arguments import check_count, check_flag, check_folder

from .callback import Callback


@final
class TensorBoard(Callback):
    """Writes event files that TensorBoard (``tensorboard --logdir logs``) opens.

    Each epoch's values are called `epoch_loss` and so on, those of the training in the run
    `train`, those of the validation in `validation`. Nothing of TensorFlow is needed for it. A
    training that goes on from a checkpoint (`BackupAndRestore`) has each step once.

    Args:
        log_dir: the folder of the files. Default `"logs"`.
        histogram_freq: write histograms of all weights every so many epochs; 0, the default, never.
        write_graph: accepted for Keras's sake, without effect.
        write_images: likewise.
        write_steps_per_second: whether `epoch_steps_per_second` is written.
        update_freq: `"epoch"` (default); `"batch"` or a number of batches: every so many batches
            the running means are written too, as `batch_loss` and so on.
        profile_batch: accepted for Keras's sake, without effect.
        embeddings_freq: likewise.
        embeddings_metadata: likewise.

    Raises:
        ValueError: an argument is out of its range.

    >>> import pathlib, tempfile, sunhwan as sh
    >>> model = sh.Sequential([sh.layers.Dense(1)])
    >>> model.compile("sgd", "mse")
    >>> logs = tempfile.mkdtemp()
    >>> history = model.fit([[1.0]], [2.0], verbose=0, callbacks=[TensorBoard(logs)])
    >>> [path.name[:20] for path in pathlib.Path(logs).glob("train/*")]
    ['events.out.tfevents.']
    """

    def __init__(
        self,
        log_dir: str | os.PathLike[str] = "logs",
        histogram_freq: int = 0,
        write_graph: bool = True,
        write_images: bool = False,
        write_steps_per_second: bool = False,
        update_freq: str | int = "epoch",
        profile_batch: Any = 0,
        embeddings_freq: int = 0,
        embeddings_metadata: Any = None,
    ) -> None:
        super().__init__()
        self.log_dir = check_folder("log_dir", log_dir)
        self.histogram_freq = check_count("histogram_freq", histogram_freq, least=0)
        self.write_steps_per_second = check_flag("write_steps_per_second", write_steps_per_second)
        if update_freq not in ("epoch", "batch"):
            update_freq = check_count("update_freq", update_freq)
        self.update_freq = update_freq
        self._every = {"epoch": 0, "batch": 1}.get(update_freq, update_freq)  # pyright: ignore
        self._files: Any = None
        self._step, self._epoch_step, self._began, self._ended = 0, 0, 0.0, 0.0

    def on_train_begin(self, logs: Any = None) -> None:
        """Begin new files."""
        from sunhwan.board.event_files import EventFiles

        self._close()  # those of a training that an error ended
        self._files = EventFiles(self.log_dir)
        self._step = int(self.model.optimizer.state_numbers()["calls"])

    def get_state(self) -> dict[str, Any]:
        """How long the files are."""
        return self._files.state

    def set_state(self, state: dict[str, Any]) -> None:
        """Drop what was written behind the checkpoint."""
        # Epochs and steps are counted in the same files: what is kept of either is before this.
        self._files.go_on(state, max(self._step + 1, self.model._course.epoch))

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Look at the clock."""
        self._epoch_step, self._began = self._step, perf_counter()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Write the running means where they are due."""
        self._step += 1
        if self._every and self._step % self._every == 0:
            self._write("train", self._step, {f"batch_{k}": v for k, v in (logs or {}).items()})

    def on_test_begin(self, logs: Any = None) -> None:
        """Look at the clock: validation is no part of the steps' time."""
        self._ended = perf_counter()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Write the epoch's values."""
        logs = dict(logs or {})
        validated = any(name.startswith("val_") for name in logs)
        seconds = (self._ended if validated else perf_counter()) - self._began
        training = {f"epoch_{k}": v for k, v in logs.items() if not k.startswith("val_")}
        training.setdefault("epoch_learning_rate", float(self.model.optimizer.learning_rate))
        if self.write_steps_per_second and seconds > 0:
            training["epoch_steps_per_second"] = (self._step - self._epoch_step) / seconds
        self._write("train", epoch, training)
        if validated:
            values = {f"epoch_{k[4:]}": v for k, v in logs.items() if k.startswith("val_")}
            self._write("validation", epoch, values)
            names = {f"evaluation_{k[6:]}_vs_iterations": v for k, v in values.items()}
            self._write("validation", self._step, names)
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            self._write_weights(epoch)

    def on_train_end(self, logs: Any = None) -> None:
        """Close the files."""
        self._close()

    def _close(self) -> None:
        if self._files is not None:
            self._files.close()

    def _write(self, run: str, step: int, values: dict[str, Any]) -> None:
        from sunhwan.board.events import scalar
        from sunhwan.board.told import numbers_in

        self._files.write(run, step, [scalar(name, v) for name, v in numbers_in(values)])

    def _write_weights(self, epoch: int) -> None:
        from sunhwan.board.events import histogram

        values = [
            histogram(f"{variable.path}/histogram", variable.value)
            for variable in self.model.variables
        ]
        self._files.write("train", epoch, values)
