"""The work folder, the programs that the benchmark needs, and what runs them."""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

BENCH = Path(__file__).resolve().parent.parent
TREE = BENCH.parent


class Failure(Exception):
    """The benchmark cannot go on; the text says why and what to do."""


@dataclass(frozen=True)
class Work:
    """The folder that is kept between runs: peers, databases, logs, bodies of requests."""

    root: Path

    def folder(self, *names: str) -> Path:
        """A folder in it, made where it is missing."""
        path = self.root.joinpath(*names)
        path.mkdir(parents=True, exist_ok=True)
        return path


def alone(work: Work) -> IO[str]:
    """Has the work folder to itself as long as the file is open that this gives."""
    lock = (work.folder() / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise Failure(f"another benchmark is at work in {work.root}: wait for it, or name another --work") from error
    return lock


def default_folder() -> Path:
    """Where the work folder is unless somebody says otherwise."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "backdesk-bench"


def need(program: str, package: str) -> str:
    """The path of a program."""
    found = shutil.which(program)
    if found is None:
        raise Failure(f"{program} is missing: install {package} (on Debian: apt-get install {package})")
    return found


def install_wrk() -> None:
    """Installs wrk, which loads the servers, where that takes nobody's password."""
    if shutil.which("wrk") is None:
        if os.geteuid() != 0 or shutil.which("apt-get") is None:
            need("wrk", "wrk")
        run(["apt-get", "install", "--yes", "--no-install-recommends", "wrk"])


def run(
    command: Sequence[str | Path],
    *,
    folder: Path | None = None,
    env: Mapping[str, str] | None = None,
    text: str | None = None,
    shown: bool = False,
) -> str:
    """Runs a command to its end, with a text as its input, and gives what it wrote to standard output; `shown` lets it
    write to the terminal."""
    environment = {**os.environ, **(env or {})}
    out = None if shown else subprocess.PIPE
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env=environment,
        input=text,
        stdout=out,
        stderr=out,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        words = " ".join(str(part) for part in command)
        said = "" if shown else f":\n{(done.stderr or done.stdout).strip()[-2000:]}"
        raise Failure(f"this failed with {done.returncode}: {words}{said}")
    return done.stdout or ""
