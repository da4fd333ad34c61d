#!/bin/sh
# The virtual environment from a lock file, and meanwhile what is needed from the system: environment.sh PYTHON VENV LOCK run|test
set -eu
python=$1 venv=$2 lock=$3 purpose=$4

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "Python 3.11 or later is needed; '$python' is $("$python" -V 2>&1). Say: make PYTHON=python3.11 ..." >&2
    exit 2
}
if [ ! -x "$venv/bin/pip" ]; then
    "$python" -m venv "$venv" >/dev/null 2>&1 || {
        rm -rf "$venv"
        # Debian keeps venv in a package of its own
        if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
            echo "installing python3-venv ..." >&2
            (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv) >/dev/null 2>&1 || true
        fi
        "$python" -m venv "$venv" >/dev/null 2>&1 || {
            rm -rf "$venv"
            echo "Python's venv is missing. Run this once, then make again:  sudo apt-get install -y python3-venv" >&2
            exit 2
        }
    }
fi
"$(dirname "$0")/system.sh" "$purpose" & system=$!
echo "installing Python packages from $lock ..." >&2
# the lock file is the whole closure: nothing is resolved, so no release made after it can change what is installed
"$venv/bin/pip" install -q --disable-pip-version-check --no-warn-script-location --require-hashes --no-deps -r "$lock"
# the project itself, in place; its build tool comes from the lock file's machine, not from a build isolation
"$venv/bin/pip" install -q --disable-pip-version-check --no-deps -e .
wait "$system"
