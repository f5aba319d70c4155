"""The package as a whole: imports, types and documentation."""

import ast
import graphlib
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import gridfolio
from conftest import ROOT
from gridfolio import _gridfolio

PACKAGE = Path(gridfolio.__file__).parent
CACHE = ROOT / "target" / "python" / "mypy-cache"


def modules():
    """The path of each module of the package by its name."""
    paths = {}
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        paths[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return paths


def imported(path, names):
    """The modules that a file imports anywhere in it: in functions and for types, too."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import"
            if node.module not in names:
                continue
            parts = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (part if part in names else node.module for part in parts)


def test_modules_import_each_other_in_one_direction():
    paths = modules()
    names = {*paths, "gridfolio._gridfolio"}
    graph = {name: set(imported(path, names)) for name, path in paths.items()}
    assert "gridfolio.market" in graph["gridfolio.strategy"]
    graphlib.TopologicalSorter(graph).prepare()  # raises CycleError, which shows the circle


@pytest.mark.newest
def test_the_package_is_completely_typed():
    pytest.importorskip("mypy")
    assert (PACKAGE / "py.typed").exists()
    command = [sys.executable, "-m", "mypy", "--config-file", ROOT / "pyproject.toml", "--cache-dir", CACHE]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def public(names):
    return {name for name in names if not name.startswith("_")}


def stubbed(body):
    """The public names of a module or class in the stub, and the body of each class."""
    names, classes = set(), {}
    for node in body:
        if isinstance(node, ast.ClassDef):
            classes[node.name] = node.body
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            names.add(node.name)
        if isinstance(node, ast.AnnAssign):
            names.add(node.target.id)
    return public(names), classes


def test_the_stub_has_exactly_the_names_of_the_module():
    names, classes = stubbed(ast.parse((PACKAGE / "_gridfolio.pyi").read_text()).body)
    assert names == public(dir(_gridfolio))
    assert len(classes) > 5
    for name, body in classes.items():
        assert stubbed(body)[0] == public(dir(getattr(_gridfolio, name))), name


def documented():
    """Each public name of the package, and each public method and property of its classes."""
    from gridfolio._frames import SweepResults

    found = {name: getattr(gridfolio, name) for name in gridfolio.__all__ if name not in ("__version__", "AsOf")}
    found["SweepResults"] = SweepResults
    for name, cls in list(found.items()):
        if inspect.isclass(cls):
            members = {member: vars(cls)[member] for member in public(vars(cls))}
            found.update({f"{name}.{key}": getattr(member, "__func__", member) for key, member in members.items()})
    return found


def test_every_public_name_has_a_docstring():
    pytest.importorskip("pandas")
    found = documented()
    assert len(found) > 50
    assert [name for name, value in found.items() if not inspect.getdoc(value)] == []


def test_docstrings_explain_every_parameter_and_show_an_example():
    pytest.importorskip("pandas")
    functions = {name: value for name, value in documented().items() if name == "Strategy" or inspect.isfunction(value)}
    assert len(functions) > 15
    for name, value in functions.items():
        text = inspect.getdoc(value)
        parameters = set(inspect.signature(value).parameters) - {"self", "cls"}
        explained = set(re.findall(r"^(\w+)(?: : .*)?$", text.partition("Parameters\n----------\n")[2], re.MULTILINE))
        assert parameters - explained == set(), name
        assert not parameters or "Examples\n--------\n>>> " in text or name == "AlphaModel.weights", name
