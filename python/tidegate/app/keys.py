"""Keys that are entered while the process runs: locked against other processes, then taken into use at once."""

from tidegate._core import CoreError
from tidegate.engine.key_ring import KeyRing
from tidegate.engine.runtime import Runtime
from tidegate.engine.service import translate
from tidegate.engine.setup import Account, keys_in_use
from tidegate.model.config import Config, VenueName
from tidegate.model.errors import Code, TidegateError
from tidegate.model.keys import Credentials
from tidegate.ports.journal import JournalError
from tidegate.store.lock import KeyLocks
from tidegate.venues.table import VENUES


class KeysInUse:
    """`tidegate.ports.keys.KeyUser` over this process's engine."""

    def __init__(self, config: Config, runtime: Runtime, ring: KeyRing, locks: KeyLocks) -> None:
        self._config = config
        self._runtime = runtime
        self._ring = ring
        self._locks = locks

    def use(self, credentials: Credentials) -> bool:
        """See the port."""
        venues = self._config.venues.items()
        ours = (name for name, found in venues if credentials.account in found.accounts)
        known = next((name for name in ours if name == credentials.venue), None)
        if known is None:
            return False
        self._lock(known, credentials)
        try:
            self._runtime.use_key(credentials)
        except CoreError as failure:
            raise translate(failure) from None
        self._ring.put(credentials.venue, credentials.account, credentials.key.get_secret_value())
        return True

    def _lock(self, name: VenueName, credentials: Credentials) -> None:
        account = Account(
            venue=name,
            name=credentials.account,
            key=credentials.key.get_secret_value(),
            secret="",
            passphrase="",
            simulated=self._config.simulated,
        )
        try:
            for venue, address, key in keys_in_use(self._config, [account], VENUES):
                self._locks.hold(venue, address, key)
        except JournalError as failure:
            raise TidegateError(Code.CONFLICT, f"{failure.reason}; it is kept, but not in use here") from None
