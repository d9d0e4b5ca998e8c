"""The fixtures of the hosted tools: every way in which programs start runs, on a sandbox or on recordings."""

from tests.scenarios.hosted_tools.conftest import heard, plain, players, stage

__all__ = ["heard", "plain", "players", "stage"]
