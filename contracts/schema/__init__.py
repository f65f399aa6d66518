"""The port language: JSON Schema 2020-12 in three tiers, decided with proof, witness or an honest unknown."""
