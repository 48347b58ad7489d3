"""Rust functions and their lengths by counting braces: no parser, but it knows comments, strings and characters."""

import re
from collections.abc import Iterator

_NOISE = re.compile(
    r"""
    //[^\n]*                              # line comment
    | /\*.*?\*/                           # block comment
    | b?r(?P<hash>\#*)".*?"(?P=hash)      # raw string
    | b?"(?:\\.|[^"\\])*"                 # string
    | b?'(?:\\(?:x[0-9a-fA-F]{2}|u\{[0-9a-fA-F]+\}|.)|[^'\\\n])'  # character, not a lifetime
    """,
    re.VERBOSE | re.DOTALL,
)
_FUNCTION = re.compile(r"\bfn\s+(\w+)")


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match.group())


def functions(source: str) -> Iterator[tuple[str, int]]:
    """Name and length in lines, from `fn` to the closing brace."""
    text = _NOISE.sub(_blank, source)
    for found in _FUNCTION.finditer(text):
        end = _end_of_body(text, found.end())
        if end is not None:
            yield found.group(1), text.count("\n", found.start(), end) + 1


def _end_of_body(text: str, start: int) -> int | None:
    """Where the body that begins after `start` ends; None for a declaration without one."""
    depth = brackets = 0
    for place in range(start, len(text)):
        char = text[place]
        if char in "([":
            brackets += 1
        elif char in ")]":
            brackets -= 1
        elif char == ";" and depth == 0 and brackets == 0:
            return None
        elif char == "{":
            depth += 1
        elif char == "}":
            depth -= 1
            if depth == 0:
                return place
    return None
