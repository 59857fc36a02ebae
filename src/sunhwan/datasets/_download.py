"""Fetch one file over HTTP: resumed, checked before it is opened, complete or not there at all.

The bytes go to a part file beside the target, which takes the target's name only when its content
has been checked. An interrupted part is kept, and the next call goes on where it ended.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from sunhwan.datasets._progress_line import ProgressLine

if TYPE_CHECKING:
    # The modules of HTTP take tens of milliseconds to import, and few programs download.
    from http.client import HTTPResponse

_BLOCK = 1 << 18
_LIMIT = 1 << 30  # bytes; no data set here is near it
_TIMEOUT = 30.0  # seconds without a byte
_ATTEMPTS = 4
_PAUSE = 1.0  # seconds before the second attempt, doubled before each further one
_STALE = 24 * 3600.0  # seconds after which the part file of a killed process is removed


class DownloadError(OSError):
    """A file could not be downloaded, or what came was not the file that was expected.

    >>> issubclass(DownloadError, OSError)
    True
    """


class _InterruptedError(Exception):
    """The transfer broke off; another attempt may go on from there."""


def download(url: str, target: Path, is_right: Callable[[Path], bool]) -> None:
    """Download `url` to `target`, replacing what is there.

    Args:
        url: an ``http`` or ``https`` address.
        target: where the file goes; its folder is made.
        is_right: tells from a path whether the file there is the one that is expected.

    Raises:
        DownloadError: the server could not be reached or refused, the transfer kept breaking off,
            or the content was wrong. Wrong content is not kept.
    """
    if not url.startswith(("http://", "https://")):
        raise DownloadError(f"could not download {url}: the address must be of http or https")
    target.parent.mkdir(parents=True, exist_ok=True)
    with _claimed_part(target) as part:
        resumed = part.exists()
        _transfer(url, part, target.name)
        if resumed and not is_right(part):
            # The earlier part may have been of another version of the file.
            part.unlink()
            _transfer(url, part, target.name)
        if not is_right(part):
            size = part.stat().st_size
            part.unlink()
            raise DownloadError(
                f"could not download {target.name} from {url}: the {size:,} bytes that came have "
                "another checksum than expected, and were thrown away"
            )
        os.replace(part, target)


@contextlib.contextmanager
def _claimed_part(target: Path) -> Iterator[Path]:
    """Own a part file: a rename lets only one of several processes go on from an earlier part."""
    _remove_stale_parts(target)
    waiting = target.with_name(f"{target.name}.part")
    claimed = target.with_name(f"{target.name}.{os.urandom(6).hex()}.part")
    with contextlib.suppress(FileNotFoundError):
        os.replace(waiting, claimed)
        os.utime(claimed)
    try:
        yield claimed
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.replace(claimed, waiting)


def _remove_stale_parts(target: Path) -> None:
    for part in target.parent.glob(f"{target.name}.*.part"):
        with contextlib.suppress(OSError):
            if time.time() - part.stat().st_mtime > _STALE:
                part.unlink()


def _transfer(url: str, part: Path, name: str) -> None:
    """Bring `part` to the full length, in several attempts if the transfer breaks off."""
    for attempt in range(_ATTEMPTS):
        try:
            return _attempt(url, part, name)
        except _InterruptedError as error:
            broken = error
            if attempt + 1 < _ATTEMPTS:
                time.sleep(_PAUSE * 2**attempt)
    raise DownloadError(f"could not download {name} from {url}: {broken}, {_ATTEMPTS} times")


def _attempt(url: str, part: Path, name: str) -> None:
    import http.client
    import urllib.error
    import urllib.request

    have = part.stat().st_size if part.exists() else 0
    headers = {"User-Agent": "sunhwan", "Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
    try:
        # A new opener reads the proxies of the environment as they are now; urlopen's keeps those
        # of its first use.
        response = urllib.request.build_opener().open(
            urllib.request.Request(url, headers=headers), timeout=_TIMEOUT
        )
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == 416 and have:
            part.unlink()
            raise _InterruptedError("the server could not go on from an earlier part") from error
        if error.code in (408, 429) or error.code >= 500:
            raise _InterruptedError(f"the server answered {error.code} {error.reason}") from error
        raise DownloadError(
            f"could not download {name} from {url}: the server answered {error.code} {error.reason}"
        ) from error
    except urllib.error.URLError as error:
        raise DownloadError(f"could not download {name} from {url}: {error.reason}") from error
    except (OSError, http.client.HTTPException) as error:
        raise _InterruptedError(f"the server did not answer ({error})") from error
    with response:
        start, total = _extent(response)
        if start not in (0, have):
            part.unlink()
            raise _InterruptedError("the server sent another part than the one asked for")
        with part.open("ab" if start else "wb") as stream:
            _copy(response, stream, start, total, name)


def _extent(response: HTTPResponse) -> tuple[int, int | None]:
    """Return at which byte of the file the body starts, -1 if unclear, and the file's length."""
    if response.status == 206:
        told = re.fullmatch(r"bytes (\d+)-\d+/(\d+)", response.headers.get("Content-Range", ""))
        return (int(told[1]), int(told[2])) if told else (-1, None)
    length = response.headers.get("Content-Length", "")
    return 0, int(length) if length.isdigit() else None


def _copy(
    response: HTTPResponse, stream: BinaryIO, done: int, total: int | None, name: str
) -> None:
    import http.client

    with ProgressLine(name, done, total) as progress:
        while True:
            try:
                block = response.read(_BLOCK)
            except (OSError, http.client.HTTPException) as error:
                raise _InterruptedError(f"the transfer broke off ({error})") from error
            if not block:
                break
            done += len(block)
            if done > (_LIMIT if total is None else min(total, _LIMIT)):
                raise DownloadError(f"could not download {name}: more than {done:,} bytes came")
            stream.write(block)
            progress.show(done)
    if total is not None and done < total:
        raise _InterruptedError(f"the transfer broke off after {done:,} of {total:,} bytes")
