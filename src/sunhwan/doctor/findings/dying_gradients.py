"""Dying gradients: what stood many steps or layers back is not learned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, final

from sunhwan.doctor.cell_advice import gates_advice
from sunhwan.doctor.evidence import median
from sunhwan.doctor.nothing_learned import nothing_learned
from sunhwan.doctor.training_warning import TrainingWarning

if TYPE_CHECKING:
    from sunhwan.doctor.evidence import Evidence
    from sunhwan.doctor.look import Look

WAIT = 10  # epochs without success, unless training ends before
WAIT_FOR_GATES = 20  # and half of the planned ones: gates that open late are healthy
SHORT = 0.5  # share of the steps, further than which the gradient should come
FIRST = 8  # looks that count: later on, rows are learned by heart
FEW_STEPS = 8  # rows no longer than this are not worth the question
FADED = 1e-5  # of the mean gradient of the last layer's kernel, for that of another one


@final
class DyingGradients(TrainingWarning):
    """The gradient vanishes on its way back, through the steps or through the layers.

    ::

        dL/dh[t - k] = dL/dh[t] * d h[t]/d h[t-1] * ... * d h[t-k+1]/d h[t-k]

    Fires where nothing was learned (no loss below a constant guess's) after `WAIT` epochs, with
    gates after `WAIT_FOR_GATES` and half of the planned ones, or at the end; and in the median of
    the first looks at steps the layer through which the gradient comes
    furthest loses all but 1 % of it within `SHORT` of the steps; or where the kernel of a layer has
    a gradient of less than `FADED` of the last one's. A gradient that fades alone says little: many
    tasks are learned from the last steps. Source: Hochreiter, 1991; Bengio, Simard and Frasconi,
    "Learning long-term dependencies with gradient descent is difficult", 1994; Pascanu, Mikolov and
    Bengio, "On the difficulty of training recurrent neural networks", 2013.

    >>> from sunhwan.doctor.evidence import Evidence, Facts, Look, Reach
    >>> facts = Facts(rows=1000, values=1000, parameters=100, guess=0.0495)
    >>> look = Look(epoch=2, ratio=1e-3, reaches={"simple_rnn": Reach(16, 100, 1.0, 0)})
    >>> evidence = Evidence({"loss": [0.05] * 6}, steps=400, facts=facts, looks=[look])
    >>> print(DyingGradients.find(evidence))
    dying gradients: in 'simple_rnn' 1 % of the gradient is left 16 steps back, of 100, ...
    """

    english = (
        "dying gradients: {where}, and after {epochs} epochs the loss, at best {best:.3g}, is "
        "not below that of a constant guess, {guess:.3g}. Try {cure}."
    )
    korean = (
        "기울기가 사라집니다. {where_ko}. {epochs}에포크가 지나도 손실(최저 {best:.3g})이 늘 "
        "같은 값으로 답할 때({guess:.3g})보다 낮아지지 않았습니다. {cure_ko} 써 보세요."
    )

    @classmethod
    def find(cls, evidence: Evidence) -> DyingGradients | None:
        nothing = nothing_learned(evidence)
        if nothing is None or not evidence.looks:
            return None
        reaches = evidence.looks[-1].reaches.values()
        gated = any(reach.kind != "SimpleRNN" for reach in reaches)  # or may be, of a cell in NumPy
        wait = max(WAIT_FOR_GATES, evidence.planned / 2) if gated else WAIT
        if not evidence.ended and evidence.seen < wait:
            return None
        figures = _through_steps(evidence.looks[:FIRST]) or _through_layers(evidence.looks[-1])
        if figures is None:
            return None
        figures |= {"epochs": evidence.seen, "best": nothing.best, "guess": nothing.guess}
        return cls(evidence.epoch, figures)


def _through_steps(looks: list[Look]) -> dict[str, Any] | None:
    furthest = []
    for look in looks:
        layers = sorted(look.reaches.items(), key=lambda item: item[1].steps)
        furthest += layers[-1:]
    if not furthest:
        return None
    steps = int(median(reach.steps for _, reach in furthest))
    name, reach = min(furthest, key=lambda item: abs(item[1].steps - steps))
    if reach.length < FEW_STEPS or reach.steps > SHORT * reach.length:
        return None
    back, length = reach.steps, reach.length
    gates, gates_ko = gates_advice(reach)
    return {
        "layer": name,
        "steps": back,
        "where": f"in {name!r} 1 % of the gradient is left {back} steps back, of {length}",
        "where_ko": f"{name!r} 층에서 {length}스텝 가운데 {back}스텝만 거슬러 가도 1 %만 남습니다",
        "cure": f"{gates}shorter sequences, or a pooling or attention layer over all steps, so "
        "that the way back is short",
        "cure_ko": f"{gates_ko}더 짧은 시퀀스, 또는 모든 스텝을 모으는 풀링이나 어텐션 층을",
    }


def _through_layers(look: Look) -> dict[str, Any] | None:
    sizes = {path: size for path, size in look.gradients.items() if path.endswith("/kernel")}
    if len(sizes) < 2:
        return None
    last, size = list(sizes.items())[-1]
    faded = [path for path, other in sizes.items() if other < FADED * size]
    if not faded:
        return None
    path = faded[0]
    layer, top = path.rpartition("/")[0], last.rpartition("/")[0]
    return {
        "layer": layer,
        "steps": 0,
        "where": f"the mean gradient of {layer!r} is {sizes[path]:.1e}, that of {top!r} {size:.1e}",
        "where_ko": f"평균 기울기가 {top!r} 층 {size:.1e}, {layer!r} 층 {sizes[path]:.1e}입니다",
        "cure": "relu in place of sigmoid or tanh, BatchNormalization between the layers, or fewer "
        "of them",
        "cure_ko": "sigmoid나 tanh 대신 relu, 층 사이의 BatchNormalization, 또는 더 적은 층을",
    }
