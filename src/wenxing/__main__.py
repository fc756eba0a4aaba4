"""`python -m wenxing` is the command line."""

from wenxing.cli import main

if __name__ == "__main__":
    main()
