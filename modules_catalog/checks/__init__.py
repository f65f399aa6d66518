"""The automated checks of a candidate version, as far as they need nothing but its documents."""
