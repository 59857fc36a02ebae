"""What made a step's numbers NaN or infinite: the layer, the time step, the rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .rows_file import write_rows
from .search import Place, Search

MOST_NAMED = 5  # rows that the words name


def autopsy(
    stepper: Any,
    batch: Any,
    y: Any,
    weight: Any,
    loss: Any,
    step: int,
    value_is_finite: bool,
) -> tuple[Place | None, list[str]]:
    """Make a step again, whose loss or gradients were not finite, and look where that began.

    Args:
        stepper: of the model, with the weights from before the step.
        batch, y, weight, loss, step: of the step.
        value_is_finite: whether the value of its loss was.

    Returns:
        Where it began, a place without a layer if in the loss; and the paths of variables that
        were not finite before the step, in which case the step is not made.
    """
    spoilt = [
        entry.variable.path
        for entry in stepper.block.ranges
        if not np.isfinite(entry.variable.value).all()
    ]
    if spoilt:
        return None, spoilt
    for layer in stepper.plan.layers:
        _mend_states(layer)
    search = Search(stepper.plan.layers)
    with stepper.observed(search), np.errstate(all="ignore"):
        stepper.again(batch, y, weight, loss, step, search)
    if search.forward is not None:
        return search.forward, []
    for layer in reversed(stepper.plan.layers):
        gradients = [variable.grad for variable in layer.variables if variable.trainable]
        if value_is_finite and not all(np.isfinite(each).all() for each in gradients):
            return search.backward(layer.name), []
    return _in_loss(stepper, batch, y, loss), []


def _mend_states(layer: Any) -> None:
    """Set to 0 what the step left broken in a stateful layer, or it would begin broken again."""
    for state in vars(layer).get("states") or ():
        state[~np.isfinite(state)] = 0
    for child in layer.children:
        _mend_states(child)


def _in_loss(stepper: Any, batch: Any, y: Any, loss: Any) -> Place:
    """The rows of the batch whose own loss is not finite, as far as it can be told."""
    place = Place("")
    try:
        with np.errstate(all="ignore"):
            outputs = stepper.predict(batch)
            place.largest = float(np.abs(outputs).max())
            values = np.asarray(loss.loss.call(y, outputs))
    except (AttributeError, TypeError, ValueError):  # several outputs, ragged, a loss of a user
        return place
    if values.ndim and len(values) == len(y):
        broken = ~np.isfinite(values.reshape(len(y), -1)).all(axis=1)
        place.rows = set(np.flatnonzero(broken).tolist())
    return place


def figures(
    place: Place | None,
    spoilt: Sequence[str],
    value: float,
    rows: Sequence[int] | None,
    inputs: Sequence[Any],
    targets: Sequence[Any],
) -> dict[str, Any]:
    """What the words quote; writes the rows to a file.

    Args:
        place, spoilt: what `autopsy` found.
        value: the loss.
        rows: numbers of the batch's rows in the user's data, `None` where these are not known.
        inputs, targets: the user's data.
    """
    own = sorted(place.rows) if place is not None else []
    chosen = own if rows is None else [int(rows[row]) for row in own] or [int(r) for r in rows]
    path = None if rows is None else write_rows(inputs, targets, chosen)
    finite = bool(np.isfinite(value))
    found: dict[str, Any] = {"rows": chosen, "path": path, "layer": None, "time": None}
    found["what"] = "a gradient is not finite" if finite else f"the loss is {value}"
    found["what_ko"] = "기울기가 유한하지 않습니다" if finite else f"손실이 {value}입니다"
    if spoilt:
        names = ", ".join(repr(name) for name in spoilt[:3])
        found["layer"] = spoilt[0].partition("/")[0]
        found["where"] = f"The weights {names} were not finite any more: the step before broke them"
        found["where_ko"] = f"가중치 {names}의 값이 이미 유한하지 않았습니다. 그 앞 스텝 때문입니다"
    elif place is None or not place.layer:
        largest = 0.0 if place is None else place.largest
        found["where"] = "It began in the loss itself: all outputs of the model are finite"
        found["where"] += f", up to {largest:.2g}" if largest else ""
        found["where_ko"] = "모델의 출력은 모두 유한하므로 손실 함수에서 시작되었습니다"
    else:
        found["layer"] = place.layer
        found |= _of_place(place)
    shown = ", ".join(str(row) for row in chosen[:MOST_NAMED])
    shown += ", ..." if len(chosen) > MOST_NAMED else ""
    of_what = "of the batch" if rows is None else "of x"
    of_what_ko = "배치의" if rows is None else "x의"
    found["rows_words"] = f"by {len(chosen)} rows {of_what}: {shown}"
    found["rows_words_ko"] = f"{of_what_ko} 행 {len(chosen)}개: {shown}"
    if not chosen:
        found["rows_words"] = "by which rows is not known"
        found["rows_words_ko"] = "어느 행인지는 알 수 없음"
    found["file"] = f"They are in {path}" if path else "They were not written to a file"
    found["file_ko"] = f"행은 {path} 파일에 있습니다" if path else "행을 파일로 남기지 못했습니다"
    return found


def _of_place(place: Place) -> dict[str, Any]:
    times = place.times.values()
    if not place.backward:
        time = min(times, default=None)
        at = "" if time is None else f" at time step {time} (from 0)"
        at_ko = "" if time is None else f" 타임 스텝 {time}(0부터 셈)의"
        where, where_ko = f"It began in the output of layer {place.layer!r}{at}", ""
        if place.largest:
            where += f", which was given numbers up to {place.largest:.2g}"
            where_ko = f"(들어간 값은 {place.largest:.2g}까지)"
        where_ko = f"층 {place.layer!r}의{at_ko} 출력{where_ko}에서 시작되었습니다"
        return {"time": time, "where": where, "where_ko": where_ko}
    time = max(times, default=None)
    at = "" if time is None else f" at time step {time} (from 0)"
    at_ko = "" if time is None else f" 타임 스텝 {time}(0부터 셈)에서"
    return {
        "time": time,
        "where": f"It began on the way back, in the gradient of layer {place.layer!r}{at}",
        "where_ko": f"거꾸로 가는 길에 층 {place.layer!r}의 기울기에서{at_ko} 시작되었습니다",
    }
