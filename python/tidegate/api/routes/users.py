"""Users, for whoever administers them, and what everybody may see and change about himself."""

from typing import Annotated, Final

from pydantic import Field, SecretStr

from tidegate.api.fields import Empty, Model, Query
from tidegate.api.key_replies import TotpBegun
from tidegate.api.replies import Done, Permissions, UserId, UserReply
from tidegate.api.route import Call, route
from tidegate.model.access import Permission, Role
from tidegate.model.accounts import User
from tidegate.model.errors import Code, TidegateError

Username = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._@-]*$")]
Password = Annotated[SecretStr, Field(min_length=10, max_length=1024)]


class NewUserBody(Model):
    username: Username
    role: Role
    password: Password


class UserBody(Model):
    """What is left out stays. A new role or password, or `disabled`, ends every login of the user."""

    role: Role | None = None
    disabled: bool | None = None
    password: Password | None = None


class CodeBody(Model):
    code: Annotated[str, Field(pattern=r"^[0-9]{6}$")]


class ProfileBody(Model):
    """A new password ends every login, this one included."""

    current_password: Annotated[SecretStr, Field(min_length=1, max_length=1024)]
    new_password: Password


async def get_users(call: Call[Empty, Query]) -> list[dict[str, object]]:
    """All users by name."""
    return [_shown(user) for user in await call.services.people.users()]


async def post_user(call: Call[NewUserBody, Query]) -> dict[str, object]:
    """Makes a user."""
    body = call.body
    made = await call.services.people.add(body.username, body.role, body.password.get_secret_value())
    return {"id": made.id}


async def put_user(call: Call[UserBody, Query]) -> dict[str, object]:
    """Changes a user's role, password, or whether he may log in."""
    people, body, user_id = call.services.people, call.body, call.path["userId"]
    user = await people.change(user_id, role=body.role, disabled=body.disabled)
    if body.password is not None:
        await people.set_password(user_id, body.password.get_secret_value())
    if body.password is not None or body.role is not None or body.disabled:
        await call.services.auth.forget(user_id)
    return _shown(user)


async def delete_user(call: Call[Empty, Query]) -> dict[str, object]:
    """Removes a user and ends every login."""
    user_id = call.path["userId"]
    if user_id == call.principal.user_id:
        raise TidegateError(Code.CONFLICT, "nobody removes himself; ask another admin")
    await call.services.people.remove(user_id)
    await call.services.auth.forget(user_id)
    return {"success": True}


async def end_logins(call: Call[Empty, Query]) -> dict[str, object]:
    """Ends every login of a user."""
    user = await call.services.people.user(call.path["userId"])
    await call.services.auth.logout_everywhere(user.id)
    return {"success": True}


async def get_profile(call: Call[Empty, Query]) -> dict[str, object]:
    """The caller."""
    return _shown(await call.services.people.user(call.principal.user_id))


async def put_profile(call: Call[ProfileBody, Query]) -> dict[str, object]:
    """Sets the caller's password; ends every login of the caller."""
    body, principal, services = call.body, call.principal, call.services
    await services.auth.check_password(principal, body.current_password.get_secret_value(), peer=call.peer)
    await services.people.set_password(principal.user_id, body.new_password.get_secret_value())
    await services.auth.forget(principal.user_id)
    return {"success": True}


async def begin_totp(call: Call[Empty, Query]) -> dict[str, object]:
    """A secret for an authenticator app; it counts once its first code was confirmed."""
    secret, uri = await call.services.people.begin_totp(call.principal.user_id)
    return {"secret": secret, "uri": uri}


async def confirm_totp(call: Call[CodeBody, Query]) -> dict[str, object]:
    """Sets the second factor, by its first code."""
    await call.services.people.confirm_totp(call.principal.user_id, call.body.code)
    return {"success": True}


async def drop_own_totp(call: Call[Empty, Query]) -> dict[str, object]:
    """Drops the caller's second factor; asks for a code of it."""
    await call.services.people.drop_totp(call.principal.user_id)
    return {"success": True}


async def drop_totp(call: Call[Empty, Query]) -> dict[str, object]:
    """Drops a user's second factor: of somebody who has lost the app."""
    await call.services.people.drop_totp(call.path["userId"])
    return {"success": True}


async def get_permissions(call: Call[Empty, Query]) -> dict[str, object]:
    """What the caller may do, and what each role may."""
    roles = {role.value: sorted(held) for role, held in call.services.roles.items()}
    return {"role": call.principal.role.value, "permissions": sorted(call.principal.permissions), "roles": roles}


def _shown(user: User) -> dict[str, object]:
    return {
        "id": user.id,
        "username": user.username,
        "role": user.role.value,
        "disabled": user.disabled,
        "totp": user.totp is not None,
        "createdTs": user.created_ts,
        "updatedTs": user.updated_ts,
    }


_USERS, _OWN = Permission.USERS, Permission.OWN
_ALL: Final = "/api/users"
_ONE: Final = "/api/users/{userId}"
_PROFILE: Final = "/api/users/profile"
_TOTP: Final = "/api/users/profile/totp"

ROUTES: Final = (
    route("GET", _ALL, get_users, body=Empty, query=Query, reply=list[UserReply], permission=_USERS),
    # Who could make another admin with a stolen token would be asked for no second factor again.
    route(
        "POST",
        _ALL,
        post_user,
        body=NewUserBody,
        query=Query,
        reply=UserId,
        permission=_USERS,
        second_factor=True,
    ),
    route("GET", _PROFILE, get_profile, body=Empty, query=Query, reply=UserReply, permission=_OWN),
    route("PUT", _PROFILE, put_profile, body=ProfileBody, query=Query, reply=Done, permission=_OWN),
    route(
        "GET",
        "/api/users/permissions",
        get_permissions,
        body=Empty,
        query=Query,
        reply=Permissions,
        permission=Permission.READ,
    ),
    route(
        "PUT",
        _ONE,
        put_user,
        body=UserBody,
        query=Query,
        reply=UserReply,
        permission=_USERS,
        second_factor=True,
    ),
    route(
        "DELETE",
        _ONE,
        delete_user,
        body=Empty,
        query=Query,
        reply=Done,
        permission=_USERS,
        second_factor=True,
    ),
    route("POST", _TOTP, begin_totp, body=Empty, query=Query, reply=TotpBegun, permission=_OWN),
    route("PUT", _TOTP, confirm_totp, body=CodeBody, query=Query, reply=Done, permission=_OWN),
    route("DELETE", _TOTP, drop_own_totp, body=Empty, query=Query, reply=Done, permission=_OWN, second_factor=True),
    route(
        "DELETE",
        f"{_ONE}/totp",
        drop_totp,
        body=Empty,
        query=Query,
        reply=Done,
        permission=_USERS,
        second_factor=True,
    ),
    route("DELETE", f"{_ONE}/sessions", end_logins, body=Empty, query=Query, reply=Done, permission=_USERS),
)
