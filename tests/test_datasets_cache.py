"""Where downloads are kept, by platform."""

from pathlib import Path

import pytest

from sunhwan.datasets import cache_folder


@pytest.mark.parametrize(
    ("platform", "environment", "expected"),
    [
        ("linux", {}, "/home/me/.cache/sunhwan"),
        ("linux", {"XDG_CACHE_HOME": "/fast"}, "/fast/sunhwan"),
        ("linux", {"XDG_CACHE_HOME": "not/absolute"}, "/home/me/.cache/sunhwan"),
        ("darwin", {"XDG_CACHE_HOME": "/fast"}, "/home/me/Library/Caches/sunhwan"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/sunhwan/Cache"),
        ("win32", {}, "/home/me/AppData/Local/sunhwan/Cache"),
        ("linux", {"SUNHWAN_CACHE": "/own", "XDG_CACHE_HOME": "/fast"}, "/own"),
        ("win32", {"SUNHWAN_CACHE": "~/own", "LOCALAPPDATA": "/local"}, "/home/me/own"),
    ],
)
def test_the_folder(monkeypatch, platform, environment, expected):
    for name in ("SUNHWAN_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"HOME": "/home/me", "USERPROFILE": "/home/me", **environment}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.platform", platform)
    assert cache_folder() == Path(expected)
