"""WHAT OTHER SYSTEMS ASK: addresses below ``/api/v1``, for a key and not for a cookie, described in OpenAPI."""
