"""The documents that the parts of Lamina exchange: pure data and pure decisions, no I/O."""
