"""What runs inside the walls, and the walls. Standard library and `lamina` only: it is copied into the sandbox."""
