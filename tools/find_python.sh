#!/bin/sh
# Prints the Python (3.11 or newer) that set-up starts from; where there is none, says what to install.
# macOS ships an older python3, so the numbered names are tried too.
wanted='import sys; sys.exit(sys.version_info < (3, 11))'
for name in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
    found=$(command -v "$name") || continue
    "$found" -c "$wanted" 2>/dev/null || continue
    if "$found" -c 'import ensurepip, venv' 2>/dev/null; then
        echo "$found"
        exit 0
    fi
    without_venv=$found
done
if [ -n "${without_venv:-}" ]; then
    echo "$without_venv cannot make virtual environments. Install its venv package (Debian, Ubuntu: apt install python3-venv)." >&2
else
    echo "Python 3.11 or newer is needed and was not found. Install it (macOS: brew install python; Debian, Ubuntu: apt install python3 python3-venv)." >&2
fi
exit 1
