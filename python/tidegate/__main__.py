"""`python -m tidegate` is the console script `tidegate`."""

from tidegate.app.main import main

if __name__ == "__main__":
    main()
