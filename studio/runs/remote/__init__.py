"""Work that is carried out by workers elsewhere: its rows, its letters, both ends."""
