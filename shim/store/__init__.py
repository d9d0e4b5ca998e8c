"""The store: assistants, threads, messages, runs, steps, and the journal of every item that went upstream or came back.

`shim.store.database` runs transactions; each query is a plain function on a connection, in the module of its resource.
"""
