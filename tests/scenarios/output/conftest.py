"""The fixtures of the hosted tools: every way in which programs start runs, on a sandbox or on recordings."""

from tests.scenarios.hosted_tools.conftest import plain, players, stage, streamed_stage

__all__ = ["plain", "players", "stage", "streamed_stage"]
