"""``python -m webapp``."""

from webapp.commands import main

if __name__ == "__main__":
    main()
