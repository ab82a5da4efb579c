#!/bin/sh
# Makes .venv on a bare machine: exact packages by hash, and the system libraries that Qt wants.
# Instant when nothing has changed since the last time. Called by the Makefile.
set -eu
cd "$(dirname "$0")/.."

VENV=.venv
STAMP=$VENV/.setup-stamp
QT_PACKAGES="libegl1 libgl1 libglib2.0-0 libfontconfig1 libdbus-1-3 libx11-6 libx11-xcb1 libxkbcommon0
  libxkbcommon-x11-0 libxcb1 libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render0
  libxcb-render-util0 libxcb-shape0 libxcb-shm0 libxcb-sync1 libxcb-util1 libxcb-xfixes0 libxcb-xkb1"
# An X server without a screen: tests press real keys there. Without it they are skipped and say so.
KEY_PACKAGES="xvfb x11-xkb-utils libxtst6"

say() { printf 'setup: %s\n' "$*" >&2; }

fingerprint() { cat requirements.lock pyproject.toml scripts/setup.sh | cksum; }

# Install system packages, or say how. Returns 1 when a person has to do it.
system_packages() {
    if ! command -v apt-get >/dev/null 2>&1; then
        say "this system has no apt-get; install what provides: $*"
        return 1
    fi
    if [ "$(id -u)" -eq 0 ]; then
        say "installing system packages:" "$@"
        apt-get update -qq || say "apt-get update failed, trying with the lists there are"
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null && return 0
    fi
    say "run: sudo apt-get install -y" "$@"
    return 1
}

find_python() {
    for name in python3 python3.13 python3.12 python3.11 python3.14; do
        if command -v "$name" >/dev/null 2>&1 &&
            "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return 0
        fi
    done
    return 1
}

make_environment() {
    if ! python=$(find_python); then
        system_packages python3 python3-venv || exit 1
        python=$(find_python) || { say "Python 3.11 or newer is needed"; exit 1; }
    fi
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        system_packages "python$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv" || exit 1
    fi
    if ! "$VENV/bin/python" -m pip --version >/dev/null 2>&1; then
        say "making $VENV with $("$python" --version)"
        rm -rf "$VENV"
        "$python" -m venv "$VENV"
    fi
    say "installing the packages of requirements.lock"
    "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --use-pep517 --require-hashes -r requirements.lock
    "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps -e .
}

qt_starts() {
    QT_QPA_PLATFORM=offscreen "$VENV/bin/python" -c \
        'from PySide6.QtWidgets import QApplication; QApplication([])' >/dev/null 2>&1
}

# The plugin for a real display has libraries of its own, missed only when a window is to be shown.
display_plugin_is_complete() {
    plugin=$(find "$VENV" -name libqxcb.so -path '*platforms*' 2>/dev/null | head -n 1)
    [ -z "$plugin" ] || ! ldd "$plugin" 2>/dev/null | grep -q 'not found'
}

check_qt() {
    [ "$(uname -s)" = Linux ] || return 0
    if qt_starts && display_plugin_is_complete; then
        return 0
    fi
    # shellcheck disable=SC2086 # a list of names
    system_packages $QT_PACKAGES || say "Qt misses system libraries"
    if ! qt_starts; then
        say "Qt does not start:"
        QT_QPA_PLATFORM=offscreen "$VENV/bin/python" -c 'from PySide6.QtWidgets import QApplication; QApplication([])' || exit 1
    fi
    display_plugin_is_complete || say "windows cannot be shown until that is installed; everything off-screen works"
}

# Only where nobody has to be asked: a person who runs the demo does without.
check_keys() {
    if [ "$(uname -s)" = Linux ] && [ "$(id -u)" -eq 0 ] && ! command -v Xvfb >/dev/null 2>&1; then
        # shellcheck disable=SC2086 # a list of names
        system_packages $KEY_PACKAGES || say "tests of real keys will be skipped"
    fi
}

if [ -x "$VENV/bin/python" ] && [ -f "$STAMP" ] && [ "$(cat "$STAMP")" = "$(fingerprint)" ]; then
    exit 0
fi
make_environment
check_qt
check_keys
fingerprint >"$STAMP"
say "ready"
