"""The translation between the two APIs.  Pure: no clock, no randomness, no I/O, no library."""
