"""`--reload`, for development: the same command as a child process, started anew when a source file changes."""

import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import tidegate
from tidegate.model.errors import Code, TidegateError

LOOK_S: Final = 1.0
STOP_S: Final = 10.0


def run_reloading() -> None:
    """Runs until interrupted. Raises TidegateError when the child fails before any file has changed."""
    command = [sys.executable, "-m", "tidegate", *(argument for argument in sys.argv[1:] if argument != "--reload")]
    while True:
        seen = newest()
        child = subprocess.Popen(command)  # noqa: S603 - our own command line
        try:
            code = _until_change(child, seen)
        finally:
            _stop(child)
        if code == 0:
            return
        if code is not None:
            raise TidegateError(Code.INTERNAL, f"the reloaded process ended with code {code}")


def newest() -> int:
    """When the youngest source file was changed, ns."""
    root = Path(tidegate.__file__).parent
    return max(path.stat().st_mtime_ns for path in root.rglob("*.py"))


def _until_change(child: subprocess.Popen[bytes], seen: int) -> int | None:
    """The child's exit code, or None when a source file changed first."""
    while child.poll() is None:
        time.sleep(LOOK_S)
        if newest() != seen:
            return None
    return child.returncode


def _stop(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(STOP_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
