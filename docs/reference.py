"""Write the reference of every public name, from its docstring, as Markdown: one page a module.

python docs/reference.py [FOLDER]        default: docs/reference
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import sunhwan

COMMAND_LINE = "sunhwan.cli"  # explains itself by --help, and needs more packages
SECTIONS = ("Args", "Attributes", "Raises", "Returns", "Warns", "Yields")
LINE_LENGTH = 96
NATIVE_CALL = re.compile(r"(\w+\(.*\) -> .*)\n\n")


def public_modules(module: ModuleType = sunhwan) -> Iterator[ModuleType]:
    """Yield the package, its public modules, and theirs."""
    yield module
    if module is sunhwan:
        names = [info.name for info in pkgutil.iter_modules(sunhwan.__path__)]
    else:
        listed = getattr(module, "__all__", ())
        names = [name for name in listed if inspect.ismodule(getattr(module, name))]
    for name in sorted(names):
        full = f"{module.__name__}.{name}"
        if not name.startswith("_") and full != COMMAND_LINE:
            yield from public_modules(importlib.import_module(full))


def public_names(module: ModuleType) -> dict[str, Any]:
    """Return the classes and functions that a module offers, by name, aliases among them."""
    listed = getattr(module, "__all__", None)
    if listed is None:
        listed = [name for name, thing in vars(module).items() if _is_own(name, thing, module)]
    things = {name: getattr(module, name) for name in sorted(listed, key=str.lower)}
    return {name: one for name, one in things.items() if callable(one)}


def _is_own(name: str, thing: Any, module: ModuleType) -> bool:
    return not name.startswith("_") and getattr(thing, "__module__", None) == module.__name__


def with_aliases(module: ModuleType) -> dict[str, tuple[Any, list[str]]]:
    """Return what a module offers, each once: name -> thing and its other names."""
    names = public_names(module)
    found: dict[str, tuple[Any, list[str]]] = {}
    for name, thing in names.items():
        first = getattr(thing, "__name__", name)
        if names.get(first) is not thing:
            first = name
        found.setdefault(first, (thing, []))
        if name != first:
            found[first][1].append(name)
    return dict(sorted(found.items(), key=lambda item: item[0].lower()))


def page(module: ModuleType, homes: dict[Any, str]) -> str:
    """Return the page of a module; `homes` says which module's page explains a thing."""
    parts = [f"# {module.__name__}", markdown(inspect.getdoc(module) or "")]
    for name, (thing, aliases) in with_aliases(module).items():
        parts.append(f"## {name}")
        if aliases:
            parts.append(f"Also called {', '.join(f'`{alias}`' for alias in aliases)}.")
        home = homes[thing]
        if home != module.__name__:
            parts.append(f"See [{home}]({home}.md#{name.lower()}).")
            continue
        parts.append(_fenced(signature(name, thing)))
        parts.append(markdown(docstring(thing)))
        if inspect.isclass(thing):
            parts += _about_bases(thing, homes)
    return "\n\n".join(part for part in parts if part) + "\n"


def docstring(thing: Any) -> str:
    """Return a thing's docstring, without the call that a native function's begins with."""
    return NATIVE_CALL.sub("", inspect.getdoc(thing) or "")


def signature(name: str, thing: Any) -> str:
    """Return how a thing is called, without types; over several lines where it is long."""
    try:
        found = inspect.signature(thing)
    except ValueError:  # a native function, or a class made in C
        call = NATIVE_CALL.match(inspect.getdoc(thing) or "")
        return call[1] if call else name
    plain = [
        str(parameter.replace(annotation=inspect.Parameter.empty))
        for parameter in found.parameters.values()
        if parameter.name not in ("self", "cls")
    ]
    whole = f"{name}({', '.join(plain)})"
    if len(whole) <= LINE_LENGTH:
        return whole
    return f"{name}(\n" + "".join(f"    {one},\n" for one in plain) + ")"


