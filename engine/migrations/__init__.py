"""The versions of the tables, oldest first; each is written once and never changed after a release."""
