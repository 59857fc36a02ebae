"""The docstrings of all public names, and the reference that is made of them."""

import doctest
import importlib.util
import inspect
import re
from pathlib import Path

import pytest

import sunhwan

DOCS = Path(__file__).parents[1] / "docs"


def load_script():
    spec = importlib.util.spec_from_file_location("docs_reference", DOCS / "reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


reference = load_script()
MODULES = list(reference.public_modules())
NAMES = [
    pytest.param(thing, id=f"{module.__name__}.{name}")
    for module in MODULES
    for name, (thing, _) in reference.with_aliases(module).items()
]


def explained(thing):
    """Words of the sections `Args` of a thing and, for a class, of its bases."""
    owners = inspect.getmro(thing) if inspect.isclass(thing) else [thing]
    bodies = [reference.section(inspect.cleandoc(owner.__doc__ or ""), "Args") for owner in owners]
    return set(re.findall(r"\w+", "\n".join(bodies)))


def test_all_modules_are_seen():
    names = {module.__name__ for module in MODULES}
    assert {"sunhwan", "sunhwan.layers", "sunhwan.datasets.imdb"} <= names
    assert not any("._" in name for name in names)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_modules_say_what_they_hold(module):
    assert (module.__doc__ or "").strip()


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_modules_list_what_is_loaded_later_too(module):
    assert set(getattr(module, "__all__", ())) <= set(dir(module))


@pytest.mark.parametrize("thing", NAMES)
def test_a_docstring_of_its_own_begins_with_a_sentence(thing):
    summary, _, rest = reference.docstring(thing).partition("\n")
    assert summary.endswith((".", ":")), f"the first line must be a sentence, got {summary!r}"
    assert not rest or rest.startswith("\n"), "an empty line must follow the first"
    if inspect.isclass(thing):
        assert "__doc__" in vars(thing)


@pytest.mark.parametrize("thing", NAMES)
def test_every_argument_is_explained(thing):
    try:
        parameters = inspect.signature(thing).parameters.values()
    except ValueError:  # a native function, or a class made in C
        named = set(re.findall(r"(\w+): ", reference.signature("", thing)))
    else:
        variadic = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
        named = {parameter.name for parameter in parameters if parameter.kind not in variadic}
    missing = named - explained(thing)
    assert not missing, f"no section Args explains {sorted(missing)}"


@pytest.mark.parametrize("thing", NAMES)
def test_there_is_an_example(thing):
    assert ">>> " in (thing.__doc__ or "")


@pytest.mark.parametrize("name", ["num_threads", "set_num_threads"])
def test_examples_of_native_functions_hold(name):
    function = getattr(sunhwan, name)
    example = doctest.DocTestParser().get_doctest(
        inspect.getdoc(function),
        {name: function, "num_threads": sunhwan.num_threads},
        name,
        None,
        0,
    )
    assert doctest.DocTestRunner().run(example).failed == 0


def test_the_reference_has_every_name(tmp_path):
    files = {file.stem: file.read_text(encoding="utf-8") for file in reference.write(tmp_path)}
    assert len(files) == len(MODULES) + 1
    for module in MODULES:
        text = files[module.__name__]
        headings = re.findall(r"^## (\S+)$", text, re.MULTILINE)
        assert headings == list(reference.with_aliases(module))
        assert text.count("```") % 2 == 0
        prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
        assert not re.search(rf"^\s*({'|'.join(reference.SECTIONS)}):$", prose, re.MULTILINE)
        assert "``" not in prose
        for alias in reference.public_names(module):
            assert re.search(rf"^## {alias}$|`{alias}`", text, re.MULTILINE)


def test_the_index_links_to_headings(tmp_path):
    index = next(file for file in reference.write(tmp_path) if file.name == "README.md")
    links = re.findall(r"\]\(([^)#]+)(?:#([^)]+))?\)", index.read_text(encoding="utf-8"))
    assert len(links) > len(NAMES)
    for name, anchor in links:
        headings = re.findall(r"^#+ (\S+)$", (tmp_path / name).read_text("utf-8"), re.MULTILINE)
        first, _, number = anchor.rpartition("-") if "-" in anchor else (anchor, "", "0")
        same = [heading for heading in headings if heading.lower() == first]
        assert not anchor or len(same) > int(number)


def test_a_docstring_as_markdown():
    docstring = """Adds.

    y = a + b

Both ``a`` and b. ::

    z

Args:
    a: one, over
        two lines.
    b, c: others.

Returns:
    The sum.

>>> 1 + 1
2"""
    assert reference.markdown(docstring) == (
        "Adds.\n\n```python\ny = a + b\n```\n\nBoth `a` and b.\n\n```python\nz\n```\n\n"
        "**Args**\n\n- `a`: one, over two lines.\n- `b, c`: others.\n\n"
        "**Returns**\n\nThe sum.\n\n```python\n>>> 1 + 1\n2\n```"
    )
