"""A STAND-IN: made-up people who use the product as real ones would. Imports only its own files and talks HTTP.

The demo's staff scan their codes and choose their passwords through the same pages as anybody;
nothing is put into the database behind the product's back.
"""
