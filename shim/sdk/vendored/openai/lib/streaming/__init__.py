# From openai 3.54.0 (Apache License 2.0, see LICENSE); changed by docs/vendor.py: imports, and all but the Assistants API left out.

from ._assistants import AssistantEventHandler as AssistantEventHandler, AssistantEventHandlerT as AssistantEventHandlerT, AssistantStreamManager as AssistantStreamManager, AsyncAssistantEventHandler as AsyncAssistantEventHandler, AsyncAssistantEventHandlerT as AsyncAssistantEventHandlerT, AsyncAssistantStreamManager as AsyncAssistantStreamManager
