"""Print the lock without torch and its CUDA packages, which scripts/install treats apart."""

import re
import sys
from pathlib import Path

_APART = re.compile(r"^(torch|triton|nvidia-[\w-]+|cuda-[\w-]+)==")


def locked(text: str) -> str:
    """Drop whole requirements: each is a line that starts flush left, and its indented hashes."""
    requirements = re.split(r"\n(?=\S)", text.strip())
    return "\n".join(one for one in requirements if not _APART.match(one)) + "\n"


if __name__ == "__main__":
    sys.stdout.write(locked(Path(sys.argv[1]).read_text(encoding="utf-8")))
