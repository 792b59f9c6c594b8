#!/bin/sh
# The quick gate before each commit. Runs its checks side by side and prints those that found something.
set -u
cd "$(dirname "$0")/.."

bin=.venv/bin
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

check() {
    name=$1
    shift
    ("$@" >"$results/$name.txt" 2>&1 && touch "$results/$name.passed") &
}

no_drift() {
    # A database made by the migrations alone must be what the models say.
    PORTAL_ENV=test PORTAL_DATA_DIR="$results" "$bin/portal" db upgrade &&
        PORTAL_ENV=test PORTAL_DATA_DIR="$results" "$bin/flask" --app portal.wsgi db check
}

check format "$bin/ruff" format --check .
check lint "$bin/ruff" check --output-format concise .
check types "$bin/mypy"
check imports "$bin/lint-imports"
check templates "$bin/djlint" templates --lint --quiet
check migrations no_drift
wait

failed=0
for output in "$results"/*.txt; do
    name=$(basename "$output" .txt)
    if [ -e "$results/$name.passed" ]; then
        printf '%-12s ok\n' "$name"
    else
        printf '%-12s FAILED\n' "$name"
        sed 's/^/    /' "$output"
        failed=1
    fi
done
exit $failed
