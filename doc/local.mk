## SPDX-License-Identifier: BSD-2-Clause
EXTRA_DIST += doc/STATES.md doc/THREADS.md
