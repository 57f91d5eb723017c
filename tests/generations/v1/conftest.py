import pytest

from credits.models import Plan
from tests.generations.v1.programs import Program, make, person_on


@pytest.fixture
def supporter(db):
    return person_on(Plan.SUPPORTER)


@pytest.fixture
def program(supporter):
    return Program(make(supporter).raw)


@pytest.fixture
def tester(supporter):
    return Program(make(supporter, environment="test").raw)
