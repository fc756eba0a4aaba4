"""The command `wenxing` from its first moment: Ctrl-C may come while its modules are loaded."""

import sys

INTERRUPTED = 130  # what a shell says of a program that SIGINT ended


def main() -> None:
    """Load the command line and run it; interrupted, exit quietly with 130."""
    try:
        from wenxing.cli import main as run

        run()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
