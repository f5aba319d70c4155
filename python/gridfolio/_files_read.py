"""Records the files that a model reads while it is audited."""

from __future__ import annotations

import os
import sys
import threading
from typing import Any, Optional


class FilesRead:
    """Records, while it is entered, the files that this thread opens for reading.

    Code and the files of Python and of the system do not count. Python only reports what Python itself
    opens, not what the native code of pyarrow or polars opens.

    Attributes
    ----------
    paths : list of str
        Absolute paths, in the order of their first opening.
    """

    _active: Optional[FilesRead] = None
    _is_hook_installed = False

    def __init__(self) -> None:
        self.paths: list[str] = []
        self._thread = threading.get_ident()

    def __enter__(self) -> FilesRead:
        # An audit hook cannot be removed, so there is a single one, inactive outside of audits.
        if not FilesRead._is_hook_installed:
            sys.addaudithook(_on_event)
            FilesRead._is_hook_installed = True
        FilesRead._active = self
        return self

    def __exit__(self, *_: object) -> None:
        FilesRead._active = None

    def below(self, folder: str) -> list[str]:
        """Those below a folder; none if ``folder`` is empty."""
        return [path for path in self.paths if folder and _is_below(path, folder)]

    def _add(self, path: str) -> None:
        ignored = (sys.prefix, sys.base_prefix, "/dev", "/etc", "/proc", "/sys", "/usr/share")
        path = os.path.abspath(path)
        is_code = path.endswith((".py", ".pyc", ".pyi", ".so", ".pyd", ".dll"))
        if not is_code and path not in self.paths and not any(_is_below(path, folder) for folder in ignored):
            self.paths.append(path)


def _on_event(event: str, arguments: tuple[Any, ...]) -> None:
    active = FilesRead._active
    if active is None or event != "open" or active._thread != threading.get_ident():
        return
    path, mode = arguments[0], arguments[1]
    if isinstance(path, (str, bytes)) and not (isinstance(mode, str) and mode[:1] in ("w", "x", "a")):
        active._add(os.fsdecode(path))


def _is_below(path: str, folder: str) -> bool:
    return os.path.realpath(path).startswith(os.path.join(os.path.realpath(folder), ""))
