"""Signed questions of the venues that sign time, method and path in base64 (OKX, Bitget)."""

import base64
import hmac

from tidegate.venues.spec import Request


def signed_get(target: str, moment: str, key: str, secret: str, passphrase: str, *, prefix: str = "") -> Request:
    """A GET of `target` (path and query) at the time that `moment` writes; header names begin with `prefix`."""
    signature = base64.b64encode(hmac.digest(secret.encode(), f"{moment}GET{target}".encode(), "sha256"))
    parts = (("KEY", key), ("SIGN", signature.decode()), ("TIMESTAMP", moment), ("PASSPHRASE", passphrase))
    return Request(target, headers=tuple((f"{prefix}ACCESS-{name}", value) for name, value in parts))
