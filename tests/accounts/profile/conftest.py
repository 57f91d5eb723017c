import pytest


@pytest.fixture
def files(own_storage):
    return own_storage
