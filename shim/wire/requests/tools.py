"""Tools, their resources, and the choice among them in a request."""

from typing import Annotated, Any, Final, Literal

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from shim.wire.passed_on import PASSED_ON
from shim.wire.requests.shapes import ByKind, ByType, Fraction, Metadata, Name, Shape


class CodeInterpreter(Shape):
    type: Literal["code_interpreter"]


class RankingOptions(Shape):
    score_threshold: Fraction
    ranker: Literal["auto", "default_2024_08_21"] | None = None
    # Every search is shown with this null, and may be sent back as it is shown.
    hybrid_search: None = None


class FileSearchOptions(Shape):
    max_num_results: Annotated[int, Field(ge=1, le=50)] | None = None
    ranking_options: RankingOptions | None = None


class FileSearch(Shape):
    type: Literal["file_search"]
    file_search: FileSearchOptions | None = None


class FunctionDefinition(Shape):
    name: Name
    description: str | None = None
    parameters: dict[str, Any] | None = None
    strict: bool | None = None


class Function(Shape):
    type: Literal["function"]
    function: FunctionDefinition


class PassedOn(Shape):
    """A tool that Assistants never had.  Upstream validates its options."""

    model_config = ConfigDict(extra="allow")

    type: str


#: One row a tool type; errors name the types in this order, as the real API did.  Another tool type needs a row.
TOOLS: Final[dict[str, type[Shape]]] = {
    "code_interpreter": CodeInterpreter,
    "function": Function,
    "file_search": FileSearch,
    **dict.fromkeys(PASSED_ON, PassedOn),
}
Tool = Annotated[dict[str, Any], ByType(TOOLS)]
#: At most 128 for an assistant, and 20 for a run's own tools.
Tools = Annotated[list[Tool], Field(max_length=128)]
RunTools = Annotated[list[Tool], Field(max_length=20)]


class FileSearchAttachment(Shape):
    """Options are refused here, as they really were: ``Unknown parameter: 'attachments[0].tools[0].file_search'.``"""

    type: Literal["file_search"]


ATTACHMENT_TOOLS: Final[dict[str, type[Shape]]] = {
    "code_interpreter": CodeInterpreter,
    "file_search": FileSearchAttachment,
}


class StaticChunks(Shape):
    max_chunk_size_tokens: Annotated[int, Field(ge=100, le=4096)]
    chunk_overlap_tokens: Annotated[int, Field(ge=0)]


class AutoChunking(Shape):
    type: Literal["auto"]


class StaticChunking(Shape):
    type: Literal["static"]
    static: StaticChunks


class NewVectorStore(Shape):
    """A vector store that is created together with an assistant or a thread."""

    file_ids: list[str] | None = None
    chunking_strategy: Annotated[dict[str, Any], ByType({"auto": AutoChunking, "static": StaticChunking})] | None = None
    metadata: Metadata | None = None


class CodeInterpreterFiles(Shape):
    file_ids: Annotated[list[str], Field(max_length=20)] | None = None


class VectorStores(Shape):
    vector_store_ids: Annotated[list[str], Field(max_length=1)] | None = None


class NewVectorStores(VectorStores):
    """An existing vector store, or a new one, not both."""

    vector_stores: Annotated[list[NewVectorStore], Field(max_length=1)] | None = None

    @model_validator(mode="after")
    def _not_both(self) -> "NewVectorStores":
        if self.vector_store_ids and self.vector_stores:
            raise PydanticCustomError("not_both", "not both", {"names": "'vector_store_ids' or 'vector_stores'"})
        return self


class ToolResources(Shape):
    """Resources in modifications, and in the run part of create_and_run."""

    code_interpreter: CodeInterpreterFiles | None = None
    file_search: VectorStores | None = None


class NewToolResources(Shape):
    """Resources in a creation: a vector store may be created with it."""

    code_interpreter: CodeInterpreterFiles | None = None
    file_search: NewVectorStores | None = None


class FunctionName(Shape):
    name: str


class FunctionChoice(Shape):
    type: Literal["function"]
    function: FunctionName


class CodeInterpreterChoice(Shape):
    type: Literal["code_interpreter"]
    function: FunctionName | None = None


class FileSearchChoice(Shape):
    type: Literal["file_search"]
    function: FunctionName | None = None


CHOICES: Final[dict[str, type[Shape]]] = {
    "function": FunctionChoice,
    "code_interpreter": CodeInterpreterChoice,
    "file_search": FileSearchChoice,
}
ToolChoice = Annotated[
    Any,
    ByKind(
        "one of 'none', 'auto', 'required', or an object",
        string=Literal["none", "auto", "required"],
        object=Annotated[dict[str, Any], ByType(CHOICES)],
    ),
]
