"""Dead relu filters: units that are zero whatever comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from sunhwan.doctor.training_warning import TrainingWarning

if TYPE_CHECKING:
    from sunhwan.doctor.evidence import Evidence

SHARE = 0.5


@final
class DeadFilters(TrainingWarning):
    """Units or filters with relu give 0 for all that comes, so that they get no gradient any more.

    Fires where in the last two looks at steps `SHARE` of a layer's units or more were 0 everywhere
    in a sample of the batch. Source: Maas, Hannun and Ng, "Rectifier nonlinearities improve neural
    network acoustic models", 2013.

    >>> from sunhwan.doctor.evidence import Evidence, Look
    >>> looks = [Look(epoch=number, ratio=1e-3, silent={"conv1d": (20, 32)}) for number in (2, 3)]
    >>> print(DeadFilters.find(Evidence({"loss": [0.7]}, looks=looks)))
    dead relu filters: 20 of 32 units of 'conv1d' were 0 for all rows and steps of two batches...
    """

    english = (
        "dead relu filters: {dead} of {units} units of {layer!r} were 0 for all rows and steps "
        "of two batches, and so learn no more. Try a lower learning rate, "
        "kernel_initializer='he_normal', activation='leaky_relu' or 'elu', or fewer units."
    )
    korean = (
        "죽은 relu 필터가 있습니다. {layer!r} 층의 유닛 {units}개 가운데 {dead}개가 배치 두 개의 "
        "모든 행과 스텝에서 0이어서 더는 배우지 못합니다. 학습률을 낮추거나 "
        "kernel_initializer='he_normal', activation='leaky_relu'나 'elu', 더 적은 유닛을 써 "
        "보세요."
    )

    @classmethod
    def find(cls, evidence: Evidence) -> DeadFilters | None:
        if len(evidence.looks) < 2:
            return None
        before, last = evidence.looks[-2].silent, evidence.looks[-1].silent
        for layer, (dead, units) in last.items():
            if min(dead, before.get(layer, (0, units))[0]) >= SHARE * units:
                return cls(evidence.epoch, {"layer": layer, "dead": dead, "units": units})
        return None
