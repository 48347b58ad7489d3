"""`tidegate bench`: a few figures of this machine beside the recorded ones."""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from tidegate.cli.settings import load
from tidegate.ports.bench import Figure


def command(bench_in: Callable[[Path], Iterator[Figure]]) -> Callable[..., None]:
    """The typer command around `bench_in` (data directory)."""

    def bench(
        config: Annotated[Path | None, typer.Option(help="Configuration file. [default: ./tidegate.yaml]")] = None,
        home: Annotated[Path | None, typer.Option(help="Data directory. [default: ~/.tidegate]")] = None,
        as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object per figure.")] = False,
    ) -> None:
        """Measure the disk of the data directory as the journal sees it, and the core: some seconds.

        A running server disturbs it. The recorded figures and how they were taken: benches/README.md.
        """
        for figure in bench_in(load(file=config, home=home).home):
            if as_json:
                typer.echo(json.dumps(asdict(figure)))
            else:
                goal = f", goal {figure.goal}" if figure.goal else ""
                typer.echo(f"{figure.name:<32} {figure.value:>8.2f} {figure.unit:<18} recorded {figure.recorded}{goal}")

    return bench
