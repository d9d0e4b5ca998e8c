"""The import swap: ``from shim import OpenAI`` instead of ``from openai import OpenAI``, in files and notebooks.

`swapper.plan` computes the changes, `swapper.write` writes them.  Only import statements are changed, by the rules of
`rules`, one file each; whatever a rule does not understand stays, and is named.  Needs the extra ``migrate``.
"""
