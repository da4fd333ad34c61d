#!/bin/sh
# What the program needs from the system: Pango for PDF, a Chinese font, for tests Chromium.
# system.sh run|test: installs what is missing where it may (root with apt-get), else says one exact line.
set -u
purpose=$1
python=.venv/bin/python
missing="" browser=""

has() { "$python" -c 'import ctypes.util,sys; sys.exit(not all(map(ctypes.util.find_library, sys.argv[1:])))' "$@" 2>/dev/null; }
has_pango() { has pango-1.0 pangoft2-1.0 harfbuzz; }
# without it WeasyPrint cuts fonts in Python, several times slower
has_subset() { has harfbuzz-subset; }
has_font() { command -v fc-list >/dev/null && fc-list 2>/dev/null | grep -q "Noto .* CJK"; }
has_chromium() { command -v chromium-headless-shell || command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null

has_pango || missing="$missing libpango-1.0-0 libpangoft2-1.0-0"
has_subset || missing="$missing libharfbuzz-subset0"
has_font || missing="$missing fontconfig fonts-noto-cjk"
[ "$purpose" = test ] && { has_chromium || browser=chromium; }

install() { DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1; }
if [ -n "$missing$browser" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing$missing${browser:+ $browser} ..." >&2
    apt-get update -qq >/dev/null 2>&1
    [ -z "$missing" ] || install $missing || echo "apt-get could not install:$missing" >&2
    # Debian has it without windows too, at 40 % of the processor time
    [ -z "$browser" ] || install chromium-headless-shell || install chromium || echo "apt-get could not install: chromium" >&2
fi

has_pango || {
    echo "Pango is missing, PDF papers need it. Run this once, then make again:  sudo apt-get install -y libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0" >&2
    exit 2
}
has_subset || echo "HarfBuzz's font cutter is missing: every PDF takes several times as long (sudo apt-get install -y libharfbuzz-subset0)" >&2
has_font || echo "no system Chinese font: papers use the one from the Python package (no 𠮷; better: sudo apt-get install -y fonts-noto-cjk)" >&2
if [ "$purpose" = test ]; then
    has_chromium || echo "Chromium is missing: browser tests are skipped, the rest runs (sudo apt-get install -y chromium)" >&2
fi
exit 0
