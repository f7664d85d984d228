"""A teaching kit on U.S. asylum claims by people from Mexico."""

__version__ = "0.1.0"
