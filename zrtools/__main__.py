"""`python -m zrtools` is the command `zrtools`."""

from zrtools.cli import main

if __name__ == "__main__":
    main()
