"""Settings of all tests."""

import pytest
from hypothesis import settings

# No test depends on time; a slow machine is no failure.
settings.register_profile("no_deadline", deadline=None)
settings.load_profile("no_deadline")


@pytest.fixture(scope="session")
def sample_dataset(tmp_path_factory):
    """The bundled sample as a dataset; tests only read it."""
    from tests.readme import sample_dataset

    return sample_dataset(tmp_path_factory.mktemp("sample") / "dataset")
