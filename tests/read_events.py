"""Event files, read back: a reader of its own, of the few kinds of events that are written."""

import struct

from sunhwan.board.events import record

START = 1  # of `SessionLog.SessionStatus`


def fields(data):
    """The fields of a message: pairs of a number and a value."""
    place, found = 0, []

    def varint():
        nonlocal place
        number, shift = 0, 0
        while True:
            byte = data[place]
            number, place, shift = number | (byte & 127) << shift, place + 1, shift + 7
            if byte < 128:
                return number

    while place < len(data):
        key = varint()
        if key & 7 == 0:
            value = varint()
        elif key & 7 == 2:
            length = varint()
            value, place = data[place : place + length], place + length
        else:
            size, kind = {1: (8, "<d"), 5: (4, "<f")}[key & 7]
            value, place = struct.unpack(kind, data[place : place + size])[0], place + size
        found.append((key >> 3, value))
    return found


def records(path):
    """The events of a file, as dictionaries of their fields."""
    data, place = path.read_bytes(), 0
    while place < len(data):
        (length,) = struct.unpack_from("<Q", data, place)
        inner = data[place + 12 : place + 12 + length]
        assert record(inner) == data[place : place + length + 16]
        place += length + 16
        yield dict(fields(inner))


def restarts(path):
    """The steps of a file's events that say that a training begins or goes on there."""
    found = [event for event in records(path) if 7 in event]
    assert all(dict(fields(event[7])) == {1: START} for event in found)
    return [event[2] for event in found]


def events(paths):
    """`{tag: {step: value}}` of event files, in which each step of a tag stands once."""
    found = {}
    for path in sorted(paths):
        for event in records(path):
            for _, value in fields(event.get(5, b"")):
                parts = dict(fields(value))
                tag, what = parts[1].decode(), parts[2] if 2 in parts else dict(fields(parts[5]))
                steps = found.setdefault(tag, {})
                assert event[2] not in steps, f"{tag} has step {event[2]} twice"
                steps[event[2]] = what
    return found


def events_in(folder):
    """The events of all files in a folder."""
    return events(folder.glob("events.out.tfevents.*"))