def _about_bases(cls: type, homes: dict[Any, str]) -> Iterator[str]:
    """Yield what comes from bases without a home, the methods, and the first base with one."""
    own = inspect.getdoc(cls) or ""
    known = set(re.findall(r"\w+", section(own, "Args")))
    hidden = [base for base in cls.__mro__[1:] if _ours(base) and base not in homes]
    items = [
        item
        for base in hidden
        for item in _items(section(inspect.cleandoc(base.__doc__ or ""), "Args"))
        if not known & set(re.findall(r"\w+", item.partition(":")[0]))
    ]
    if items:
        yield "**Further args**"
        yield "\n".join(_bullet(item) for item in items)
    bases = [base for base in cls.__mro__[1:] if base in homes]
    lines = {
        f"- `{' '.join(call.split())}`: {text}"
        for owner in (cls, *hidden)
        for name, call, text in _members(owner)
        if not any(hasattr(base, name) for base in bases)
    }
    if lines:
        yield "**Methods and properties**"
        yield "\n".join(sorted(lines))
    if bases:
        yield f"A `{bases[0].__name__}`, with its methods and properties."


def _ours(cls: type) -> bool:
    return cls.__module__.startswith("sunhwan")


def _members(owner: type) -> Iterator[tuple[str, str, str]]:
    for name, thing in vars(owner).items():
        function = getattr(thing, "fget", None) or getattr(thing, "__func__", thing)
        text = getattr(function, "__doc__", None)
        hidden = name.startswith("_") and name != "__call__"
        if hidden or not text or not inspect.isroutine(function):
            continue
        call = name if isinstance(thing, property) else signature(name, function)
        first = inspect.cleandoc(text).split("\n\n")[0]
        yield name, call, _plain(first.replace("\n", " "))


def markdown(text: str) -> str:
    """Return a docstring in Google's style as Markdown."""
    blocks = re.split(r"\n\n(?=\S)", text)
    return "\n\n".join(part for block in blocks for part in _block(block))


def _block(block: str) -> Iterator[str]:
    title, _, body = block.partition("\n")
    if title.endswith(":") and title[:-1] in SECTIONS:
        body = inspect.cleandoc("\n" + body)
        yield f"**{title[:-1]}**"
        returns = title in ("Returns:", "Yields:")
        yield markdown(body) if returns else "\n".join(map(_bullet, _items(body)))
    elif block.startswith(">>> "):
        yield _fenced(block)
    else:
        text, _, code = block.partition("\n    ")  # an equation set apart
        yield _plain(text)
        if code:
            yield _fenced(inspect.cleandoc("    " + code))


def section(text: str, title: str) -> str:
    """Return what stands under a section's title, `""` if there is none."""
    found = re.search(rf"^{title}:\n((?: .*\n|\n)*)", text + "\n", re.MULTILINE)
    return inspect.cleandoc("\n" + found[1]) if found else ""


def _items(body: str) -> list[str]:
    """Split a section of `name: text` items, whose further lines are indented."""
    return re.split(r"\n(?=\S)", re.sub(r",\n\s*", ", ", body)) if body else []


def _bullet(item: str) -> str:
    names, colon, text = item.partition(":")
    return f"- `{names}`: {_plain(' '.join(text.split()))}" if colon else f"- {item}"


def _plain(text: str) -> str:
    """Return text of a docstring as Markdown: no double backticks, no double colons."""
    text = re.sub(r"\s+::\s*$", "", text.rstrip()).replace("``", "`")
    return re.sub(r"::$", ":", text)


def _fenced(code: str) -> str:
    return f"```python\n{code}\n```"


def write(folder: Path) -> list[Path]:
    """Write all pages and an index into a folder, and return the files."""
    modules = list(public_modules())
    homes = {
        thing: module.__name__ for module in modules for thing in public_names(module).values()
    }
    folder.mkdir(parents=True, exist_ok=True)
    index = ["# Reference", "Made from the docstrings by `docs/reference.py`."]
    files = []
    for module in modules:
        files.append(folder / f"{module.__name__}.md")
        files[-1].write_text(page(module, homes), encoding="utf-8")
        links, seen = [], [""]
        for name in with_aliases(module):
            anchor = name.lower() + (f"-{seen.count(name.lower())}" if name.lower() in seen else "")
            seen.append(name.lower())
            links.append(f"[{name}]({files[-1].name}#{anchor})")
        index.append(f"**[{module.__name__}]({files[-1].name})** {', '.join(links)}".rstrip())
    files.append(folder / "README.md")
    files[-1].write_text("\n\n".join(index) + "\n", encoding="utf-8")
    return files


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "reference"
    print(f"wrote {len(write(target))} pages to {target}")
