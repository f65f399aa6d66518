"""A pytest plugin: tests keep their data in a folder of their own, never in the installation's.

Loaded with `-p`, before Django's settings are read.
"""

import atexit
import os
import shutil
import tempfile

os.environ["LAMINA_DATA"] = tempfile.mkdtemp(prefix="lamina-tests-")
atexit.register(shutil.rmtree, os.environ["LAMINA_DATA"], ignore_errors=True)
