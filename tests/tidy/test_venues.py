"""A venue stays small and repeats no other: two files, about 600 code lines, less than a tenth of them said again."""

from pathlib import Path

import pytest
from tests.tidy.venues import code_lines, files_of, measured, repeated

from tidegate.venues.table import VENUES

ROOT = Path(__file__).parents[2]
FILES_MAX = 2
CODE_LINES_MAX = 600
REPEATED_PERCENT_MAX = 10


@pytest.fixture(scope="module")
def sizes() -> dict[str, tuple[int, int, int]]:
    return dict(measured(ROOT, sorted(VENUES)))


@pytest.mark.parametrize("venue", sorted(VENUES))
def test_a_venue_is_a_few_files_and_lines(venue: str, sizes: dict[str, tuple[int, int, int]]) -> None:
    files, lines, _ = sizes[venue]
    assert (files <= FILES_MAX, lines <= CODE_LINES_MAX) == (True, True), f"{files} files, {lines} code lines"


@pytest.mark.parametrize("venue", sorted(VENUES))
def test_little_of_a_venue_stands_again_in_another(venue: str, sizes: dict[str, tuple[int, int, int]]) -> None:
    _, lines, again = sizes[venue]
    assert again <= REPEATED_PERCENT_MAX * lines // 100, f"{again} of {lines} code lines"


BODY = "\n".join(f"    let value_{n} = read_{n}(row)?;" for n in range(8))


def test_what_is_measured_can_be_too_much(tmp_path: Path) -> None:
    rust = tmp_path / "core-rs" / "src" / "venues"
    (rust / "two").mkdir(parents=True)
    (tmp_path / "python" / "tidegate" / "venues").mkdir(parents=True)
    (rust / "one.rs").write_text(f'//! One.\n\nfn a() {{\n{BODY}\n    text("x", 1)\n}}\n#[cfg(test)]\nmod tests {{}}\n')
    (rust / "two" / "mod.rs").write_text(f'// Two.\nfn b() {{\n{BODY}\n    text("y", 2)\n}}\n')
    (tmp_path / "python" / "tidegate" / "venues" / "two.py").write_text('"""Two."""\n\nX = 1  # one\n')
    one, two = files_of(tmp_path, "one"), files_of(tmp_path, "two")
    assert (len(one), len(two)) == (1, 2)
    assert [len(code_lines(path)) for path in (*one, *two)] == [11, 11, 1]
    # The body and the call whose string and number differ; the name of the function is another.
    assert repeated(one, two) == repeated(two, one) == 9
    assert repeated(one, []) == 0
