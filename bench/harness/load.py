"""One turn of load: wrk on a server, or pgbench on the database itself."""

import re
from dataclasses import dataclass
from pathlib import Path

from harness.servers import Server
from harness.work import BENCH, Failure, Work, need, run

LUA = BENCH / "harness" / "load.lua"


@dataclass(frozen=True)
class Load:
    """What came of a turn: requests, seconds, and latencies in milliseconds."""

    requests: int
    seconds: float
    p50: float
    p99: float


def wrk(server: Server, bodies: Path, connections: int, seconds: float) -> Load:
    """Loads a server with the bodies of a file."""
    headers = [f"{name}={value}" for name, value in server.headers().items()]
    options = ["-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "60s"]
    said = run(["wrk", *options, "-s", LUA, server.url, "--", bodies, *headers])
    found = dict(re.findall(r"^(requests|microseconds|p50|p99|failed|sample)=(.*)$", said, re.MULTILINE))
    if len(found) != 6:
        raise Failure(f"wrk said something else than expected:\n{said}")
    if int(found["failed"]) > 0:
        raise Failure(
            f"{server.name} failed {found['failed']} of {found['requests']} requests of {bodies.name} at "
            f"{connections} connections, the first with: {found['sample']}"
        )
    return Load(
        int(found["requests"]), int(found["microseconds"]) / 1e6, int(found["p50"]) / 1e3, int(found["p99"]) / 1e3
    )


def pgbench(work: Work, url: str, scripts: list[Path], clients: int, seconds: float) -> Load:
    """Runs scripts on the database itself, each as often as the others."""
    logs = work.folder("pgbench", "logs")
    for log in logs.iterdir():
        log.unlink()
    files = [part for script in scripts for part in ("-f", script)]
    duration = max(1, round(seconds))
    command = [need("pgbench", "postgresql-contrib"), "-n", "-M", "prepared", "-c", str(clients), "-j", "1"]
    said = run([*command, "-T", str(duration), "--log", f"--log-prefix={logs}/turn", *files, url])
    # a line for each transaction, its third column the microseconds that it took
    taken = sorted(int(line.split()[2]) for log in logs.iterdir() for line in log.read_text().splitlines())
    rate = re.search(r"^tps = ([\d.]+)", said, re.MULTILINE)
    if rate is None or not re.search(r"^number of failed transactions: 0 ", said, re.MULTILINE):
        raise Failure(f"pgbench failed:\n{said}")
    if not taken:
        return Load(0, seconds, 0.0, 0.0)
    return Load(len(taken), len(taken) / float(rate.group(1)), _share(taken, 0.5), _share(taken, 0.99))


def _share(taken: list[int], share: float) -> float:
    """The milliseconds within which that share was done, of sorted microseconds."""
    return taken[min(len(taken) - 1, int(len(taken) * share))] / 1e3
