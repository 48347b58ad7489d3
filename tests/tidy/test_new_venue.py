"""`make new-venue` in a copy of the files that it touches: well-formed, whole, and nothing at all when it refuses."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.tidy.venues import files_of, measured

from tidegate.venues.table import VENUES

ROOT = Path(__file__).parents[2]
TABLES = {
    "core-rs/src/units/ids.rs": ("    Acme,\n", "[Self; {count}]", ", Self::Acme]", 'Self::Acme => "acme",'),
    "core-rs/src/venues/mod.rs": ("\nmod acme;\n",),
    "core-rs/src/venues/codec.rs": ("Venue::Acme => [&super::acme::SPOT, &super::acme::LINEAR],",),
    "core-rs/src/sim/dialect/mod.rs": ("Venue::Acme => None,",),
    "core-rs/src/sim/market.rs": ("Venue::Acme => [(",),
    "core-rs/tests/vectors/main.rs": ("\nmod acme;\n",),
    "python/tidegate/venues/table.py": ("import acme, ", ", acme.VENUE)"),
    "python/tidegate/model/config.py": ('"acme"]', "    acme: VenueConfig = VenueConfig(enabled=False)\n"),
}
"""What has to stand in each of the tables."""
FILES = {
    "core-rs/src/venues/acme.rs",
    "core-rs/tests/vectors/acme/mod.rs",
    "python/tidegate/venues/acme.py",
    "tests/unit/venues/test_acme.py",
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Everything that names venues, and the settings of the formatters."""
    for folder in ("core-rs/src/venues", "python/tidegate/venues"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for path in (*TABLES, "pyproject.toml", "rustfmt.toml", "python/tidegate/__init__.py"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, tmp_path / path)
    return tmp_path


def new_venue(tree: Path, name: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "scripts" / "new-venue"), name, "--root", str(tree)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def contents(tree: Path) -> dict[str, str]:
    return {str(path.relative_to(tree)): path.read_text() for path in tree.rglob("*") if path.is_file()}


def test_a_venue_is_its_files_and_a_line_in_each_table(tree: Path) -> None:
    before = contents(tree)
    made = new_venue(tree, "acme")
    assert made.returncode == 0, made.stderr
    after = contents(tree)
    assert set(after) - set(before) == FILES
    assert {path for path in before if before[path] != after[path]} == set(TABLES)
    for path, lines in TABLES.items():
        missing = [line for line in lines if line.format(count=len(VENUES) + 1) not in after[path]]
        assert missing == [], path
        lost = set(before[path].splitlines()) - set(after[path].splitlines())
        assert len(lost) <= 2, path
    assert [path for path in FILES if "@" in after[path].replace("@pytest", "").replace("@to_be", "")] == []


def test_what_it_writes_is_as_the_formatters_and_linters_want_it(tree: Path) -> None:
    new_venue(tree, "acme")
    for tool in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *tool, "."], cwd=tree, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout
    rustfmt = shutil.which("rustfmt")
    assert rustfmt is not None, "rustfmt is needed: scripts/setup-system lint"
    rust = [path for path in sorted(FILES | set(TABLES)) if path.endswith(".rs")]
    alone = [path for path in rust if "mod." not in path and "main." not in path] + [
        "core-rs/tests/vectors/acme/mod.rs"
    ]
    done = subprocess.run(
        [rustfmt, "--edition", "2024", "--check", *alone], cwd=tree, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    files, lines, again = measured(tree, [*VENUES, "acme"])["acme"]
    assert (files, lines < 600, 10 * again < lines) == (len(files_of(tree, "acme")), True, True)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("binance", "binance is there already: core-rs/src/venues/binance.rs"),
        ("json", "json is there already: core-rs/src/venues/json.rs"),
        ("spec", "spec is there already: python/tidegate/venues/spec.py"),
        ("Acme", "'Acme' is no name of a venue"),
        ("7up", "'7up' is no name of a venue"),
        ("a-b", "'a-b' is no name of a venue"),
        ("../x", "'../x' is no name of a venue"),
        ("", "'' is no name of a venue"),
        ("impl", "'impl' is no name of a venue"),
    ],
)
def test_a_name_that_can_not_be_one_writes_nothing(tree: Path, name: str, reason: str) -> None:
    before = contents(tree)
    refused = new_venue(tree, name)
    assert (refused.returncode, reason in refused.stderr, contents(tree) == before) == (2, True, True), refused.stderr


def test_a_second_run_or_a_table_that_is_not_there_writes_nothing(tree: Path) -> None:
    new_venue(tree, "acme")
    once = contents(tree)
    assert "acme is there already" in new_venue(tree, "acme").stderr
    assert contents(tree) == once
    (tree / "python/tidegate/venues/table.py").write_text("# another table\n")
    once = contents(tree)
    assert "python/tidegate/venues/table.py: nothing like" in new_venue(tree, "other").stderr
    assert contents(tree) == once
