#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""All families at once: what one leaves behind is what the next one meets."""

from family import everything, main

if __name__ == "__main__":
    main(everything)
