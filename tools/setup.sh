#!/bin/sh
# What `make setup` does: system packages, .venv from the pinned lock, .venv/bin/portal. Starts nothing.
#
#   tools/setup.sh          to run the portal      (requirements.lock)
#   tools/setup.sh tests    to test it as well     (requirements-dev.lock, PostgreSQL, Chromium)
#
# PYTHON=… names the Python to use, 3.11 or later; PORTAL_SETUP_SYSTEM=skip leaves the system's packages alone.
# Done in seconds when all is there: a stamp in .venv holds the hash of what it was made from.
set -eu
cd "$(dirname "$0")/.."

want=${1:-runtime}
lock=requirements.lock
# Pango and HarfBuzz draw the certificates; without libharfbuzz-subset0 they come out right but seven times slower.
packages="libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig fonts-noto-core fonts-noto-cjk poppler-utils"
if [ "$want" = tests ]; then
    lock=requirements-dev.lock
    # The browser's driver in Playwright's wheel needs libatomic1.
    packages="$packages postgresql chromium libatomic1 zbar-tools"
fi

say() { printf '%s\n' "$*"; }
fail() { say "$*" >&2; exit 1; }

# --- Python ----------------------------------------------------------------------------------------------------

find_python() {
    for candidate in ${PYTHON:-python3.11 python3 python3.12 python3.13 python3.14 python}; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

# A virtual environment does not survive being moved: pip's scripts name its folder.
has_venv() { [ -x .venv/bin/python ] && .venv/bin/python -m pip --version >/dev/null 2>&1; }

make_venv() {
    python=$(find_python) ||
        fail "Lectern needs Python 3.11 or later: install it, or name it with PYTHON=/path/to/python3.11."
    "$python" -c 'import ensurepip' 2>/dev/null ||
        fail "$python cannot make virtual environments: its ensurepip is missing (python3-venv on Debian)."
    say "Making .venv with $("$python" --version)"
    "$python" -m venv --clear .venv
}

# --- system packages -------------------------------------------------------------------------------------------

# What a Python that can make .venv still lacks here, as Debian names it.
python_packages() {
    has_venv && return
    if ! python=$(find_python); then
        [ -n "${PYTHON:-}" ] || printf 'python3 python3-venv'
    elif ! "$python" -c 'import ensurepip' 2>/dev/null; then
        "$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'
    fi
}

missing_packages() {
    for package in $packages; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || printf '%s ' "$package"
    done
    python_packages
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
    if may_install; then
        # shellcheck disable=SC2086
        install_packages $missing && return 0
        why="apt-get could not install them; its reason stands above. Try"
    else
        why="Only root may install them: have somebody run"
    fi
    fail "Lectern needs system packages that are missing here. $why

    apt-get install --no-install-recommends $missing

Then run make again; it does the rest as you. PORTAL_SETUP_SYSTEM=skip goes on without them: certificates may
not be drawn, or not in every script, and some tests cannot run."
}

# --- the lock --------------------------------------------------------------------------------------------------

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

[ "${PORTAL_SETUP_SYSTEM:-install}" = skip ] || system_packages
has_venv || make_venv
if ! is_current; then
    install_lock
    printf '%s %s' "$(pwd)" "$(stamp_of "$lock")" >".venv/.made-from-$lock"
    if [ "$want" = tests ]; then
        printf '%s %s' "$(pwd)" "$(stamp_of requirements.lock)" >.venv/.made-from-requirements.lock
    fi
    .venv/bin/python -c 'import weasyprint' 2>/dev/null ||
        say "Certificates cannot be drawn yet: Pango or HarfBuzz is missing ($packages)."
fi
