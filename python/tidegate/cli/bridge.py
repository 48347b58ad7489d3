"""`tidegate bridge`: one exchange of ccxt over our own wire, as a process of its own. Who serves it is handed in."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from tidegate.model.errors import Code, TidegateError


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeOptions:
    """The command's options, as given."""

    exchange: str
    port: int
    home: Path
    simulated: str | None


def command(serve: Callable[[BridgeOptions], None]) -> Callable[..., None]:
    """The typer command around `serve`, which runs until a signal."""

    def bridge(
        exchange: Annotated[str, typer.Option(help="as ccxt calls it, e.g. kraken")],
        port: Annotated[int, typer.Option(min=0, max=65_535, help="on 127.0.0.1; 0 takes a free one")] = 7010,
        home: Annotated[Path, typer.Option(envvar="TIDEGATE_HOME", help="data directory")] = Path("~/.tidegate"),
        simulated: Annotated[
            str | None, typer.Option(help="host:port of a simulated venue that stands for the exchange", hidden=True)
        ] = None,
    ) -> None:
        """Offer an exchange of ccxt to the trading process, from an environment of its own."""
        if not (exchange.isascii() and exchange.isalnum() and exchange.islower() and len(exchange) <= 32):
            raise TidegateError(Code.VALIDATION_ERROR, f"--exchange {exchange[:40]!r} is no name of an exchange")
        serve(BridgeOptions(exchange=exchange, port=port, home=home.expanduser().absolute(), simulated=simulated))

    return bridge
