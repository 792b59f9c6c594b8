#!/bin/sh
# Finds the words of the pages at the door, brings each catalogue up to date with them, and compiles it.
# What has no translation yet, or no longer the same English, stays empty: fill it in the .po, then run this again.
set -eu
cd "$(dirname "$0")/.."

bin=.venv/bin
catalogues=portal/translations
found=$(mktemp)
trap 'rm -f "$found"' EXIT

"$bin/pybabel" -q extract -F pyproject.toml -k N_ --project=Lectern --copyright-holder=Lectern \
    --no-location --no-wrap -o "$found" .
for language in "$catalogues"/*/; do
    "$bin/pybabel" -q update -i "$found" -d "$catalogues" -l "$(basename "$language")" \
        --init-missing --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --no-wrap
done
"$bin/pybabel" -q compile -d "$catalogues"
