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
