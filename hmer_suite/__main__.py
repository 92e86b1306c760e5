"""``python -m hmer_suite`` runs ``hmer-suite``."""

from hmer_suite.cli import main

if __name__ == "__main__":
    main()
