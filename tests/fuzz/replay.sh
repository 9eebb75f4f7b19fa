#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Replays the fuzzer's corpus; the program aborts at a finding.
exec "${top_builddir:-.}/tests/fuzz/replay" "${top_srcdir:-.}"/tests/fuzz/corpus/*
