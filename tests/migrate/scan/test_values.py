"""The calls of a client are found for every way in which a program stores it; only then is the kind of the client
known.
"""

import pytest

from tests.migrate.scan.found import rules

#: A method that calls the client stored in its object.
METHOD = "    def go(self):\n        self.client.beta.threads.create()"
#: Programs that store an Azure client in different ways and call it once: the rule shows whether the scanner followed
#: the value.
HELD = {
    "module": "client = AzureOpenAI()\nclient.beta.threads.create()",
    "another name": "client = AzureOpenAI()\nsame = client\nsame.beta.threads.create()",
    "made on the spot": "AzureOpenAI().beta.threads.create()",
    "two at once": "a, client = 1, AzureOpenAI()\nclient.beta.threads.create()",
    "walrus": "if client := AzureOpenAI():\n    client.beta.threads.create()",
    "with": "with AzureOpenAI() as client:\n    client.beta.threads.create()",
    "either": "client = given or AzureOpenAI()\nclient.beta.threads.create()",
    "if else": "client = given if given else AzureOpenAI()\nclient.beta.threads.create()",
    "global": "client = None\ndef start():\n    global client\n    client = AzureOpenAI()\nclient2 = AzureOpenAI()\n"
    "client2.beta.threads.create()",
    "attribute": "class S:\n    def __init__(self):\n        self.client = AzureOpenAI()\n" + METHOD,
    "attribute from a parameter": "class S:\n    def __init__(self, it: AzureOpenAI):\n        self.client = it\n"
    + METHOD,
    "of the class": "class S:\n    client = AzureOpenAI()\n" + METHOD,
    "of an object": "class S:\n    def __init__(self):\n        self.client = AzureOpenAI()\n"
    "S().client.beta.threads.create()",
    "of a base class": "class B:\n    def __init__(self):\n        self.client = AzureOpenAI()\nclass S(B):\n" + METHOD,
    "annotated field": "class S:\n    client: AzureOpenAI\n" + METHOD,
    "property": "class S:\n    @property\n    def client(self):\n        return AzureOpenAI()\n" + METHOD,
    "cached property": "class S:\n    @functools.cached_property\n    def client(self):\n        return AzureOpenAI()\n"
    + METHOD,
    "method": "class S:\n    def client(self):\n        return AzureOpenAI()\n"
    "    def go(self):\n        self.client().beta.threads.create()",
    "function": "def client():\n    return AzureOpenAI()\nclient().beta.threads.create()",
    "function that says its type": "def client() -> AzureOpenAI:\n    return make()\nclient().beta.threads.create()",
    "generator": "def client():\n    with AzureOpenAI() as it:\n        yield it\nclient().beta.threads.create()",
    "parameter": "def go(client: AzureOpenAI):\n    client.beta.threads.create()",
    "optional parameter": "def go(client: AzureOpenAI | None = None):\n    client.beta.threads.create()",
    "Optional": "def go(client: Optional[AzureOpenAI] = None):\n    client.beta.threads.create()",
    "type as a string": "def go(client: 'AzureOpenAI'):\n    client.beta.threads.create()",
    "default": "def go(client=AzureOpenAI()):\n    client.beta.threads.create()",
    "keyword only": "def go(*, client: AzureOpenAI):\n    client.beta.threads.create()",
    "Depends": "def make():\n    return AzureOpenAI()\ndef go(client=Depends(make)):\n    client.beta.threads.create()",
    "Depends on a lambda": "def go(client=Depends(lambda: AzureOpenAI())):\n    client.beta.threads.create()",
    "Depends on a class": "def go(client=Depends(AzureOpenAI)):\n    client.beta.threads.create()",
    "Annotated": "def go(client: Annotated[AzureOpenAI, Depends(make)]):\n    client.beta.threads.create()",
    "Annotated without a type": "def make():\n    return AzureOpenAI()\n"
    "def go(client: Annotated[Any, Depends(make)]):\n    client.beta.threads.create()",
    "lambda": "make = lambda: AzureOpenAI()\nmake().beta.threads.create()",
    "partial": "make = functools.partial(AzureOpenAI().beta.threads.create, metadata={})\nmake()",
    "wrapper": "client = wrap(AzureOpenAI())\nclient.beta.threads.create()",
    "subclass": "class Mine(AzureOpenAI): ...\nMine().beta.threads.create()",
    "awaited": "async def go():\n    client = await make(AzureOpenAI())\n    await client.beta.threads.create()",
    "other options": "client = AzureOpenAI().with_options(timeout=3)\nclient.beta.threads.create()",
    "part of it": "class S:\n    def __init__(self):\n        self.threads = AzureOpenAI().beta.threads\n"
    "    def go(self):\n        return self.threads.create()",
    "loop over parts": "for each in [1]:\n    AzureOpenAI().beta.threads.create()",
    "local function": "def outer():\n    it = AzureOpenAI()\n    def inner():\n        it.beta.threads.create()",
}


@pytest.mark.parametrize("way", HELD)
def test_a_client_is_followed(way: str) -> None:
    assert "azure-client" in rules("from openai import AzureOpenAI\n" + HELD[way])


#: The kind of object is unknown, but it has an attribute ``beta``.
UNKNOWN = [
    "from app.clients import client\nclient.beta.threads.create()",
    "from app import clients\nclients.client.beta.threads.create()",
    "def go(client):\n    client.beta.threads.create()",
    "clients['a'].beta.threads.create()",
    "make().client.beta.threads.create()",
    "class S(Base):\n" + METHOD,
    "st.session_state.client.beta.threads.create()",
    "from .clients import client\nbeta = client.beta\nbeta.threads.create()",
    "def go(client: Unknown):\n    client.beta.threads.create()",
]


@pytest.mark.parametrize("code", UNKNOWN)
def test_an_unknown_object_with_beta_is_a_client(code: str) -> None:
    assert rules(code) == ["call"]


CIRCLES = [
    "client = client or make(client)\nclient.beta.threads.create()",
    "def a():\n    return b()\ndef b():\n    return a()\na().beta.threads.create()",
    "class A(B):\n    x = 1\nclass B(A):\n    y = 2\nA().client.beta.threads.create()",
    "class A:\n    def go(self):\n        self.a = self.a\n        self.a.beta.threads.create()",
]


@pytest.mark.parametrize("code", CIRCLES)
def test_circular_definitions_do_not_loop(code: str) -> None:
    assert rules(code) == ["call"]


def test_many_names_are_followed_quickly() -> None:
    steps = "\n".join(f"    f{i} = f{i - 1}(f{i - 1}, f{i - 2}) or f{i - 2}(f{i - 1})" for i in range(2, 200))
    assert rules(f"def go(f0, f1):\n{steps}\n    f199.beta.threads.create()") == ["call"]
