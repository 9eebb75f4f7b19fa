#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# usage: tests/acceptance/run.sh [NUMBER...]
#
# Shows the promises of the project, or those with the given numbers: each is a
# script NN_name.py here, which prints one line for each of its figures. 01 to 12
# are those of the foundation, 3.01 and so on those of the database, 4.01 and so
# on those of baton-stress; `3.1` names one, `3.` all of the database. QUICK=1
# takes the short form of those that are long. Run by `make acceptance`, or by
# hand in a build folder. The exit status is 1 when a figure is short.
set -u
unset CDPATH
here=$(cd "$(dirname "$0")" && pwd -P) || exit 1
top_srcdir=$(cd "${top_srcdir:-$here/../..}" && pwd -P) || exit 1
top_builddir=$(cd "${top_builddir:-.}" && pwd -P) || exit 1
PYTHONPATH=$top_srcdir/tests/support
PYTHONDONTWRITEBYTECODE=1
PYTHONUNBUFFERED=1
export top_srcdir top_builddir PYTHONPATH PYTHONDONTWRITEBYTECODE PYTHONUNBUFFERED
python=${PYTHON:-python3}

if [ ! -x "$top_builddir/batond" ]; then
	echo "acceptance: there is no batond in $top_builddir" >&2
	exit 1
fi
# What the scripts call beside the programs that `make all` makes.
if [ -f "$top_builddir/Makefile" ]; then
	(cd "$top_builddir" && MAKEFLAGS='' make -s check TESTS= >/dev/null) || {
		echo "acceptance: the tests cannot be built" >&2
		exit 1
	}
fi

log=$(mktemp "${TMPDIR:-/tmp}/acceptance.XXXXXX") || exit 1
trap 'rm -f "$log" "$log.one" "$log.status"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

wanted()
{
	script=$1
	shift
	test $# -gt 0 || return 0
	for number; do
		case $number in
		*.) pattern=$number ;;
		*.?) pattern=${number%.*}.0${number#*.}_ ;;
		?) pattern=0${number}_ ;;
		*) pattern=${number}_ ;;
		esac
		case ${script##*/} in
		"$pattern"*) return 0 ;;
		esac
	done
	return 1
}

for script in "$here"/[0-9]*_*.py; do
	wanted "$script" "$@" || continue
	name=$(basename "$script" .py)
	echo "== $name"
	{
		"$python" "$script"
		echo $? >"$log.status"
	} | tee "$log.one"
	# A script that broke before it could say so.
	status=$(cat "$log.status")
	if [ "$status" -ne 0 ] && ! grep -q '^[0-9][0-9.]* .* short$' "$log.one"; then
		echo "${name%%_*} ${name#*_}: figure exit status $status limit = 0 short" |
			tee -a "$log.one"
	fi
	cat "$log.one" >>"$log"
done

pass=$(grep -c '^[0-9][0-9.]* .*: figure .* pass$' "$log")
short=$(grep -c '^[0-9][0-9.]* .*: figure .* short$' "$log")
skip=$(grep -c '^[0-9][0-9.]* .*: skip ' "$log")
test "$short" -eq 0 || {
	echo "== short:"
	grep '^[0-9][0-9.]* .*: figure .* short$' "$log"
}
test "$skip" -eq 0 || {
	echo "== skipped:"
	grep '^[0-9][0-9.]* .*: skip ' "$log"
}
echo "acceptance: $pass pass, $short short, $skip skip"
test "$short" -eq 0 && test "$((pass + skip))" -gt 0
