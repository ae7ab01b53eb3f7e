"""`python -m sgcheck` is `sgcheck`."""

from __future__ import annotations

from sgcheck.cli.main import main

if __name__ == "__main__":
    main()
