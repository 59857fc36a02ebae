"""A file from the network, kept."""

from __future__ import annotations

import os
from pathlib import Path

_ALGORITHMS = {"md5": 32, "sha1": 40, "sha256": 64, "sha512": 128}  # hexadecimal digits
_FORMATS = ("auto", "tar", "zip")


def get_file(
    fname: str | None = None,
    origin: str | None = None,
    untar: bool = False,
    md5_hash: str | None = None,
    file_hash: str | None = None,
    cache_subdir: str = "datasets",
    hash_algorithm: str = "auto",
    extract: bool = False,
    archive_format: str | None = "auto",
    cache_dir: str | os.PathLike[str] | None = None,
    force_download: bool = False,
) -> str:
    """Download a file, unless it is there already, and say where it is.

    Args:
        fname: the file's name here; by default that of the address.
        origin: the address, of http or https.
        untar: the same as `extract`.
        md5_hash: as `file_hash`, of MD5.
        file_hash: the checksum that the file must have, hexadecimal; by default any will do.
        cache_subdir: folder in the cache.
        hash_algorithm: ``"md5"``, ``"sha1"``, ``"sha256"``, ``"sha512"`` or ``"auto"``: by the
            checksum's length.
        extract: whether to unpack the file, a tar or zip archive; no file of it is put elsewhere
            than into its folder.
        archive_format: ``"tar"``, ``"zip"`` or ``"auto"``.
        cache_dir: the cache; by default `sunhwan.datasets.cache_folder()`.
        force_download: whether to download it though it is there.

    Returns:
        The path of the file, or of the folder that the archive was unpacked into: named as the
        file, with ``_extracted`` behind where `fname` is given with an ending.

    Raises:
        ValueError: `origin` or `fname` is no address or no name of a file, the checksum is of no
            known algorithm, or the file is no archive of the format.
        DownloadError: the file could not be downloaded, or has another checksum.

    >>> get_file("text.txt", "ftp://example.org/text.txt")
    Traceback (most recent call last):
        ...
    ValueError: origin must be an address that begins with http:// or https://, got 'ftp://...
    """
    import hashlib  # like the others, where a file is asked for: they slow the start
    from urllib.parse import unquote, urlsplit

    from sunhwan.datasets._cache import cache_folder
    from sunhwan.datasets._download import download
    from sunhwan.utils.unpack import unpack

    if not isinstance(origin, str) or not origin.startswith(("http://", "https://")):
        raise ValueError(
            f"origin must be an address that begins with http:// or https://, got {origin!r}"
        )
    given = fname if fname is None else os.fspath(fname)
    name = given or os.path.basename(unquote(urlsplit(origin).path))
    if not name or name in (".", "..") or "/" in name or os.sep in name:
        raise ValueError(f"fname must be the name of a file, without a folder, got {name!r}")
    algorithm, digest = _checksum(md5_hash, file_hash, hash_algorithm)
    if archive_format is not None and archive_format not in _FORMATS:
        raise ValueError(f"archive_format must be 'auto', 'tar' or 'zip', got {archive_format!r}")
    folder = (Path(cache_dir).expanduser() if cache_dir else cache_folder()) / cache_subdir
    unpacks = (extract or untar) and archive_format is not None
    file, unpacked = folder / name, folder / name
    if unpacks and given and "." in given:
        unpacked = folder / f"{given[: given.find('.')]}_extracted"
    elif unpacks:
        file = folder / f"{name}_archive"

    def is_right(path: Path) -> bool:
        if not digest:
            return True
        with path.open("rb") as stream:
            found = hashlib.new(algorithm, usedforsecurity=False)
            while block := stream.read(1 << 20):
                found.update(block)
        return found.hexdigest() == digest

    missing = force_download or not (file.is_file() and is_right(file))
    if missing:
        download(origin, file, is_right)
    if unpacks and (missing or not unpacked.is_dir()):
        assert archive_format is not None
        unpack(file, unpacked, archive_format)
    return str(unpacked)


def _checksum(md5: str | None, digest: str | None, algorithm: str) -> tuple[str, str]:
    """The algorithm and the checksum, which is empty where none is asked for."""
    if md5 is not None and digest is None:
        digest, algorithm = md5, "md5"
    if digest is None:
        return "", ""
    if algorithm == "auto":
        fitting = [one for one, digits in _ALGORITHMS.items() if digits == len(digest)]
        algorithm = fitting[0] if fitting else algorithm
    if algorithm not in _ALGORITHMS:
        raise ValueError(
            f"file_hash must be a checksum of {', '.join(_ALGORITHMS)}, got {digest!r} of "
            f"{len(digest)} digits for hash_algorithm {algorithm!r}"
        )
    return algorithm, digest.lower()
