#!/usr/bin/env bash
# .ci/bare.sh: a clean clone of what is committed has all that the suite needs.  Nothing lies beside it, so there are no
# recordings: all tests can be collected, and those that read recordings are skipped or pass.
# Uses the virtual environment that `make test` made here.
set -euo pipefail
cd "$(dirname "$0")/.."

python=$PWD/.venv/bin/python
beside=$(mktemp -d)
trap 'rm -rf "$beside"' EXIT
git clone --quiet --depth 1 "file://$PWD" "$beside/clone"
cd "$beside/clone"
unset WIRE_DIR REQUIRE_WIRE REQUIRE_POSTGRES SHIM_TEST_POSTGRES
# Child processes of tests, too, take the clone's code and not that of the environment's own installation.
export PYTHONPATH=$PWD

"$python" -m pytest -p no:cacheprovider --collect-only -q >"$beside/collected" 2>&1 || {
    tail -n 40 "$beside/collected"
    exit 1
}
tail -n 1 "$beside/collected"

# Whoever reads a recording has the mark, the fixture or the folder's name in its file.
grep -rlE '\bWIRE\b|\bwire: (Path|Any)\b|mark\.wire' --include='test_*.py' tests |
    xargs "$python" -m pytest -p no:cacheprovider -q -m "not slow and not bench and not upstreams"
