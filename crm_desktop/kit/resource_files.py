"""Where the files that ship with the program are: beside the packages, in a checkout, a wheel and a frozen build."""

from pathlib import Path

RESOURCES = Path(__file__).resolve().parents[2] / "resources"


def resource(*parts: str) -> Path:
    """`resource("styles", "app.qss")`. Raises FileNotFoundError for a file that did not ship."""
    path = RESOURCES.joinpath(*parts)
    if not path.exists():
        raise FileNotFoundError(path)
    return path
