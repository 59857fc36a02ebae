"""The lines of a record's file: torn, thinned, cut, and read while they are written."""

import pytest

from sunhwan.board.lines import Lines, read_lines
from sunhwan.board.runs import Followed, thinned
from sunhwan.board.told import merge_steps


def test_a_torn_last_line_is_ignored_and_closed_off(tmp_path):
    path = tmp_path / "lines.jsonl"
    path.write_bytes(b'{"s":1}\n{"s":2}\nnonsense\n[3]\n{"s":4')
    found, place = read_lines(path)
    assert [line["s"] for line in found] == [1, 2]
    assert place == len(b'{"s":1}\n{"s":2}\nnonsense\n[3]\n')
    writer = Lines(path, 1000)
    writer.append({"s": 5})
    writer.close()
    assert [line["s"] for line in read_lines(path)[0]] == [1, 2, 5]


def test_a_line_on_both_sides_is_cut(tmp_path):
    path = tmp_path / "steps.jsonl"
    writer = Lines(path, 1 << 20, merge_steps)
    line = {"loss": 1.0, "low": 0.0, "high": 2.0, "ms": 1.0, "t": 0}
    writer.append(*({"s": 4 * place + 3, "n": 4, **line} for place in range(3)))
    writer.go_on(6)
    assert [(one["s"], one["n"]) for one in read_lines(path)[0]] == [(3, 4), (5, 2)]
    writer.go_on(4, 1.0, [2, 1, {"s": 3, "n": 2, **line}])  # was written since
    assert writer.state == [2, 0, None]
    writer.go_on(4, 1.0, [2, 1, None])
    writer.append({"s": 5, "n": 2, **line})
    assert writer.state[1:] == [1, {"s": 5, "n": 2, **line}]
    state = writer.state
    writer._let_go()  # a kill
    writer = Lines(path, 1 << 20, merge_steps)
    writer.go_on(6, 1.0, state)
    writer.append({"s": 7, "n": 2, **line})
    writer.close()
    assert [(one["s"], one["n"]) for one in read_lines(path)[0]] == [(3, 4), (7, 4)]


def test_lines_are_thinned_evenly_and_read_while_they_are(tmp_path):
    path = tmp_path / "steps.jsonl"
    writer, reader = Lines(path, 2000, merge_steps), Followed(tmp_path, "steps")
    seen = []
    for number in range(3000):
        writer.append(
            {"s": number, "n": 1, "loss": 1.0, "low": 0.0, "high": 2.0, "ms": 1.0, "t": 0}
        )
        if number % 7 == 0:
            again, news = reader.news()
            seen = news if again else seen + news
    writer.close()
    again, news = reader.news()
    seen = news if again else seen + news
    assert path.stat().st_size < 2100
    assert seen == read_lines(path)[0]
    assert sum(line["n"] for line in seen) == 3000
    assert max(line["n"] for line in seen) < 2 * min(line["n"] for line in seen[:-1])


@pytest.mark.parametrize("count", [1, 599, 600, 601, 1799])
def test_what_a_page_is_sent_is_thinned(count):
    sent = thinned([{"s": number} for number in range(count)])
    assert len(sent) == min(count, 600)
    assert sent[-1] == {"s": count - 1}
    assert len({line["s"] for line in sent}) == len(sent)
