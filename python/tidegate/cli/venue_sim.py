"""`tidegate venue-sim`: what may be asked of a simulated venue of its own process. Who serves it is handed in."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from tidegate.model.config import VENUES
from tidegate.model.errors import Code, TidegateError


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueSimOptions:
    """The command's options, as given."""

    venue: str
    product: str
    port: int
    host: str
    frames: Path | None
    speed: float
    seed: int
    accounts: Path | None
    record: Path | None
    faults: str
    budget_times: int


def command(serve: Callable[[VenueSimOptions], None]) -> Callable[..., None]:
    """The typer command around `serve`, which runs until a signal."""

    def venue_sim(
        venue: Annotated[str, typer.Option(help=f"one of {', '.join(VENUES)}")],
        product: Annotated[str, typer.Option(help="spot or linear; several with a comma")] = "spot",
        port: Annotated[int, typer.Option(min=0, max=65_535, help="0 takes a free one")] = 0,
        host: Annotated[str, typer.Option(help="address to listen on")] = "127.0.0.1",
        frames: Annotated[Path | None, typer.Option(help="recorded public frames as the market")] = None,
        speed: Annotated[float, typer.Option(help="recorded seconds per second")] = 1.0,
        seed: Annotated[int, typer.Option(min=0, help="of the synthetic market")] = 1,
        accounts: Annotated[Path | None, typer.Option(help="JSON array of accounts")] = None,
        record: Annotated[Path | None, typer.Option(help="book of record, read back at start")] = None,
        faults: Annotated[str, typer.Option(help="what goes wrong, e.g. answer_lost=0.01,cut=0.001")] = "",
        budget_times: Annotated[int, typer.Option(min=1, help="request budgets so many times the venue's own")] = 1,
    ) -> None:
        """Serve one simulated venue: REST and WebSocket on one port, the venue's own paths."""
        try:
            if not speed > 0:
                raise TidegateError(Code.VALIDATION_ERROR, "--speed must be above zero")
            options = VenueSimOptions(
                venue=venue,
                product=product,
                port=port,
                host=host,
                frames=frames,
                speed=speed,
                seed=seed,
                accounts=accounts,
                record=record,
                faults=faults,
                budget_times=budget_times,
            )
            serve(options)
        except TidegateError as error:
            typer.echo(f"tidegate venue-sim: {error.message}", err=True)
            raise typer.Exit(error.spec.exit_code) from error

    return venue_sim
