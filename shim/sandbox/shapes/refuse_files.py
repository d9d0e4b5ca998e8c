"""Refusals that concern files, vector stores, containers and images, in the real API's words where they are known."""

from typing import Any, Final

from shim.sandbox.shapes.refuse import Refused

#: Refusals with texts of our own, as there is no recording.
CHOSEN: Final = (
    "files that a request names and nobody uploaded",
    "a vector store that is expired or still unknown to a file search, by name",
    "a chain that used a container which is gone, also when the request itself brings no code interpreter",
    "a code interpreter call sent again whose container is gone",
)


def no_file(file_id: str) -> Refused:
    return Refused(f"No such File object: {file_id}", status=404, param="id")


def no_download(purpose: str) -> Refused:
    return Refused(f"Not allowed to download files of purpose: {purpose}")


def files_not_found(file_ids: list[str]) -> Refused:
    """For files that a request for a response names."""
    return Refused(f"Files {file_ids} were not found.", status=404, param="input")


def no_store(store_id: str) -> Refused:
    return Refused(f"Vector store with id '{store_id}' not found.", status=404)


def no_stores(store_ids: list[str]) -> Refused:
    """The text of /responses, which has a list."""
    return Refused(f"Vector store with id {store_ids} not found.", status=404)


def store_expired(store_id: str) -> Refused:
    return Refused(f"Vector store '{store_id}' is expired.")


def no_held_file(file_id: str, store_id: str) -> Refused:
    return Refused(f"No file found with id '{file_id}' in vector store '{store_id}'.", status=404)


def no_batch(batch_id: str) -> Refused:
    return Refused(f"No file batch found with id '{batch_id}'.", status=404)


def no_container(container_id: str) -> Refused:
    return Refused(f"Container with id '{container_id}' not found.", status=404)


def container_expired() -> Refused:
    return Refused("Container is expired.")


def container_expected(container_id: str) -> Refused:
    """For a call that is sent again, as reported: only the beginning of the text is known."""
    return Refused(f"Expected container_id: {container_id} to be an active container.", param="input")


def no_container_file(file_id: str) -> Refused:
    return Refused(f"Container file with id '{file_id}' not found.", status=404)


def bad_url(path: str) -> Refused:
    message = f"Invalid '{path}'. Expected a valid URL, but got a value with an invalid format."
    return Refused(message, param=path, code="invalid_value")


def bad_data(path: str, wanted: str, got: str) -> Refused:
    """``wanted`` is a MIME type, ``got`` says what came instead."""
    message = (
        f"Invalid '{path}'. Expected a base64-encoded data URL with {wanted} "
        f"(e.g. 'data:{_EXAMPLE[wanted]};base64,aW1nIGJ5dGVzIGhlcmU='), but got {got}."
    )
    return Refused(message, param=path, code="invalid_value")


_EXAMPLE: Final[dict[str, Any]] = {"an image MIME type": "image/png", "an application/pdf MIME type": "application/pdf"}
