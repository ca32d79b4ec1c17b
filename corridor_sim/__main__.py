"""`python -m corridor_sim`."""

from corridor_sim.cli import main

if __name__ == "__main__":
    main()
