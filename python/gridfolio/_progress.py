"""Progress of a sweep: a bar in terminals and notebooks, nothing elsewhere."""

from __future__ import annotations

import html
import sys
import time
from typing import Any, Optional

_INTERVAL = 0.1  # seconds between two updates


class ProgressBar:
    """Shows progress while it is entered.

    Parameters
    ----------
    wanted : bool or None
        Whether to show it; ``None`` for terminals and notebooks only.
    """

    def __init__(self, wanted: Optional[bool]) -> None:
        self._handle: Any = None
        self._updated = 0.0
        self._started = time.monotonic()
        self._kind = "none"
        if wanted is not False:
            if _in_notebook():
                self._kind = "notebook"
            elif wanted or sys.stderr.isatty():
                self._kind = "terminal"

    def show_trials(self, done: int, total: int, failed: int) -> None:
        """Shows the number of completed trials, with an estimate of the time left."""
        left = (time.monotonic() - self._started) * (total - done) / max(done, 1)
        failures = f", {failed} failed" if failed else ""
        self.show(done, total, f"{done} of {total} trials, {left:.0f} s left{failures}")

    def show(self, done: int, total: int, text: str) -> None:
        """Shows progress with a given text."""
        now = time.monotonic()
        if self._kind == "none" or (now - self._updated < _INTERVAL and done < total):
            return
        self._updated = now
        if self._kind == "terminal":
            filled = 40 * done // max(total, 1)
            sys.stderr.write(f"\r{'█' * filled}{'░' * (40 - filled)} {text}\x1b[K")
            sys.stderr.flush()
            return
        from IPython.display import HTML, display

        bar = HTML(f'<progress value="{done}" max="{total}" style="width: 30em"></progress> {html.escape(text)}')
        if self._handle is None:
            self._handle = display(bar, display_id=True)
        else:
            self._handle.update(bar)

    def write(self, text: str) -> None:
        """Writes a text to where progress is shown, if anywhere."""
        if self._kind == "terminal":
            sys.stderr.write(text)
        elif self._kind == "notebook":
            print(text)

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(self, *_: object) -> None:
        if self._kind == "terminal" and self._updated:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def _in_notebook() -> bool:
    ipython: Any = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None) is not None
