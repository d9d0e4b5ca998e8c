"""A program as users write it: Azure's clients."""

from shim import AsyncAzureOpenAI, AzureOpenAI

GIVEN = "https://one.openai.azure.com"


def blocking() -> str:
    client = AzureOpenAI(azure_endpoint=GIVEN, api_version="2024-05-01-preview", azure_ad_token="token")
    return client.beta.threads.create().id


async def awaited() -> str:
    client = AsyncAzureOpenAI(azure_endpoint=GIVEN, api_version="2024-05-01-preview", api_key="key")
    thread = await client.beta.threads.create()
    return thread.id
