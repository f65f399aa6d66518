"""The Django project: who may, what is kept, what is shown."""
