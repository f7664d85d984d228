"""A small interview and a small script, both sound, to be put beside the small made-up content."""

import shutil
from pathlib import Path

PLAYED = Path(__file__).parent


def put_into(folder):
    """Put both into a copy of the small content."""
    for kind in ("interviews", "scripts"):
        shutil.copytree(PLAYED / kind, folder / kind)
