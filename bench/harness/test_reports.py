"""The reports, written from numbers that are there: measuring takes hours, and an error here comes at their end."""

import shutil
import tempfile
import unittest
from dataclasses import asdict
from pathlib import Path

from harness import growth_report, operations, report, results
from harness.growth import Figures
from harness.processes import Spent

SPENT = asdict(Spent(seconds=2.0, processor_seconds=1.0, peak_bytes=3 * 2**20))
MACHINE = {"cores": 2, "processor": "any", "memory_gib": 24, "system": "Linux", "versions": {"PostgreSQL": "17"}, "binary_bytes": 1}
FIGURES = asdict(Figures(p50=1.0, p99=2.0, server_cpu=0.5, database_cpu=0.5, statements=2.0))


class Reports(unittest.TestCase):
    """Each is written into a folder of its own, with all charts that it shows."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_the_comparison_of_the_numbers_that_are_kept(self) -> None:
        shutil.copy(results.FOLDER / "results.json", self.folder)
        report.write(results.Results(self.folder))
        self._shows_its_charts("report.md")

    def test_the_growth_with_an_operation_that_has_no_answer_and_a_size_without_an_import(self) -> None:
        grown = growth_report.Grown(self.folder)
        grown.describe(MACHINE)
        for kind in growth_report.KINDS:
            grown.add(1_000, kind, {**_found(), "dump": SPENT, "import": SPENT})
            grown.add(10_000, kind, _found(search_one=asdict(Figures(error="QUERY_TOO_SLOW"))))
        growth_report.write(grown)
        self.assertIn("10,000 users: QUERY_TOO_SLOW", (self.folder / "growth.md").read_text())
        self._shows_its_charts("growth.md")

    def _shows_its_charts(self, name: str) -> None:
        text = (self.folder / name).read_text()
        charts = [path.name for path in self.folder.glob("*.svg")]
        self.assertTrue(charts)
        self.assertEqual([chart for chart in charts if f"]({chart})" not in text], [])


def _found(**others: dict[str, object]) -> dict[str, object]:
    """What is measured of a database."""
    return {
        "operations": {key: FIGURES for key in operations.OPERATIONS} | others,
        "start_ms": 40.0,
        "memory": {"idle": 2**20, "loaded": 2**21, "peak": 2**22},
        "database_bytes": 2**24,
        "seed": SPENT,
        "how": {"commit": "none", "when": "today", "command": "bench/grow"},
    }
