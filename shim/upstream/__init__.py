"""Calls to a Responses server: requests, answers, refusals in every server's wording, profiles, secrets masked."""
