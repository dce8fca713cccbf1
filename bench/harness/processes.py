"""What processes have used: processor time and memory, from /proc."""

import os
import re
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.work import Failure

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Stat:
    """What /proc/PID/stat says of one process, times in clock ticks."""

    parent: int
    own: int
    ended_children: int


@dataclass(frozen=True)
class Spent:
    """What a command took: seconds, those of its processor time, and its memory at its largest."""

    seconds: float
    processor_seconds: float
    peak_bytes: int


def spend(command: Sequence[str | Path], *, folder: Path, env: Mapping[str, str]) -> Spent:
    """Runs a command to its end; what it writes goes to the terminal."""
    began = time.monotonic()
    process = subprocess.Popen([str(part) for part in command], cwd=folder, env={**os.environ, **env})
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise Failure(f"this failed with {process.returncode}: {' '.join(str(part) for part in command)}")
    taken = usage.ru_utime + usage.ru_stime
    return Spent(time.monotonic() - began, taken, usage.ru_maxrss * 1024)


def _stat(pid: int) -> Stat | None:
    """None when it has ended meanwhile."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # the name in brackets may hold anything
    fields = text.rpartition(")")[2].split()
    parent, times = int(fields[1]), [int(field) for field in fields[11:15]]
    return Stat(parent, times[0] + times[1], times[2] + times[3])


def _tree(root: int) -> dict[int, Stat]:
    """A process and all below it."""
    known = {int(name): _stat(int(name)) for name in os.listdir("/proc") if name.isdigit()}
    alive = {pid: stat for pid, stat in known.items() if stat is not None}
    tree = {root: alive[root]} if root in alive else {}
    grew = True
    while grew:
        below = {pid: stat for pid, stat in alive.items() if stat.parent in tree and pid not in tree}
        tree.update(below)
        grew = bool(below)
    return tree


def processor_seconds(root: int) -> float:
    """Processor time of a process and all below it, those that have ended included."""
    while True:
        before = _stat(root)
        tree = _tree(root)
        # a child that ended meanwhile may stand in neither: pools close many connections at once
        if before is None or (root in tree and before.ended_children == tree[root].ended_children == _ended(root)):
            return sum(stat.own + stat.ended_children for stat in tree.values()) / TICKS


def _ended(root: int) -> int | None:
    stat = _stat(root)
    return None if stat is None else stat.ended_children


def resident_bytes(root: int) -> int:
    """Resident memory of a process and all below it."""
    total = 0
    for pid in _tree(root):
        try:
            pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        total += pages * os.sysconf("SC_PAGE_SIZE")
    return total


def peak_bytes(pid: int) -> int:
    """Resident memory of a process at its largest."""
    found = re.search(r"^VmHWM:\s*(\d+) kB$", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    return int(found.group(1)) * 1024 if found else 0
