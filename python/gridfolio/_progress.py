"""How far a sweep is: a bar in terminals and notebooks, nothing elsewhere."""

from __future__ import annotations

import sys
import time
from typing import Any, Optional

_BETWEEN = 0.1  # seconds


class Meter:
    """Shows progress while it is entered."""

    def __init__(self, wanted: Optional[bool]) -> None:
        self._handle: Any = None
        self._said = 0.0
        self._began = time.monotonic()
        self._kind = "none"
        if wanted is not False:
            if _in_notebook():
                self._kind = "notebook"
            elif wanted or sys.stderr.isatty():
                self._kind = "terminal"

    def show(self, done: int, total: int, failed: int) -> None:
        """Trials that are done, trials in all, and those that failed."""
        left = (time.monotonic() - self._began) * (total - done) / max(done, 1)
        self.tell(done, total, f"{done} of {total} trials, {left:.0f} s left" + (f", {failed} failed" if failed else ""))

    def tell(self, done: int, total: int, text: str) -> None:
        """The same in words of one's own."""
        now = time.monotonic()
        if self._kind == "none" or (now - self._said < _BETWEEN and done < total):
            return
        self._said = now
        if self._kind == "terminal":
            filled = 40 * done // max(total, 1)
            sys.stderr.write(f"\r{'█' * filled}{'░' * (40 - filled)} {text}\x1b[K")
            sys.stderr.flush()
            return
        import html

        from IPython.display import HTML, display

        bar = HTML(f'<progress value="{done}" max="{total}" style="width: 30em"></progress> {html.escape(text)}')
        if self._handle is None:
            self._handle = display(bar, display_id=True)
        else:
            self._handle.update(bar)

    def say(self, text: str) -> None:
        """A result that nobody asked for, where progress is shown."""
        if self._kind == "terminal":
            sys.stderr.write(text)
        elif self._kind == "notebook":
            print(text)

    def __enter__(self) -> Meter:
        return self

    def __exit__(self, *_: Any) -> None:
        if self._kind == "terminal" and self._said:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def _in_notebook() -> bool:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None) is not None
