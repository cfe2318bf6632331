"""WHAT HAPPENS: one verb a file, each one transaction and one Event; the only writers of the records.

Slow work (hashing, pictures, files) is done before the transaction begins. A refusal is
:class:`webapp.rules.refusals.Refused` with a code; pages choose its words.
"""
