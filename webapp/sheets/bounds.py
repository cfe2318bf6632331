"""How large a table may be. A season of the largest region fits several times."""

from __future__ import annotations

MOST_BYTES = 48 * 1024 * 1024
MOST_UNPACKED = 768 * 1024 * 1024
"""All parts of a workbook together; 200,000 rows of registrations unpack to some 550 MB."""
MOST_RATIO = 200
"""Unpacked to packed, for one part of more than a megabyte; tables reach 30."""
MOST_PARTS = 1_000
MOST_ROWS = 200_000
MOST_COLUMNS = 200
MOST_CELLS = 20_000_000
"""The area from the first cell to the last: it is what reading a sheet takes in memory."""
MOST_TEXT = 512 * 1024 * 1024
"""Characters of all cells together: a workbook stores a text once, however many cells show it."""
HEADING_ROWS = 50
"""In so many rows the headings are looked for."""
