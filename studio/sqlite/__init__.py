"""SQLite in the embedded form: one writer at a time, one checkpointer, one process."""
