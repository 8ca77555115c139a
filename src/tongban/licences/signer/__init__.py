"""The keeper of one office's key: a small process that signs the office's own statements only.

Nothing here imports Django or a database, so that the process stays small and knows nothing but
the key, the statement before it and its own journal.
"""
