"""The second factor: codes of an authenticator app, each good once. Time is an argument."""

import hmac
from typing import Final

import pyotp

PERIOD_S: Final = 30
SLACK_STEPS: Final = 1
"""Clocks may differ by one period either way."""


def new_secret() -> str:
    """A random secret in the form that the apps take."""
    return pyotp.random_base32()


def uri(secret: str, username: str) -> str:
    """What the app reads as a picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name="Tidegate")


def step_of(secret: str, code: str, now_s: int) -> int | None:
    """The time step whose code this is, or None."""
    here = now_s // PERIOD_S
    app = pyotp.TOTP(secret)
    for step in range(max(0, here - SLACK_STEPS), here + SLACK_STEPS + 1):
        if hmac.compare_digest(app.generate_otp(step), code):
            return step
    return None
