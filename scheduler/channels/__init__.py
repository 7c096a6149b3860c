"""The ways a notice leaves the house: each is one file with ``send(settings, notice)``; none touches the database."""


class Undeliverable(Exception):
    """The receiving side refused this notice for good; trying again would not help."""
