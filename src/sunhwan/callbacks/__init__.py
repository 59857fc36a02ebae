"""Callbacks: what training calls at its turning points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sunhwan._engine.absent import absent

from .backup_and_restore import BackupAndRestore
from .callback import Callback
from .callback_list import CallbackList
from .csv_logger import CSVLogger
from .early_stopping import EarlyStopping
from .history import History
from .lambda_callback import LambdaCallback
from .learning_rate_scheduler import LearningRateScheduler
from .model_checkpoint import ModelCheckpoint
from .reduce_lr_on_plateau import ReduceLROnPlateau
from .terminate_on_nan import TerminateOnNaN

if TYPE_CHECKING:
    from .board import Board
    from .tensorboard import TensorBoard

__all__ = [
    "BackupAndRestore",
    "Board",
    "CSVLogger",
    "Callback",
    "CallbackList",
    "EarlyStopping",
    "History",
    "LambdaCallback",
    "LearningRateScheduler",
    "ModelCheckpoint",
    "ReduceLROnPlateau",
    "TensorBoard",
    "TerminateOnNaN",
]


def __getattr__(name: str) -> Any:
    # What few trainings want is not loaded for all.
    if name == "Board":
        from .board import Board

        return Board
    if name == "TensorBoard":
        from .tensorboard import TensorBoard

        return TensorBoard
    raise absent(__name__, name, __all__)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
