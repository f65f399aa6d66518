"""Editing one graph together: a room per graph, its document, its people."""
