import pytest

from tests.faults.harness import running_stack


@pytest.fixture(scope="package")
def processes():
    with running_stack() as stack:
        yield stack


@pytest.fixture
def stack(processes):
    """A whole installation with one worker; what a test broke is mended before the next."""
    processes.make_whole()
    return processes


@pytest.fixture(scope="package")
def brisk_processes():
    with running_stack(LEASE_SECONDS="3", SWEEP_SECONDS="1") as stack:
        yield stack


@pytest.fixture
def brisk(brisk_processes):
    """Another installation, where a lost lease is noticed sooner: where its length is no figure."""
    brisk_processes.make_whole()
    return brisk_processes


@pytest.fixture
def person(stack):
    return stack.person()
