"""Starting a zygote through bubblewrap, where an ordinary user may not make namespaces but bubblewrap may.

Owns:      its command line.
Promises:  the same root as `executors/sandbox/namespaces.py` builds, except that inodes are not limited.
"""

import os
import shutil
from pathlib import Path
from typing import Any, Final

_DEVICES: Final = ("/dev/null", "/dev/zero", "/dev/urandom")


def find() -> str | None:
    """Where bubblewrap is; only an ordinary user needs it."""
    return shutil.which("bwrap") if os.getuid() != 0 else None


def command(start: dict[str, Any], program: list[str], environment: dict[str, str]) -> list[str]:
    """The words to start a program behind the namespaces of a start order."""
    words = [start["bwrap"], "--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent"]
    words += ["--new-session", "--hostname", "sandbox", "--cap-drop", "ALL", "--clearenv"]
    for name, value in environment.items():
        words += ["--setenv", name, value]
    for path in (*start["bound"], program[0]):
        if Path(path).is_symlink():
            words += ["--symlink", str(Path(path).readlink()), path]
        else:
            words += ["--ro-bind-try", path, path]
    hidden = [path for path in start["hidden"] if Path(path).is_dir()]
    words += [word for path in hidden for word in ("--tmpfs", path)]
    words += ["--ro-bind", start["codec"], start["codec"]]
    words += [word for path in hidden for word in ("--remount-ro", path)]
    for path in _DEVICES:
        words += ["--dev-bind", path, path]
    for path in start["scratch"]:
        words += ["--size", str(start["scratch_bytes"]), "--perms", "0700", "--tmpfs", path]
    return [*words, "--chdir", "/", "--remount-ro", "/", "--", *program]
