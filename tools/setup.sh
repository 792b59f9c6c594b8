#!/bin/sh
# What `make setup` does: system packages, .venv from the pinned lock, .venv/bin/portal. Starts nothing.
#
#   tools/setup.sh          to run the portal      (requirements.lock)
#   tools/setup.sh tests    to test it as well     (requirements-dev.lock, PostgreSQL, Chromium)
#
# PYTHON=… names the Python to use, 3.11 or later. Done in seconds when all is there: a stamp in .venv holds the
# hash of what it was made from.
set -eu
cd "$(dirname "$0")/.."

want=${1:-runtime}
lock=requirements.lock
# Pango and HarfBuzz draw the certificates; without libharfbuzz-subset0 they come out right but seven times slower.
packages="libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig fonts-noto-core fonts-noto-cjk poppler-utils"
if [ "$want" = tests ]; then
    lock=requirements-dev.lock
    packages="$packages postgresql chromium zbar-tools"
fi

say() { printf '%s\n' "$*"; }
fail() { printf '%s\n' "$*" >&2; exit 1; }

# --- system packages -------------------------------------------------------------------------------------------

missing_packages() {
    for package in $packages; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || printf '%s ' "$package"
    done
}

install_packages() {
    say "Installing system packages: $*"
    export DEBIAN_FRONTEND=noninteractive
    wait="-o DPkg::Lock::Timeout=600 -o Acquire::Retries=3"
    # shellcheck disable=SC2086
    apt-get $wait -qq update </dev/null || return 1
    # shellcheck disable=SC2086
    apt-get $wait -qq -y --no-install-recommends install "$@" </dev/null >/dev/null
}

may_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; }

system_packages() {
    if ! command -v dpkg-query >/dev/null 2>&1; then
        say "This is not a Debian system. Lectern needs here, by your system's names for them: $packages"
        return
    fi
    missing=$(missing_packages)
    [ -n "$missing" ] || return 0
    # shellcheck disable=SC2086
    if may_install && install_packages $missing; then
        return 0
    fi
    say "Some system packages are missing. Have them installed with:"
    say "    sudo apt-get install --no-install-recommends $missing"
}

# --- Python ----------------------------------------------------------------------------------------------------

find_python() {
    for candidate in ${PYTHON:-} python3.11 python3 python3.12 python3.13 python; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    fail "Lectern needs Python 3.11 or later: install it, or name it with PYTHON=/path/to/python3.11."
}

make_venv() {
    python=$(find_python)
    if "$python" -c 'import ensurepip' 2>/dev/null; then
        :
    elif may_install; then
        install_packages "$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
    else
        fail "$python cannot make virtual environments. Install python3-venv first."
    fi
    say "Making .venv with $("$python" --version)"
    "$python" -m venv --clear .venv
}

install_lock() {
    export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_ROOT_USER_ACTION=ignore
    pip=".venv/bin/python -m pip --no-python-version-warning"
    say "Installing $lock"
    # The lock names every file's hash. A mirror that builds its own wheels cannot have them: then the versions are
    # pinned all the same, without hashes, and we say so. PORTAL_SETUP_HASHES=require forbids that way out.
    if ! $pip install --quiet --no-deps --require-hashes -r "$lock"; then
        [ "${PORTAL_SETUP_HASHES:-prefer}" = prefer ] || fail "The files of $lock do not have the hashes it names."
        say "Your package index serves other files than $lock names. Trying again with the same versions, unchecked."
        sed -n 's/^\([A-Za-z0-9].*[^ \\]\) *\\\{0,1\}$/\1/p' "$lock" >.venv/versions.txt
        $pip install --quiet --no-deps -r .venv/versions.txt
    fi
    $pip install --quiet --no-deps --no-build-isolation --editable .
}

stamp_of() { cat "$1" pyproject.toml hatch_build.py | cksum; }

is_current() {
    [ -x .venv/bin/portal ] || return 1
    [ "$(cat ".venv/.made-from-$lock" 2>/dev/null)" = "$(pwd) $(stamp_of "$lock")" ]
}

system_packages
# A virtual environment does not survive being moved: pip's scripts name its folder.
[ -x .venv/bin/python ] && .venv/bin/python -m pip --version >/dev/null 2>&1 || make_venv
if ! is_current; then
    install_lock
    printf '%s %s' "$(pwd)" "$(stamp_of "$lock")" >".venv/.made-from-$lock"
    if [ "$want" = tests ]; then
        printf '%s %s' "$(pwd)" "$(stamp_of requirements.lock)" >.venv/.made-from-requirements.lock
    fi
    .venv/bin/python -c 'import weasyprint' 2>/dev/null ||
        say "Certificates cannot be drawn yet: the system packages named above are missing."
fi
