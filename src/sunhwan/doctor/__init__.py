"""What is wrong with a training, in words: warnings during `fit`, and `history.diagnose()`.

>>> import warnings, sunhwan as sh
>>> warnings.filterwarnings("ignore", category=sh.doctor.Overfitting)
>>> warnings.filterwarnings("default", category=sh.doctor.TrainingWarning, append=True)
"""

from . import findings
from .diagnosis import Diagnosis
from .findings import *  # noqa: F403
from .language import language
from .training_warning import TrainingWarning

__all__ = ["Diagnosis", "TrainingWarning", "language"]
__all__ += findings.__all__
