"""WHAT IS ASKED: HTTP. A handler asks, acts, answers; it reads the request, chooses words, and decides nothing.

Decorators always stand in the order route, audience, rate. Every look-up starts from the signed-in person, so that
what belongs to a stranger is simply not found. A page gets one dataclass, called ``page`` in its template.
"""
