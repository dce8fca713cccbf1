"""The databases that are measured: filled by `backdesk seed`, once for each number of users."""

import json
import shutil
from dataclasses import asdict
from pathlib import Path

from harness import servers
from harness.cluster import Cluster
from harness.processes import Spent, spend
from harness.work import Work


def fill(work: Work, cluster: Cluster, users: int) -> str:
    """A PostgreSQL database with so many users; its name."""
    database = f"users_{users}"
    filled = f"SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '{database}'"
    if not (found := cluster.ask("postgres", filled)):
        cluster.ask("postgres", f"CREATE DATABASE {database}")
    if found != [["filled"]]:
        _seed(work, database, cluster.url(database), users, is_new=not found)
        cluster.ask("postgres", f"COMMENT ON DATABASE {database} IS 'filled'")
    cluster.ask(database, "VACUUM (ANALYZE)")
    return database


def fill_sqlite(work: Work, users: int) -> tuple[str, Path]:
    """An embedded database with so many users: its name and its file."""
    name = f"sqlite-{users}"
    folder = work.folder("sqlite", str(users))
    file = folder / "backdesk.db"
    if not (folder / "filled").exists():
        _seed(work, name, f"sqlite:{file}", users, is_new=not file.exists())
        (folder / "filled").touch()
    return name, file


def seeding(work: Work, name: str) -> Spent | None:
    """What it cost to fill a database; none where that went in several runs."""
    path = _note(work, name)
    return Spent(**json.loads(path.read_text())) if path.exists() else None


def _seed(work: Work, name: str, url: str, users: int, *, is_new: bool) -> None:
    print(f"Seeding {users:,} users into {name} …", flush=True)
    env = servers.backdesk_env(work, url)
    command: list[str | Path] = [servers.backdesk_program(), "seed", "--users", str(users)]
    spent = spend(command, folder=work.folder("logs"), env=env)
    path = _note(work, name)
    path.unlink(missing_ok=True)
    if is_new:
        path.write_text(json.dumps(asdict(spent)))


def _note(work: Work, name: str) -> Path:
    return work.folder("seeded") / f"{name}.json"


def drop_sqlite(file: Path) -> None:
    """Removes an embedded database."""
    shutil.rmtree(file.parent, ignore_errors=True)
