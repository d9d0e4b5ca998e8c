"""Finds the assistants' ids in a project, their places, and what the surrounding code shows about their tools.

OpenAI no longer returns assistants, so settings that were made in its dashboard must be filled in by the user.  Found
are: calls that create or change an assistant, definitions of functions, names of functions that the code handles (with
their parameters if Python functions of that name are defined), hosted tools, vector stores and models.
"""

from shim.migrate.adopt.project import adopt
from shim.migrate.adopt.results import Adopted, Place, Project
from shim.migrate.adopt.writer import render

__all__ = ["Adopted", "Place", "Project", "adopt", "render"]
