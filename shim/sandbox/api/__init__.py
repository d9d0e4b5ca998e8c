"""The Responses API: requests, response objects, streams."""
