"""`python -m sunhwan` is the command `sunhwan`."""

import sys

from sunhwan.cli import main

if __name__ == "__main__":
    sys.exit(main())
