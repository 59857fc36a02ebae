"""Saturated gates: they stand at the ends of their range, where nothing is learned."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from sunhwan.doctor.training_warning import TrainingWarning

if TYPE_CHECKING:
    from sunhwan.doctor.evidence import Evidence

SHARE = 0.85
CAUSES = ("inputs_not_normalized", "learning_rate_too_high")


@final
class SaturatedGates(TrainingWarning):
    """The gates of a layer are all open or all shut, so that almost no gradient passes them.

    Fires where in the last two looks at steps `SHARE` of the activations of all gates of a layer
    (of a SimpleRNN: of its states) are within 0.1 of 0 or 1, of tanh within 0.1 of -1 or 1. Single
    gates may well be saturated in a network that remembers. A cause that was found (`CAUSES`) is
    said in its place. Source: Karpathy, Johnson and Fei-Fei,
    "Visualizing and understanding recurrent networks", 2015.

    >>> from sunhwan.doctor.evidence import Evidence, Look
    >>> looks = [Look(epoch=number, ratio=1e-3, gates={"lstm": 0.93}) for number in (2, 3)]
    >>> print(SaturatedGates.find(Evidence({"loss": [0.7]}, looks=looks)))
    saturated gates: 93% of the activations in 'lstm' are at the ends of their range, ...
    """

    english = (
        "saturated gates: {share:.0%} of the activations in {layer!r} are at the ends of their "
        "range, where gradients are nearly zero. Try inputs scaled to about 1, a lower learning "
        "rate, an l2 kernel regularizer, or a LayerNormalization before the layer."
    )
    korean = (
        "게이트가 포화되었습니다. {layer!r} 층의 활성화 값 {share:.0%}가 범위의 끝에 있어 "
        "기울기가 거의 0입니다. 입력을 1쯤의 크기로 맞추거나, 학습률을 낮추거나, 커널에 l2 "
        "규제를 쓰거나, 층 앞에 LayerNormalization을 두어 보세요."
    )

    @classmethod
    def find(cls, evidence: Evidence) -> SaturatedGates | None:
        if len(evidence.looks) < 2 or not evidence.found.isdisjoint(CAUSES):
            return None
        before, last = evidence.looks[-2].gates, evidence.looks[-1].gates
        for layer, share in last.items():
            if min(share, before.get(layer, 0.0)) >= SHARE:
                return cls(evidence.epoch, {"layer": layer, "share": share})
        return None
