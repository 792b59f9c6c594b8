#!/bin/sh
# Writes both locks: every version with the hashes of its files for all platforms, and no address of a registry.
#
#   tools/lock.sh              newest versions only where pyproject.toml asks for them
#   tools/lock.sh --upgrade    newest versions everywhere
set -eu
cd "$(dirname "$0")/.."

# The registry itself, not what this machine is set up with: a local wheel's hash is nobody else's.
export UV_NO_CONFIG=1
unset UV_FIND_LINKS UV_INDEX UV_INDEX_URL UV_EXTRA_INDEX_URL PIP_FIND_LINKS 2>/dev/null || true
compile() {
    .venv/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-header --no-annotate "$@"
}
compile --extra postgres --group build --output-file requirements.lock "$@"
compile --extra postgres --group build --group dev --constraints requirements.lock \
    --output-file requirements-dev.lock "$@"
