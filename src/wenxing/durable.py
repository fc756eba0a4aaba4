"""What a power failure must not undo."""

import os
from pathlib import Path


def sync_folder(folder: Path) -> None:
    """Make the name of a new file in a folder survive a power failure.

    Raises:
        OSError: the folder cannot be opened or written.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
