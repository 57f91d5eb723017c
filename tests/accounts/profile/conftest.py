import pytest


@pytest.fixture
def files(settings, tmp_path):
    """Storage of this test's own, in a folder."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path, "allow_overwrite": True},
        },
    }
    return tmp_path
