"""WHAT IS REFUSED before anyone is served: foreign origins, missing sessions, wrong audiences, too many tries.

Each route says in this order who it is for and how often: ``@route → @audience → @rate``; a route that does not
is refused at start-up. The guard writes only its own rows (:mod:`webapp.guard.rows`).
"""
