"""The plays and the stage of the hosted tools: every way in which programs run, on one sandbox."""

from tests.hosted.conftest import heard, plain, stage

__all__ = ["heard", "plain", "stage"]
