"""Online material review for China's medical licensing exam.

Rooms, from top to bottom (``tests/test_rooms.py`` holds the map)::

    app, commands, supervisor, duties → pages → actions → photos, sheets, sending, records → rules
                                        pages → guard → records → rules

Doors of their own: :mod:`webapp.settings` (environment), :mod:`webapp.database` (transactions),
:mod:`webapp.clock` (time), :mod:`webapp.keyring` (secrets at rest).
"""
