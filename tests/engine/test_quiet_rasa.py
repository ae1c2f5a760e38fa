"""What `quiet_rasa` leaves out of what Rasa says, and what it doesn't."""

import subprocess
import sys

PROGRAM = """
import logging
import lam.engine.quiet_rasa
from rasa.shared.utils.io import raise_warning
from rasa.utils.common import configure_logging_and_warnings
configure_logging_and_warnings(log_level=logging.INFO)
raise_warning("You have defined training data consisting of entity examples, but your NLU configuration …")
raise_warning("You have defined something else.")
"""


def test_the_warning_about_extractors_stays_out_after_rasa_sets_its_own_filters() -> None:
    ran = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert "entity examples" not in ran.stderr
    assert "something else" in ran.stderr
