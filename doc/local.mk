## SPDX-License-Identifier: BSD-2-Clause
dist_man_MANS += doc/batond.8 doc/batond.conf.5 doc/baton-stress.1
EXTRA_DIST += doc/STATES.md doc/THREADS.md
