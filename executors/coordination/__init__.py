"""The parts of the coordinator: each does one thing, `executors/coordinator.py` joins them."""
