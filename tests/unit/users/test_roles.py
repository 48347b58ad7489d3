"""Roles: each holds what the one below holds."""

from itertools import pairwise

from tidegate.model.access import Permission, Role
from tidegate.users.roles import PERMISSIONS


def test_every_role_is_in_the_table_and_holds_what_the_one_below_holds() -> None:
    ladder = [PERMISSIONS[role] for role in (Role.VIEWER, Role.TRADER, Role.STRATEGIST, Role.ADMIN)]
    assert len(PERMISSIONS) == len(Role)
    assert all(lower <= higher for lower, higher in pairwise(ladder))


def test_a_viewer_only_reads_and_looks_after_himself() -> None:
    assert PERMISSIONS[Role.VIEWER] == {Permission.READ, Permission.OWN}
