"""Dead relu filters: units that are zero whatever comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from sunhwan.doctor.training_warning import TrainingWarning

if TYPE_CHECKING:
    from sunhwan.doctor.evidence import Evidence

SHARE = 0.5
LEAST_LOOKS = 2
LEAST_ROWS = 128  # of all samples together, for a unit that is seldom on is not dead


@final
class DeadFilters(TrainingWarning):
    """Units or filters with relu give 0 for all that comes, so that they get no gradient any more.

    Fires where `SHARE` of a layer's units or more were 0 everywhere in the samples of the last
    batches that were looked at, two or more with `LEAST_ROWS` rows or steps in all. Source: Maas,
    Hannun and Ng, "Rectifier nonlinearities improve neural network acoustic models", 2013.

    >>> from sunhwan.doctor.evidence import Evidence, Look, Silent
    >>> silent = {"conv1d": Silent(off=frozenset(range(20)), units=32, rows=400)}
    >>> looks = [Look(epoch=number, ratio=1e-3, silent=silent) for number in (2, 3)]
    >>> print(DeadFilters.find(Evidence({"loss": [0.7]}, looks=looks)))
    dead relu filters: 20 of 32 units of 'conv1d' were 0 for all rows and steps of 2 batches, ...
    """

    english = (
        "dead relu filters: {dead} of {units} units of {layer!r} were 0 for all rows and steps "
        "of {batches} batches, and so learn no more. Try a lower learning rate, "
        "kernel_initializer='he_normal', activation='leaky_relu' or 'elu', or fewer units."
    )
    korean = (
        "죽은 relu 필터가 있습니다. {layer!r} 층의 유닛 {units}개 가운데 {dead}개가 배치 "
        "{batches}개의 모든 행과 스텝에서 0이어서 더는 배우지 못합니다. 학습률을 낮추거나 "
        "kernel_initializer='he_normal', activation='leaky_relu'나 'elu', 더 적은 유닛을 써 "
        "보세요."
    )

    @classmethod
    def find(cls, evidence: Evidence) -> DeadFilters | None:
        for layer in evidence.looks[-1].silent if evidence.looks else ():
            dead: frozenset[int] | None = None
            batches = rows = 0
            for look in reversed(evidence.looks):
                seen = look.silent.get(layer)
                if seen is None or (batches >= LEAST_LOOKS and rows >= LEAST_ROWS):
                    break
                dead = seen.off if dead is None else dead & seen.off
                batches, rows = batches + 1, rows + seen.rows
            units = evidence.looks[-1].silent[layer].units
            enough = batches >= LEAST_LOOKS and rows >= LEAST_ROWS
            if dead and enough and len(dead) >= SHARE * units:
                figures = {"layer": layer, "dead": len(dead), "units": units}
                return cls(evidence.epoch, {**figures, "batches": batches})
        return None
