"""Guests: `workings studio` in a process of its own, and how a browser that visits it is started."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HOME = Path(__file__).parent.parent
# Nothing but the server is reached: all else goes to a proxy that is not there.
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--proxy-server=http://127.0.0.1:9"),
    "--proxy-bypass-list=127.0.0.1",
]


@dataclass
class Running:
    """A studio in a process of its own."""

    process: subprocess.Popen[Any]
    link: str

    @property
    def address(self) -> str:
        return self.link.partition("/#")[0]

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])

    @property
    def token(self) -> str:
        return self.link.partition("#t=")[2]

    @property
    def memory(self) -> float:
        """MB that are really in memory, where the system has /proc."""
        told = Path(f"/proc/{self.process.pid}/status").read_text()
        (kilobytes,) = re.findall(r"VmRSS:\s+(\d+)", told)
        return int(kilobytes) / 1024


@contextlib.contextmanager
def command(folder: Path, port: int = 0, before: str = "", **given: Any) -> Iterator[Running]:
    """`workings studio`, which is killed in the end; `before` is Python that runs first."""
    environment = os.environ | {"WORKINGS_STATE": str(folder / "state"), "PYTHONPATH": str(HOME)}
    words = ["studio", str(folder), "--no-browser", "--port", str(port)]
    code = [sys.executable, "-c", f"{before}\nfrom workings.cli import main; main()", *words]
    with subprocess.Popen(code, env=environment, stdout=subprocess.PIPE, **given) as process:
        try:
            assert process.stdout is not None
            yield Running(process, process.stdout.readline().decode().split()[-1])
        finally:
            process.kill()
