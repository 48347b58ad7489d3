"""How large a venue is, and how much of it stands again in another: files, code lines, runs of like lines."""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

RUN_LINES = 6
"""Shorter runs are how the language looks, not a copy."""

_TOKEN = re.compile(r'b?r?"(?:\\.|[^"\\])*"|b?\'(?:\\.|[^\'\\])*\'|\w+|\S')
_THIN = re.compile(r"^\W*$")
_IMPORTED = re.compile(r"^(?:(?:pub(?:\(\w+\))? )?(?:use|mod|import|from)\b.*|\w+,)$")
"""An import, or a name alone on its line, as in a long one."""


def files_of(root: Path, venue: str) -> list[Path]:
    """The venue's own files: `<venue>.rs` or a folder of that name, and `<venue>.py`."""
    rust = root / "core-rs" / "src" / "venues"
    found = [rust / f"{venue}.rs", *(rust / venue).rglob("*.rs")]
    found += [root / "python" / "tidegate" / "venues" / f"{venue}.py"]
    return [path for path in found if path.exists()]


def code_lines(path: Path) -> list[str]:
    """Lines without blank ones, comments, docstrings and Rust's test module; white space folded."""
    text = path.read_text()
    hidden: set[int] = set()
    if path.suffix == ".py":
        hidden = set(_docstrings(text))
    else:
        text = text.partition("#[cfg(test)]")[0]
    comment = "#" if path.suffix == ".py" else "//"
    lines = ((number, " ".join(line.split())) for number, line in enumerate(text.splitlines(), 1))
    return [line for number, line in lines if line and not line.startswith(comment) and number not in hidden]


def _docstrings(text: str) -> Iterator[int]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield from range(node.lineno, (node.end_lineno or node.lineno) + 1)


def shape(line: str) -> str:
    """The line with its strings and numbers taken out."""
    return " ".join(_taken_out(token) for token in _TOKEN.findall(line))


def _taken_out(token: str) -> str:
    if token[0].isdigit():
        return "0"
    return '""' if token[-1] in "\"'" else token


def repeated(venue: Sequence[Path], others: Sequence[Path]) -> int:
    """How many lines of `venue` belong to a run that stands again in one of `others`."""
    theirs = {window for path in others for _, window in _windows(path)}
    count = 0
    for path in venue:
        inside = {at + step for at, window in _windows(path) if window in theirs for step in range(RUN_LINES)}
        count += len(inside)
    return count


def _windows(path: Path) -> Iterator[tuple[int, tuple[str, ...]]]:
    lines = [shape(line) for line in code_lines(path) if not _THIN.match(line) and not _IMPORTED.match(line)]
    for at in range(len(lines) - RUN_LINES + 1):
        yield at, tuple(lines[at : at + RUN_LINES])


def measured(root: Path, venues: Sequence[str]) -> Mapping[str, tuple[int, int, int]]:
    """Files, code lines and repeated lines of each venue."""
    own = {venue: files_of(root, venue) for venue in venues}
    return {
        venue: (
            len(paths),
            sum(len(code_lines(path)) for path in paths),
            repeated(paths, [path for other, those in own.items() if other != venue for path in those]),
        )
        for venue, paths in own.items()
    }
