from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.returns.office import Office, open_office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An office with a programme per person."""
    with open_office(tmp_path) as office:
        yield office
