"""What a reviewer would otherwise say every week: sizes, banned words, missing headers, tests that mirror nothing."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.tidy.rust import functions as rust_functions

ROOT = Path(__file__).parents[2]
FILE_LINES = 400
FUNCTION_LINES = 70
SKIPPED = {"target", "__pycache__", ".venv", "node_modules"}
# Statistics, waiting times and hardware may be floats; prices, quantities and money never are.
MONEY_ROOMS = ("engine", "store", "ports", "bus", "venues")
BANNED_CALLS = {"eval", "exec", "compile"}
BANNED_MODULES = {"pickle", "marshal", "shelve", "dill"}
BANNED_ATTRIBUTES = {("yaml", "load"), ("os", "system"), ("os", "popen")}
# Several small files of one kind, tested through the one table they share.
COLLECTIVE = {"api/test_resources.py", "cli/test_verbs.py"}
# Split, so that this file does not find itself.
MACHINE_PATHS = re.compile(
    "/(?:" + "|".join(("wo" + "rk", "fa" + "rm", "ho" + "me", "ro" + "ot", "Us" + "ers")) + r")/\w"
)
UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b(?!\(#\d+\))")


def files(*suffixes: str, below: tuple[str, ...] = ("python", "tests", "benches", "core-rs", "scripts")) -> list[Path]:
    found = (path for folder in below for path in (ROOT / folder).rglob("*") if path.is_file())
    return sorted(path for path in found if path.suffix in suffixes and not SKIPPED & set(path.parts))


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


PYTHON = files(".py", ".pyi")
RUST = files(".rs")
PACKAGE = files(".py", below=("python",))


def python_functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def calls(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            yield node


def test_files_stay_short() -> None:
    long = {
        shown(path): lines for path in (*PYTHON, *RUST) if (lines := len(path.read_text().splitlines())) > FILE_LINES
    }
    assert long == {}


def test_functions_fit_a_screen() -> None:
    sizes = [(path, name, lines) for path in PYTHON for name, lines in python_functions(path)]
    sizes += [(path, name, lines) for path in RUST for name, lines in rust_functions(path.read_text())]
    long = [f"{shown(path)}: {name} has {lines} lines" for path, name, lines in sizes if lines > FUNCTION_LINES]
    assert long == []


def test_nothing_is_left_unfinished_without_an_issue() -> None:
    found = [
        f"{shown(path)}:{number}"
        for path in (*PYTHON, *RUST, *files(".sh", ".md", ".toml"))
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if UNFINISHED.search(line)
    ]
    assert found == []


def test_no_path_of_a_machine_stands_in_a_file() -> None:
    texts = [path for path in ROOT.iterdir() if path.suffix in {".md", ".toml", ".ini"} or path.name == "Makefile"]
    texts += [
        *PYTHON,
        *RUST,
        *files(".md", below=("docs", "benches")),
        ROOT / ".ci" / "run",
        *(path for path in (ROOT / "scripts").rglob("*") if path.is_file()),
    ]
    found = [
        f"{shown(path)}:{number}"
        for path in texts
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if MACHINE_PATHS.search(line)
    ]
    assert found == []


def test_nothing_runs_text_as_code_or_unpacks_foreign_objects() -> None:
    found = []
    for path in PACKAGE:
        for node in ast.walk(ast.parse(path.read_text())):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            found += [f"{shown(path)}: {name}" for name in names if name.partition(".")[0] in BANNED_MODULES]
        for call in calls(path):
            if isinstance(call.func, ast.Name) and call.func.id in BANNED_CALLS:
                found.append(f"{shown(path)}:{call.lineno} {call.func.id}")
            if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name):
                name = (call.func.value.id, call.func.attr)
                found += [f"{shown(path)}:{call.lineno} {'.'.join(name)}"] if name in BANNED_ATTRIBUTES else []
            found += [f"{shown(path)}:{call.lineno} shell" for keyword in call.keywords if keyword.arg == "shell"]
    assert found == []


def test_no_float_is_made_where_money_passes() -> None:
    found = [
        f"{shown(path)}:{call.lineno}"
        for path in PACKAGE
        if path.relative_to(ROOT / "python" / "tidegate").parts[0] in MONEY_ROOMS
        for call in calls(path)
        if isinstance(call.func, ast.Name) and call.func.id == "float"
    ]
    assert found == []


def test_migrations_stand_in_one_row() -> None:
    folder = ROOT / "python" / "tidegate" / "store" / "migrations" / "versions"
    texts = [path.read_text() for path in folder.glob("rev_*.py")]
    before = [found for text in texts for found in re.findall(r"^down_revision = (.*)$", text, re.MULTILINE)]
    assert len(before) == len(set(before)) == len(texts), "two migrations follow the same one: renumber the later"


def test_every_file_says_what_it_is() -> None:
    silent = [
        shown(path) for path in PYTHON if path.suffix == ".py" and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    silent += [shown(path) for path in RUST if not path.read_text().startswith("//!")]
    assert silent == []


@pytest.mark.parametrize("path", files(".py", below=("tests/unit",)), ids=shown)
def test_a_unit_test_mirrors_the_file_it_tests(path: Path) -> None:
    place = path.relative_to(ROOT / "tests" / "unit")
    if not path.name.startswith("test_") or place.as_posix() in COLLECTIVE:
        return
    inside = place.with_name(path.name.removeprefix("test_"))
    tested = ROOT / "python" / "tidegate" / inside
    assert tested.exists() or tested.with_suffix("").is_dir()
