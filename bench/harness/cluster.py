"""The PostgreSQL that all servers ask: one cluster in the work folder, a database for each number of users."""

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

from harness import processes
from harness.work import Failure, Work, need, run

PORT = 25_432
# The benchmark vacuums itself, before it measures: not in the middle of somebody's turn. Checkpoints come rarely enough.
SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
shared_buffers = 2GB
effective_cache_size = 8GB
maintenance_work_mem = 512MB
max_wal_size = 4GB
checkpoint_timeout = 30min
random_page_cost = 1.1
autovacuum = off
fsync = on
synchronous_commit = on
"""


class Cluster:
    """A running cluster; leaving the `with` stops it."""

    def __init__(self, work: Work, port: int = PORT) -> None:
        self.programs = _programs()
        self.port = port
        self.root = work.folder("postgres")
        self.data = self.root / "data"
        self.owner = _owner(self.root)

    def __enter__(self) -> "Cluster":
        if not (self.data / "PG_VERSION").exists():
            shutil.rmtree(self.data, ignore_errors=True)
            self._as_owner("initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C")
            (self.data / "postgresql.auto.conf").write_text(SETTINGS)
        elif (self.data / "postmaster.pid").exists():
            # left behind by a run that was killed; the work folder's lock says that no other one is at it
            subprocess.run(
                [
                    *self.owner,
                    str(self.programs / "pg_ctl"),
                    "stop",
                    "--silent",
                    "--mode=fast",
                    f"--pgdata={self.data}",
                ],
                cwd="/",
                check=False,
            )
        self._as_owner("pg_ctl", "start", "--wait", "--silent", f"--log={self.root}/server.log", f"--options=-p {self.port}")
        return self

    def __exit__(self, *_: object) -> None:
        self._as_owner("pg_ctl", "stop", "--wait", "--silent", "--mode=fast")

    def _as_owner(self, program: str, *arguments: str) -> None:
        command = [*self.owner, str(self.programs / program), f"--pgdata={self.data}", *arguments]
        # output to a file: the server keeps what it was started with, and would hold a pipe open
        log = self.root / "commands.log"
        with log.open("a") as out:
            done = subprocess.run(command, cwd="/", stdout=out, stderr=out, check=False)
        if done.returncode != 0:
            raise Failure(f"{program} failed: see {log} and {self.root / 'server.log'}")

    def url(self, database: str) -> str:
        """The address of a database."""
        return f"postgres://postgres@127.0.0.1:{self.port}/{database}"

    def ask(self, database: str, sql: str) -> list[list[str]]:
        """The rows of a statement, as texts."""
        flags = ["-X", "-q", "-t", "-A", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-f", "-"]
        text = run([need("psql", "postgresql-client"), *flags, self.url(database)], text=sql)
        return [line.split("\t") for line in text.splitlines()]

    def processor_seconds(self) -> float:
        """Processor time of all the cluster's processes, those that have ended included."""
        return processes.processor_seconds(self._postmaster())

    def _postmaster(self) -> int:
        return int((self.data / "postmaster.pid").read_text().split()[0])

    def settle(self, database: str) -> None:
        """Waits until nothing is worked on: statements of clients that hung up go on for a while."""
        busy = """SELECT count(*) FROM pg_stat_activity
            WHERE state = 'active' AND pid <> pg_backend_pid() AND datname IS NOT NULL"""
        for _ in range(600):
            if self.ask(database, busy)[0][0] == "0":
                return
            time.sleep(0.1)
        raise Failure("the database is still at work a minute after the load ended: see pg_stat_activity")


def _programs() -> Path:
    """Where the server's programs are: Debian keeps them outside PATH, a folder for each version."""
    folders = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(folders, key=lambda path: int(re.sub(r"\D", "", path.parts[-3]) or 0), default=None)
    return (newest or Path(need("initdb", "postgresql"))).parent


def _owner(root: Path) -> list[str]:
    """What puts a command into the hands of the cluster's owner: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return []
    shutil.chown(root, "postgres", "postgres")
    owner = ["runuser", "-u", "postgres", "--"]
    if subprocess.run([*owner, "test", "-w", str(root)], check=False).returncode != 0:
        raise Failure(
            f"PostgreSQL does not run as root, and the user postgres cannot get into {root}: "
            "name another folder, as in --work /var/tmp/backdesk-bench, or run this as somebody else"
        )
    return owner
