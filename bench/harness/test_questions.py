"""Every question has words for every server, and inputs."""

import unittest

from harness.inputs import Inputs
from harness.peers import dialect
from harness.questions import QUESTIONS, Question
from harness.servers import NAMES

ASKED = Inputs(ids=["id"], dates=["2026-01-01T00:00:00Z"], places=[("2026-01-01T00:00:00Z", "id", 50)], words=["word"])


class Questions(unittest.TestCase):
    """A question that is not spelt out anywhere is no other question."""

    def test_every_server_is_asked_every_question_in_its_own_words(self) -> None:
        for name in NAMES:
            words = dialect(name, lambda *_: "cursor")
            for question in QUESTIONS.values():
                for asked in ASKED.asked(question):
                    self.assertIn("{", words.body(question, asked)["query"])

    def test_a_question_without_words_is_refused(self) -> None:
        unknown = Question("Q0", "none of them", [])
        for name in NAMES:
            with self.assertRaises(NotImplementedError):
                dialect(name, lambda *_: "cursor").document(unknown)
        with self.assertRaises(NotImplementedError):
            ASKED.asked(unknown)
