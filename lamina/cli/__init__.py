"""The command `lamina`: publish modules, move graphs, start and watch runs, from a terminal."""
