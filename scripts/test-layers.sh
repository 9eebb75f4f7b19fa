#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Test of scripts/check-layers: the tree as it is passes; and a small tree
# that passes fails as soon as any one rule is broken in it.
set -u
top_srcdir=${top_srcdir:-$(dirname "$0")/..}
check=$top_srcdir/scripts/check-layers
tree=$(mktemp -d "${TMPDIR:-/tmp}/layers.XXXXXX") || exit 99
trap 'rm -rf "$tree"' EXIT
trap 'exit 99' HUP INT TERM
failed=0

# Lays out a tree in which everything is allowed.
plant_good()
{
	rm -rf "${tree:?}/src" "$tree/include" "$tree/stress" "$tree/examples"
	for d in base os net handle worker server resp db command batond; do
		mkdir -p "$tree/src/$d"
		echo '#include <stddef.h>' >"$tree/src/$d/a.h"
		echo "#include \"$d/a.h\"" >"$tree/src/$d/a.c"
	done
	mkdir -p "$tree/include/baton" "$tree/stress" "$tree/examples"
	echo '#include <stdint.h>' >"$tree/include/baton/baton.h"
	echo '#include <baton/baton.h>' >"$tree/examples/e.c"
	echo 'void exit_is_a_word(void); /* exit(1) */ char *s = "abort()";' \
		>>"$tree/src/db/a.c"
	echo '#include <ck_ring.h>' >"$tree/src/net/dispatch.h"
	echo '#include <sys/epoll.h>' >>"$tree/src/os/a.c"
	echo '#include "net/dispatch.h"' >>"$tree/src/worker/a.c"
	echo 'int f(void) { exit(1); }' >>"$tree/src/batond/a.c"
	echo '#include "s.h"' >"$tree/stress/s.c"
	echo '#include <stdio.h>' >"$tree/stress/s.h"
}

# judge WHAT WORDS: the planted tree must bring a fault in whose text WORDS
# stand.
judge()
{
	out=$(sh "$check" "$tree" 2>&1)
	status=$?
	case "$status $out" in
	"1 "*"$2"*) echo "ok: $1" ;;
	*)
		echo "FAILED: $1 gave status $status and: $out"
		failed=1
		;;
	esac
}

# expect_fault FILE LINE WORDS: LINE, added to FILE, is such a fault.
expect_fault()
{
	plant_good
	printf '%s\n' "$2" >>"$tree/$1"
	judge "$1: $2" "$3"
}

plant_good
if sh "$check" "$tree"; then
	echo "ok: the good tree passes"
else
	echo "FAILED: the good tree does not pass"
	failed=1
fi

expect_fault src/base/a.c '#include "os/a.h"' 'base may not include os/a.h'
expect_fault src/os/a.c '#include "net/a.h"' 'os may not include net/a.h'
expect_fault src/net/a.c '#include "worker/a.h"' 'net may not include worker'
expect_fault src/worker/a.c '#include "net/a.h"' 'worker may not include net/a'
expect_fault src/handle/a.h '  #  include "net/a.h"' 'handle may not include'
expect_fault src/resp/a.c '#include "db/a.h"' 'resp may not include db/a.h'
expect_fault src/db/a.c '#include <baton/baton.h>' 'db may not include baton'
expect_fault src/command/a.c '#include "server/a.h"' 'command may not include'
expect_fault src/batond/a.c '#include "worker/a.h"' 'batond may not include'
expect_fault src/batond/a.c '#include "db/a.h"' 'batond may not include db'
expect_fault src/net/a.c '#include "a.h"' 'name it as "folder/name.h"'
expect_fault src/net/a.c '#include <sys/epoll.h>' 'outside src/os'
expect_fault src/worker/a.c '#include <sys/event.h>' 'outside src/os'
expect_fault src/worker/a.c '#include <ck_stack.h>' 'is not for this file'
expect_fault src/db/a.c '#include <pthread.h>' 'no socket and no thread'
expect_fault src/resp/a.h '#include <sys/socket.h>' 'no socket and no thread'
expect_fault src/server/a.c 'int f(void) { abort(); }' 'ends the process'
expect_fault src/db/a.c 'int f(int x) { if (x) _exit(1); }' 'ends the process'
expect_fault src/net/a.c '#ifdef __linux__' 'names a system'
expect_fault src/os/a.c '#include "config.h"' 'config.h is not the first'
expect_fault stress/s.c '#include "base/a.h"' 'stress may not include'
expect_fault stress/s.c '#include <baton/baton.h>' 'stress may not include'
expect_fault examples/e.c '#include "base/a.h"' 'an example includes'
expect_fault include/baton/baton.h '#include <ck_ring.h>' 'a public header'

plant_good
echo '#include "os/b.h"' >>"$tree/src/os/a.h"
echo '#include "os/a.h"' >"$tree/src/os/b.h"
judge 'two headers that include each other' 'includes in a circle: src/os/a'

plant_good
printf '#include <stdio.h>\n#include "os/a.h"\n' >"$tree/src/os/a.c"
judge 'own header second' 'the first include is not its own os/a.h'

plant_good
mkdir "$tree/src/misc" && echo '#include "db/a.h"' >"$tree/src/misc/a.c"
judge 'a folder that nobody planned' 'src/misc has no row'

if sh "$check" "$top_srcdir"; then
	echo "ok: this tree"
else
	echo "FAILED: this tree breaks the layout, see above"
	failed=1
fi
exit $failed
