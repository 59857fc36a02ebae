"""NaN: numbers that are none, where they began and what brought them."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from sunhwan.doctor.training_warning import TrainingWarning

if TYPE_CHECKING:
    from sunhwan.doctor.evidence import Evidence


@final
class NotFinite(TrainingWarning):
    """The loss or a gradient is NaN or infinite, after which nothing can be learned.

    Said in the step itself, before the optimizer spoils the weights: the step is made once more,
    layer by layer, to find where the first such number stands; the rows that brought it are written
    to a file first. Where that step was a recorded one and its loss still finite, it is noticed in
    the next, by the weights.

    >>> import numpy as np, warnings, sunhwan as sh
    >>> model = sh.Sequential([sh.layers.Dense(1, name="dense")])
    >>> model.compile("sgd", "mse")
    >>> x = np.array([[1.0], [3e38]])
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     history = model.fit(x, [1.0, 2.0], batch_size=2, shuffle=False, verbose=0)
    >>> finding = caught[0].message
    >>> finding.figures["rows"]
    [1]
    >>> import os; os.remove(finding.figures["path"])
    """

    english = (
        "not a number: in step {step} (epoch {epoch}) {what}. {where}, {rows_words}. {file}. Try "
        "a lower learning rate than {rate:.2g}, clipnorm=1.0 in the optimizer, and look at these "
        "rows."
    )
    korean = (
        "숫자가 아닌 값이 나왔습니다. {step}번째 스텝({epoch}번째 에포크)에서 {what_ko}. "
        "{where_ko}({rows_words_ko}). {file_ko}. 학습률을 {rate:.2g}보다 낮추고, 옵티마이저에 "
        "clipnorm=1.0을 주고, 이 행들을 살펴보세요."
    )

    @classmethod
    def find(cls, evidence: Evidence) -> NotFinite | None:
        if evidence.not_finite is None:
            return None
        return cls(int(evidence.not_finite["epoch"]), evidence.not_finite)
