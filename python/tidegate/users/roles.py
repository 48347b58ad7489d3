"""Which role holds which permission: the table."""

from collections.abc import Mapping
from typing import Final

from tidegate.model.access import Permission, Role

PERMISSIONS: Final[Mapping[Role, frozenset[Permission]]] = {
    Role.VIEWER: frozenset({Permission.READ, Permission.OWN}),
    Role.TRADER: frozenset({Permission.READ, Permission.OWN, Permission.TRADE, Permission.PAIRS}),
    Role.STRATEGIST: frozenset(
        {Permission.READ, Permission.OWN, Permission.TRADE, Permission.PAIRS, Permission.STRATEGIES}
    ),
    Role.ADMIN: frozenset(Permission),
}
