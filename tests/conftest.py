"""Settings of the test runner: a slow machine is no fault of an example."""

import os
import sys
from pathlib import Path

from hypothesis import HealthCheck, settings

settings.register_profile(
    "patient", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("patient")


def compile_once() -> None:
    """Let bytecode be kept where it may not stand beside the source, for our servers too.

    They are started by the hundred, and compiling them takes longer than all else of a start.
    """
    if sys.dont_write_bytecode:
        folder = str(Path(sys.prefix) / "bytecode")
        sys.dont_write_bytecode = False
        sys.pycache_prefix = folder
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = folder


compile_once()
