"""WHAT COMES AND GOES IN TABLES: .xlsx and .csv files, read into rows and written.

The only room with python-calamine, openpyxl and csv; knows what columns are called, and nothing of exams, rows
of the database or pages.

:func:`~webapp.sheets.tables.read_table` is the door. It asks the bytes what they are (:mod:`~webapp.sheets.kinds`),
has them read (:mod:`~webapp.sheets.delimited`; :mod:`~webapp.sheets.workbooks`, after
:mod:`~webapp.sheets.unpacking` and :mod:`~webapp.sheets.scanning` have looked at everything that a workbook must
not be or do), finds the headings, and hands out one
:class:`~webapp.rules.row_problems.RawRow` per row. What is said of cells and rows is for
:mod:`webapp.rules.registration_rows`. A file that cannot be read at all is a
:class:`~webapp.sheets.refusals.NoTable` with a stable code.

Reading costs processor time (some seconds for the largest files) and waits for nobody: a server has it done by
:func:`webapp.sheets.reading.reading`, in a process of its own (:mod:`~webapp.sheets.worker`). What goes out is
written by :mod:`~webapp.sheets.writing` (.csv) and :mod:`~webapp.sheets.writing_workbooks` (.xlsx).
"""
