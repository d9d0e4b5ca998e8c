"""Finds the assistants' ids in a project: where each is, and what the code around it says about its tools.

The vendor shows no assistant any more, so what was set up in its dashboard is to be filled in.  What the code still
knows is found: calls that make or change an assistant, definitions of functions, names of functions that are handled
with their parameters where Python functions of that name are defined, hosted tools, vector stores and models.
"""

from shim.migrate.adopt.looking import adopt
from shim.migrate.adopt.seen import Adopted, Found, Sight
from shim.migrate.adopt.written import written

__all__ = ["Adopted", "Found", "Sight", "adopt", "written"]
