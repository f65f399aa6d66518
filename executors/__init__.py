"""How a plan runs: compiler, engine, strategies and their walls. Knows neither Django nor SQL."""
