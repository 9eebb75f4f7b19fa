#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# usage: tests/support/tsan-ck.sh CK_SOURCE_DIR OUT_DIR [CC]
#
# Compiles those parts of ck that are not inline (hash set, epochs) with
# ThreadSanitizer and the shim ck_pr_tsan.h into OUT_DIR/libck-tsan.a, and
# prints the arguments that configure needs for a build against them, one per
# line. ck's headers are those installed; only its two .c files come from the
# source directory. Paths must be free of white space: make splits CK_CFLAGS.
set -eu

die()
{
	echo "tsan-ck.sh: $*" >&2
	exit 1
}

test $# -ge 2 || die "usage: tsan-ck.sh CK_SOURCE_DIR OUT_DIR [CC]"
test -f "$1/src/ck_epoch.c" || die "no src/ck_epoch.c below $1"
mkdir -p "$2"
src=$(cd "$1" && pwd)
out=$(cd "$2" && pwd)
cc=${3:-${CC:-cc}}
here=$(cd "$(dirname "$0")" && pwd)
case $src$out$here in
*[[:space:]]*) die "a path with white space cannot be used here" ;;
esac

flags="-D_GNU_SOURCE -DCK_USE_CC_BUILTINS=1 -include $here/ck_pr_tsan.h"
flags="$flags $(pkg-config --cflags ck)"
rm -f "$out/libck-tsan.a"
for unit in ck_hs ck_epoch; do
	# The forced include and the define are lists of words on purpose.
	# shellcheck disable=SC2086
	$cc -O1 -g -fno-omit-frame-pointer -fsanitize=thread -fPIC $flags \
		-c "$src/src/$unit.c" -o "$out/$unit.o"
done
ar rc "$out/libck-tsan.a" "$out/ck_hs.o" "$out/ck_epoch.o"

cat <<END
--disable-shared
--without-criterion
--enable-tsan
CC=$cc
CK_CFLAGS=$flags
CK_LIBS=$out/libck-tsan.a
END
