#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The examples, as a user of the installed library has them: compiled with
# nothing but the headers that are installed and what pkg-config says, against
# the library that was just built; then run and talked to.
set -u
here=$(pwd)
top_srcdir=$(cd "${top_srcdir:-.}" && pwd) || exit 99
top_builddir=$(cd "${top_builddir:-.}" && pwd) || exit 99
work=$(mktemp -d "${TMPDIR:-/tmp}/examples.XXXXXX") || exit 99
if [ ${#work} -gt 80 ]; then # a Unix socket's path is short
	rmdir "$work"
	work=$(mktemp -d /tmp/examples.XXXXXX) || exit 99
fi
trap 'rm -rf "$work"' EXIT
trap 'exit 99' HUP INT TERM
prefix=$work/prefix
libs=$top_builddir/.libs

# makefile VARIABLE: its value, as configure found it, on one line
makefile()
{
	awk -v name="$1" '
	$1 == name && $2 == "=" { inside = 1; sub(/^[^=]*= */, "") }
	inside {
		more = sub(/\\$/, "")
		printf "%s ", $0
		inside = more
	}' "$top_builddir/Makefile"
}

# need TEXT COMMAND...: no use in going on without
need()
{
	text=$1
	shift
	"$@" >"$work/out" 2>&1 && return
	echo "FAIL: $text"
	cat "$work/out"
	exit 1
}

# ---- the examples are short, and the manual's is one of them
need "echo.c is under 60 lines" test \
	"$(wc -l <"$top_srcdir/examples/echo.c")" -lt 60
need "chat.c is under 100 lines" test \
	"$(wc -l <"$top_srcdir/examples/chat.c")" -lt 100
sed -n '/^#include <baton/,$p' "$top_srcdir/examples/echo.c" >"$work/echo.c"
sed -n '/^\.Bd -literal$/,/^\.Ed$/p' "$top_srcdir/doc/baton.3" |
	sed -e '/^\.[BE]d/d' -e 's/\\e/\\/g' >"$work/manual.c"
need "baton(3) shows echo.c as it is" diff "$work/echo.c" "$work/manual.c"

# ---- a prefix as `make install` would fill it
mkdir -p "$prefix/include/baton" "$prefix/lib/pkgconfig" || exit 99
for header in $(makefile batoninc_HEADERS); do
	cp "$top_srcdir/$header" "$prefix/include/baton" || exit 99
done
static=--static
for file in "$libs"/libbaton.so* "$libs"/libbaton*.dylib; do
	if [ -f "$file" ]; then
		cp "$file" "$prefix/lib" || exit 99
		static=
	fi
done
test -z "$static" || cp "$libs/libbaton.a" "$prefix/lib" || exit 99
sed -e "s|^prefix=.*|prefix=$prefix|" \
	-e "s|^exec_prefix=.*|exec_prefix=$prefix|" \
	-e "s|^libdir=.*|libdir=$prefix/lib|" \
	-e "s|^includedir=.*|includedir=$prefix/include|" \
	"$top_builddir/baton.pc" >"$prefix/lib/pkgconfig/baton.pc"
pkg_config=$(makefile PKG_CONFIG)
ck_libs=$(makefile CK_LIBS)
# A ck that configure was told about by hand is not the one of pkg-config.
if [ -n "$static" ] && [ "$(echo "$ck_libs" | tr -d ' ')" != \
	"$($pkg_config --libs ck | tr -d ' ')" ]; then
	sed -e '/^Requires.private:/d' -e "s|^Libs.private:|& $ck_libs|" \
		"$prefix/lib/pkgconfig/baton.pc" >"$work/baton.pc"
	mv "$work/baton.pc" "$prefix/lib/pkgconfig/baton.pc"
fi
PKG_CONFIG_PATH=$prefix/lib/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
LD_LIBRARY_PATH=$prefix/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
DYLD_LIBRARY_PATH=$LD_LIBRARY_PATH
export PKG_CONFIG_PATH LD_LIBRARY_PATH DYLD_LIBRARY_PATH

# ---- built. CFLAGS and LDFLAGS say which sanitizer the library has.
# These are lists of words on purpose.
# shellcheck disable=SC2086
flags=$($pkg_config $static --cflags --libs baton) || exit 1
for example in echo chat; do
	# shellcheck disable=SC2046,SC2086
	need "$example.c compiles" $(makefile CC) -std=c11 \
		-D_POSIX_C_SOURCE=200809L -pedantic -Wall -Wextra -Werror \
		$(makefile CFLAGS) -o "$work/$example" \
		"$top_srcdir/examples/$example.c" $(makefile LDFLAGS) $flags
done

# ---- run
PYTHON=${PYTHON:-python3}
if [ "$PYTHON" = : ] || ! command -v "$PYTHON" >/dev/null; then
	echo "no Python here: the examples are built but not run"
	exit 77
fi
cd "$work" || exit 99
cat >talk.py <<'END'
import os, re, signal, socket, subprocess, sys, time

SECONDS = 60


def connect(path):
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(SECONDS)
    s.connect(path)
    return s


class Example:
    def __init__(self, name):
        self.path = name + ".sock"
        self.process = subprocess.Popen(["./" + name, "unix://" + self.path])

    def connect(self):
        end = time.monotonic() + SECONDS
        while True:
            try:
                return connect(self.path)
            except OSError:
                if self.process.poll() is not None or time.monotonic() > end:
                    raise
                time.sleep(0.01)

    def stop(self, *clients):
        """SIGTERM: each client reads EOF and no more, then all is gone."""
        self.process.send_signal(signal.SIGTERM)
        for c in clients:
            assert c.recv(1) == b"", "words after the end"
            c.close()
        status = self.process.wait(SECONDS)
        assert status == 0, "%s ended with %d" % (self.path, status)
        assert not os.path.exists(self.path), self.path + " was left"

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def take(c, n):
    got = b""
    while len(got) < n:
        piece = c.recv(n - len(got))
        assert piece, "EOF after %d of %d bytes" % (len(got), n)
        got += piece
    return got


def line(c):
    got = b""
    while not got.endswith(b"\n"):
        got += take(c, 1)
    return got


def hears(c, words):
    got = line(c)
    assert re.fullmatch(rb"[0-9]+: " + words + rb"\n", got), got


def echo(example):
    a, b = example.connect(), example.connect()
    for n in (1, 100, 65536, 65537, 1000000):
        words = os.urandom(n)
        for at in range(0, n, 50000):
            a.sendall(words[at : at + 50000])
            assert take(a, len(words[at : at + 50000])) == words[at : at + 50000]
    b.sendall(b"me, too")
    assert take(b, 7) == b"me, too"
    example.stop(a, b)


def chat(example):
    a, b, c = example.connect(), example.connect(), example.connect()
    # Connections are taken in their order: who hears the last one is there.
    c.sendall(b"I am here\n")
    hears(a, b"I am here")
    hears(b, b"I am here")
    a.sendall(b"hello\n")
    hears(b, b"hello")
    hears(c, b"hello")
    b.sendall(b"one\ntwo\nthr")
    hears(c, b"one")
    hears(c, b"two")
    b.sendall(b"ee\n")
    hears(c, b"three")
    for words in b"one", b"two", b"three":  # and not what a said itself
        hears(a, words)
    b.sendall(b"x" * 600 + b"\n")  # too long: cut
    hears(a, b"x" * 480)
    hears(c, b"x" * 480)
    b.close()
    c.sendall(b"bye\n")
    hears(a, b"bye")
    example.stop(a, c)


for talk in echo, chat:
    example = Example(talk.__name__)
    try:
        talk(example)
    finally:
        example.kill()
    print("ok:", talk.__name__)
    sys.stdout.flush()
END
"$PYTHON" talk.py
status=$?
cd "$here" || exit 99
exit $status
