import platform

import pytest

from chatsvg import arenas


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library")
def test_glibc_heeds_it():
    assert arenas.share()
