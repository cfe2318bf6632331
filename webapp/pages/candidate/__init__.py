"""The candidate's pages: one column on a phone."""
