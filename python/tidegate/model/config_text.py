"""Text and environment -> Config. Every fault becomes one line: the key's path, what is wrong, what to do."""

import difflib
import types
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from tidegate.model.config import Config
from tidegate.model.defaults import SIM_LIMITS, SIM_PAIRS
from tidegate.model.errors import Code, Json, TidegateError

ENVIRONMENT: Final[Mapping[str, str]] = {
    "TIDEGATE_HOME": "home",
    "TIDEGATE_PORT": "port",
    "TIDEGATE_ADMIN_PASSWORD": "adminPassword",
    "TIDEGATE_MASTER_KEY_FILE": "masterKeyFile",
    "TIDEGATE_DATABASE_URL": "databaseUrl",
    "TIDEGATE_BUS_URL": "busUrl",
}
"""Variable -> key that it overrides. An empty variable counts as not set."""

TEXT_SIZE_MAX: Final = 1 << 20


def parse_config(
    text: str | None,
    env: Mapping[str, str],
    overrides: Mapping[str, Json] | None = None,
    *,
    origin: str = "tidegate.yaml",
) -> Config:
    """The configuration of one process.

    text: YAML of the file named `origin`, or None when there is none. overrides: top-level keys that win over all
    (command-line options); None values do not count. Raises TidegateError CONFIG_ERROR with one line per fault.
    """
    keys = _mapping(text, origin)
    sources = dict.fromkeys(keys, origin)
    for variable, key in ENVIRONMENT.items():
        if env.get(variable):
            keys[key], sources[key] = env[variable], variable
    for key, value in (overrides or {}).items():
        if value is not None:
            keys[key], sources[key] = value, f"option --{key}"
    try:
        config = Config.model_validate(keys)
    except ValidationError as failure:
        lines = _lines(failure.errors(include_url=False), sources, origin)
        raise TidegateError(Code.CONFIG_ERROR, "\n".join(lines), {"faults": list(lines)}) from None
    return _complete(config)


def _mapping(text: str | None, origin: str) -> dict[str, Json]:
    if text is None:
        return {}
    if len(text) > TEXT_SIZE_MAX:
        raise TidegateError(Code.CONFIG_ERROR, f"{origin}: larger than {TEXT_SIZE_MAX} bytes; is this the right file?")
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError as failure:
        mark = getattr(failure, "problem_mark", None)
        where = f" line {mark.line + 1}, column {mark.column + 1}" if mark is not None else ""
        problem = getattr(failure, "problem", None) or "not YAML"
        raise TidegateError(Code.CONFIG_ERROR, f"{origin}{where}: {problem}; fix the YAML there") from None
    if found is None:
        return {}
    if not isinstance(found, dict) or not all(isinstance(key, str) for key in found):
        raise TidegateError(Code.CONFIG_ERROR, f"{origin}: must be a mapping of keys such as `port: 7000`")
    return found


def _complete(config: Config) -> Config:
    """Fills what depends on other keys: home directories, and the pairs and limits of profile sim."""
    changes: dict[str, object] = {
        "home": _absolute(config.home),
        "master_key_file": _absolute(config.master_key_file),
    }
    if config.profile == "sim":
        enabled = {name for name, _ in config.venues.items()}
        if config.pairs is None:
            changes["pairs"] = tuple(p for p in SIM_PAIRS if {p.leg1.exchange, p.leg2.exchange} <= enabled)
        if config.limits is None:
            changes["limits"] = SIM_LIMITS
    return config.model_copy(update=changes)


def _absolute(path: Path) -> Path:
    return path.expanduser().absolute()


def _lines(errors: list[ErrorDetails], sources: Mapping[str, str], origin: str) -> list[str]:
    """One line per key: of a union's branches only the first complaint is kept."""
    by_key: dict[tuple[int | str, ...], str] = {}
    for error in errors:
        key = tuple(part for part in error["loc"] if not _is_branch(part))
        by_key.setdefault(key, _line(error, sources, origin))
    return list(by_key.values())


def _line(error: ErrorDetails, sources: Mapping[str, str], origin: str) -> str:
    loc = [part for part in error["loc"] if not _is_branch(part)]
    path = ".".join(str(part) for part in loc) or "(whole file)"
    source = sources.get(str(loc[0]), origin) if loc else origin
    if error["type"] == "extra_forbidden":
        return f"{source}: {path}: unknown key; {_suggestion(loc)}"
    return f"{source}: {path}: {_problem(error)}"


def _is_branch(part: int | str) -> bool:
    """Pydantic adds the name of the union's member that was tried; it is no key of the file."""
    return isinstance(part, str) and ("[" in part or part == "constrained-str")


def _problem(error: ErrorDetails) -> str:
    message = error["msg"].removeprefix("Value error, ")
    given = error["input"]
    if error["type"] == "missing":
        return "is required; add it"
    if isinstance(given, str | int | float) and error["loc"] and error["loc"][-1] != "adminPassword":
        return f"{message} (found {given!r}); correct the value"
    return f"{message}; correct it"


def _suggestion(loc: list[int | str]) -> str:
    known = _keys_at(Config, loc[:-1])
    near = difflib.get_close_matches(str(loc[-1]), known, n=1, cutoff=0.5)
    return f"did you mean {near[0]!r}?" if near else f"known keys here: {', '.join(known)}"


def _keys_at(model: type[BaseModel], loc: list[int | str]) -> list[str]:
    """The keys that the section at `loc` may have."""
    for part in loc:
        if isinstance(part, int):
            continue
        field = next((f for name, f in model.model_fields.items() if part in (f.alias, name)), None)
        section = _section(field.annotation) if field is not None else None
        if section is None:
            return []
        model = section
    return [field.alias or name for name, field in model.model_fields.items()]


def _section(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (tuple, Union, types.UnionType):
        found = (_section(argument) for argument in get_args(annotation))
        return next((section for section in found if section is not None), None)
    return None
