"""The import swap: ``from shim import OpenAI`` in the place of ``from openai import OpenAI``, in files and notebooks.

`swapper.plan` says what would change, `swapper.write` does it.  Only import statements are changed, by the rules of
`rules`, one file each; whatever a rule does not understand stays, and is named.  Needs the extra ``migrate``.
"""
