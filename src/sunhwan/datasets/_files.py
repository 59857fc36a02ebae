"""The files of a data set: their names, homes and checksums, and where they are on this machine."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from sunhwan.datasets._cache import cache_folder
from sunhwan.datasets._download import DownloadError, download

_HOME = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"


@dataclass(frozen=True)
class DataFile:
    """A file that the world has, as opposed to a copy of it here."""

    folder: str  # its folder under SUNHWAN_DATA
    name: str
    algorithm: str  # "sha256", or "md5" where the data's home publishes no other
    digest: str
    home: str = _HOME

    @property
    def url(self) -> str:
        """Where the file is downloaded from."""
        return self.home + self.name

    def is_copy(self, path: Path) -> bool:
        """Whether the file at `path` is this file, bit for bit."""
        found = hashlib.new(self.algorithm, usedforsecurity=False)
        with path.open("rb") as stream:
            while block := stream.read(1 << 20):
                found.update(block)
        return found.hexdigest() == self.digest

    def fetch(self, path: str | os.PathLike[str]) -> Path:
        """Return where a copy is, after downloading one if there is none.

        Args:
            path: the name under which copies are looked for and kept; an absolute path, also with
                ``~``, names the copy itself.

        Raises:
            DownloadError: there is no copy, and it could not be downloaded or was damaged.
        """
        own = self.find(path)
        if own is not None:
            return own
        kept = self._kept(path)
        if not (kept.is_file() and self.is_copy(kept)):
            try:
                download(self.url, kept, self.is_copy)
            except DownloadError as error:
                raise DownloadError(f"{error}. {self._advice(kept, path)}") from None
            except OSError as error:
                raise DownloadError(
                    f"could not write {kept}: {error}. The environment variable SUNHWAN_CACHE "
                    "names another folder for downloads"
                ) from error
        return kept

    def find(self, path: str | os.PathLike[str]) -> Path | None:
        """Return the user's own copy, which is taken as it is: at `path` or in `SUNHWAN_DATA`."""
        named = Path(path).expanduser()
        places = [named] if named.is_absolute() else self._own_places(path)
        return next((place for place in places if place.is_file()), None)

    def _kept(self, path: str | os.PathLike[str]) -> Path:
        # An absolute path stays what it is when it is joined to a folder.
        return cache_folder() / "datasets" / Path(path).expanduser()

    def _own_places(self, path: str | os.PathLike[str]) -> list[Path]:
        folder = data_folder()
        return [] if folder is None else [folder / self.folder / path, folder / path]

    def _advice(self, kept: Path, path: str | os.PathLike[str]) -> str:
        looked = " and ".join(str(place) for place in self._own_places(path))
        place = f"{kept}, where another file is now" if kept.exists() else str(kept)
        return (
            f"To go on without a network, put the file {self.name} "
            f"({self.algorithm.upper()} {self.digest}) at {place}, or put it at "
            f"{self.folder}/{self.name} in a folder that the environment variable SUNHWAN_DATA "
            f"names ({f'not found: {looked}' if looked else 'not set'})"
        )


def data_folder() -> Path | None:
    """Return the folder that `SUNHWAN_DATA` names, or `None`.

    >>> from unittest.mock import patch
    >>> with patch.dict(os.environ, SUNHWAN_DATA="/data/sets"):
    ...     data_folder().as_posix()
    '/data/sets'
    """
    named = os.environ.get("SUNHWAN_DATA")
    return Path(named).expanduser() if named else None
