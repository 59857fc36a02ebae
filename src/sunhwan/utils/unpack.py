"""A downloaded archive, unpacked: nothing of it is put elsewhere than into its folder."""

from __future__ import annotations

import os
import shutil
import tarfile
import zipfile
from pathlib import Path


def unpack(file: Path, folder: Path, kind: str) -> None:
    """Unpack beside the folder and rename, so that it is whole or not there.

    Args:
        file: a tar or zip archive.
        folder: where to; what is there is replaced.
        kind: ``"tar"``, ``"zip"`` or ``"auto"``.

    Raises:
        ValueError: it is no archive of the kind, would put something elsewhere, or there is a file
            of the folder's name.
    """
    if folder.is_file():
        raise ValueError(f"{folder} cannot be unpacked into: there is a file of that name")
    beside = folder.with_name(f"{folder.name}.{os.urandom(6).hex()}.part")
    try:
        if kind in ("auto", "tar") and tarfile.is_tarfile(file):
            with tarfile.open(file) as archive:
                if hasattr(tarfile, "data_filter"):
                    archive.extractall(beside, filter="data")
                else:  # Python before 3.10.12 and 3.11.4
                    _copy_out(archive, beside)
        elif kind in ("auto", "zip") and zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as archive:
                archive.extractall(beside)
        else:
            wanted = "a tar or zip archive" if kind == "auto" else f"a {kind} archive"
            raise ValueError(f"{file} must be {wanted} to be unpacked")
        if folder.exists():
            shutil.rmtree(folder)
        os.replace(beside, folder)
    except tarfile.TarError as error:
        raise ValueError(f"{file} cannot be unpacked: {error}") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _copy_out(archive: tarfile.TarFile, folder: Path) -> None:
    """Write the files of an archive as new ones, with nothing of it but names and contents.

    Raises:
        TarError: a member is a link or a device, or would lie outside of the folder.
    """
    folder.mkdir(parents=True)
    root = folder.resolve()
    for member in archive:
        place = (root / member.name).resolve()
        if not place.is_relative_to(root):
            raise tarfile.TarError(f"{member.name!r} would lie outside of the folder")
        if member.isdir():
            place.mkdir(parents=True, exist_ok=True)
            continue
        content = archive.extractfile(member) if member.isfile() else None
        if content is None:
            raise tarfile.TarError(
                f"{member.name!r} is a link or a device, which this Python cannot unpack safely: "
                "take 3.10.12, 3.11.4 or newer"
            )
        place.parent.mkdir(parents=True, exist_ok=True)
        with content, place.open("wb") as copy:
            shutil.copyfileobj(content, copy)
