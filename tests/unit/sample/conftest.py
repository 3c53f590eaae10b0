"""One written sample per size, shared by the tests of this folder (none of them changes it)."""

import pytest

from consolidator.sample import write_sample
from tests.unit.sample.office import Office


@pytest.fixture(scope="session", params=[500, 2000])
def office(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Office:
    folder = tmp_path_factory.mktemp("sample") / "S"
    write_sample(folder, request.param, 7)
    return Office(folder)
