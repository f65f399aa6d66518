"""What the server has put into this installation by itself."""

from django.db import models


class Installed(models.Model):
    """Something that is installed once (a demo graph) or once per digest (the shipped library)."""

    name = models.CharField(primary_key=True, max_length=200)
    digest = models.CharField(max_length=71)
    installed_at = models.DateTimeField(auto_now=True)
