"""Whether the best trial of a sweep is real, or luck."""

from __future__ import annotations

import html
from typing import Any, Optional


class Verdict:
    """What a sweep ends with. Printed, it is what the command line prints."""

    def __init__(self, text: str, details: dict[str, Any]) -> None:
        self.details = details
        """Everything, as in ``verdict.json``."""
        self._text = text

    @property
    def light(self) -> Optional[str]:
        """``green``, ``amber`` or ``red``; ``None`` when there is nothing to judge."""
        return self.details["light"]

    @property
    def failed_tests(self) -> list[str]:
        """The tests that failed, by name."""
        return self.details["failed_tests"]

    def summary(self) -> str:
        """What the command line prints."""
        return self._text

    def __repr__(self) -> str:
        return self._text

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(self._text)}</pre>"
