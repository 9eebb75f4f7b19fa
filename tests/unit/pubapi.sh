#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The public interface as a whole: what the headers declare is what the manual
# describes, to the letter, and what the library exports; and each header
# compiles alone, as C11 and as C++.
set -u
top_srcdir=${top_srcdir:-.}
top_builddir=${top_builddir:-.}
include=$top_srcdir/include
doc=$top_srcdir/doc
work=$(mktemp -d "${TMPDIR:-/tmp}/pubapi.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 99' HUP INT TERM
failed=0
checks=0
LC_ALL=C
export LC_ALL

# ok TEXT COMMAND...: the command must succeed; else its output is shown
ok()
{
	text=$1
	shift
	checks=$((checks + 1))
	"$@" >"$work/out" 2>&1 && return
	failed=$((failed + 1))
	echo "FAIL: $text"
	sed -n '1,20s/^/    /p' "$work/out"
}

# same TEXT A B: two sorted lists; lines of one only are shown
same()
{
	ok "$1" diff "$work/$2" "$work/$3"
}

# makefile VARIABLE: its value, as configure found it
makefile()
{
	sed -n "s/^$1 = *//p" "$top_builddir/Makefile"
}

# ---- what the headers declare

# declarations HEADER...: one "name declaration" a line for each function and
# function type, the declaration without any blanks.
declarations()
{
	cat "$@" | awk '
	/^#/ || /^extern "C" \{$/ || /^\}$/ { next }
	{ text = text " " $0 }
	function put(s,    name) {
		if (s ~ /[{]/ || s !~ /baton_[a-z0-9_]* *\(/) {
			return
		}
		name = s
		sub(/ *\(.*/, "", name)
		sub(/.*[^A-Za-z0-9_]/, "", name)
		gsub(/[ \t]+/, "", s)
		print name, s
	}
	END {
		while ((at = index(text, "/*")) > 0) {
			rest = substr(text, at + 2)
			text = substr(text, 1, at - 1) " " \
				substr(rest, index(rest, "*/") + 2)
		}
		for (i = 1; i <= length(text); i++) {
			c = substr(text, i, 1)
			depth += (c == "{") - (c == "}")
			if (c == ";" && depth == 0) {
				put(s)
				s = ""
			} else {
				s = s c
			}
		}
	}' | sort
}

# synopses PAGE...: the same of the SYNOPSIS sections of manual pages
synopses()
{
	cat "$@" | awk '
	function unquoted(s) {
		sub(/^ *"?/, "", s)
		sub(/"? *$/, "", s)
		return s
	}
	function put(    s) {
		s = type name "(" args ")"
		gsub(/[ \t]+/, "", s)
		print name, s
	}
	/^\.Sh / { inside = $2 == "SYNOPSIS" }
	!inside { next }
	/^\.Ft / { type = substr($0, 5) }
	/^\.Fn / {
		name = $2
		args = substr($0, index($0, name) + length(name) + 1)
		gsub(/" "/, ",", args)
		args = unquoted(args)
		put()
	}
	/^\.Fo / { name = $2; args = "" }
	/^\.Fa / { args = args (args ? "," : "") unquoted(substr($0, 5)) }
	/^\.Fc/ { put() }' | sort
}

# names PAGE: what its NAME section names, but the page itself
names()
{
	page=${1##*/}
	awk -v page="${page%.3}" '
	/^\.Sh / { inside = $2 == "NAME" }
	inside && /^\.Nm / && $2 != page { print $2 }' "$1"
	awk -v page="${page%.3}" '/^\.F[no] / && $2 == page { print $2; exit }' "$1"
}

declarations "$include"/baton/*.h >"$work/declared"
synopses "$doc"/baton*.3 >"$work/described"
grep -v ' typedef' "$work/declared" | cut -d ' ' -f 1 >"$work/functions"
for page in "$doc"/baton*.3; do
	names "$page"
done | sort >"$work/named"
ok "the headers declare functions" test "$(wc -l <"$work/functions")" -gt 50
ok "each function once" test -z "$(uniq -d "$work/functions")"
same "headers (<) and manual pages (>)" declared described
same "headers (<) and NAME sections (>)" functions named

# ---- what the library exports
shared=$top_builddir/.libs/libbaton.so
if [ ! -e "$shared" ]; then
	echo "no shared library here: exported names not looked at"
elif ! command -v nm >/dev/null; then
	echo "no nm here: exported names not looked at"
else
	nm -D --defined-only "$shared" | awk '{ sub(/@.*/, "", $NF); print $NF }' |
		sort >"$work/exported"
	same "headers (<) and exported names (>)" functions exported
fi

# ---- each header alone

# compile LANGUAGE COMPILER...: a file of two includes of $header
compile()
{
	language=$1
	shift
	printf '#include <baton/%s>\n#include <baton/%s>\nextern int nothing;\n' \
		"$header" "$header" >"$work/alone.$language"
	ok "$header alone: $*" "$@" -pedantic -Wall -Wextra -Werror \
		-I"$include" -c "$work/alone.$language" -o "$work/alone.o"
}

cxx=
for candidate in ${CXX:-} c++ g++ clang++ clang++-14; do
	if [ -z "$cxx" ] && command -v "$candidate" >/dev/null; then
		cxx=$candidate
	fi
done
test -n "$cxx" || echo "no C++ compiler here: headers not compiled as C++"
cc=$(makefile CC)
ok "a C compiler" test -n "$cc"

for file in "$include"/baton/*.h; do
	header=${file##*/}
	guard=BATON_$(echo "${header%.h}" | tr '[:lower:]' '[:upper:]')_H
	ok "$header has the include guard $guard" test \
		"$(grep '^#' "$file" | sed -n '1,2p;$p' | tr '\n' ' ')" = \
		"#ifndef $guard #define $guard #endif "
	test "$header" = baton.h || ok "baton.h includes $header" \
		grep -qx "#include <baton/$header>" "$include/baton/baton.h"
	# The compiler's name may come with options.
	# shellcheck disable=SC2086
	compile c $cc -std=c11
	test -z "$cxx" || compile cc "$cxx" -std=c++11
done

# As C++ knows them, the functions have the names that the library exports.
if [ -n "$cxx" ] && command -v nm >/dev/null; then
	{
		echo '#include <baton/baton.h>'
		echo 'typedef void any();'
		echo 'extern any *const all[];'
		echo 'any *const all[] = {'
		sed 's/.*/    reinterpret_cast<any *>(\&&),/' "$work/functions"
		echo '};'
	} >"$work/all.cc"
	ok "a C++ program" "$cxx" -std=c++11 -I"$include" -c "$work/all.cc" \
		-o "$work/all.o"
	nm -u "$work/all.o" 2>&1 | awk '$NF ~ /baton_/ { print $NF }' | sort \
		>"$work/wanted"
	same "headers (<) and what C++ asks the linker for (>)" functions wanted
fi

# ---- the manual
if command -v mandoc >/dev/null; then
	for page in "$doc"/*.[1-8]; do
		ok "mandoc likes ${page##*/}" mandoc -T lint -W warning "$page"
	done
else
	echo "no mandoc here: the manual's form not looked at"
fi

echo "pubapi.sh: $checks checks, $failed failed"
exit "$((failed > 0))"
