"""`python -m wenxing_web`."""

from wenxing_web.cli import main

main()
