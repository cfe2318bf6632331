"""A STAND-IN: made-up people who use the product as real ones would. Imports only its own files and talks HTTP.

`registration_site` stands in for the national registration system: a small server of its own that shows
registrations (`records`) and hands candidates over by signed tickets. Staff scan their codes and choose their
passwords (`enrolling`), candidates activate their accounts and upload drawn documents (`walking_in`, `drawing`),
all through the same pages as anybody; nothing is put into the database behind the product's back.
"""
