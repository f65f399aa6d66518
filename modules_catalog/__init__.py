"""What can run: bundles, their checks, the resolution of pins, and the shipped library."""
