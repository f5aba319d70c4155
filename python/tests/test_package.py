"""The stub of the Rust half names what is there, and all of it."""

import ast
from pathlib import Path

import gridfolio
from gridfolio import _gridfolio


def public(names):
    return {name for name in names if not name.startswith("_")}


def stubbed(body):
    """The names that a module or a class has in the stub, and the body of each class."""
    names, classes = set(), {}
    for node in body:
        if isinstance(node, ast.ClassDef):
            classes[node.name] = node.body
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            names.add(node.name)
        if isinstance(node, ast.AnnAssign):
            names.add(node.target.id)
    return public(names), classes


def test_the_stub_names_what_is_there():
    names, classes = stubbed(ast.parse(Path(_gridfolio.__file__).with_name("_gridfolio.pyi").read_text()).body)
    assert names == public(dir(_gridfolio))
    assert len(classes) > 5
    for name, body in classes.items():
        assert stubbed(body)[0] == public(dir(getattr(_gridfolio, name))), name


def test_every_public_name_can_be_had_and_says_what_it_is():
    for name in gridfolio.__all__:
        found = getattr(gridfolio, name)
        assert name == "__version__" or found.__doc__, name
