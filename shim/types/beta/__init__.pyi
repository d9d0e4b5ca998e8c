# For type checkers; at run time `shim.sdk.submodules` gives `openai`'s own module.
from openai.types.beta import *
