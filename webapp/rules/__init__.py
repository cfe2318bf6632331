"""WHAT IS TRUE: pure rules, true on paper without a computer.

Nothing here waits, reads a clock, opens a file or imports a third-party library; time is an argument.
"""
