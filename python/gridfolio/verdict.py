"""The verdict of a sweep: whether its best trial is real or luck."""

from __future__ import annotations

import html
from typing import Any, Optional


class Verdict:
    """Whether a trial of a sweep beats what one could have held instead, by more than luck. Its text is that of ``gridfolio verdict``.

    Returned by ``SweepResults.verdict``.

    Attributes
    ----------
    details : dict
        Everything, as in ``verdict.json``.

    Examples
    --------
    >>> verdict = results.verdict()
    >>> verdict.light
    'amber'
    >>> print(verdict.summary())
    """

    def __init__(self, text: str, details: dict[str, Any]) -> None:
        self.details = details
        self._text = text

    @property
    def light(self) -> Optional[str]:
        """``green``, ``amber`` or ``red``; ``None`` if there is nothing to evaluate."""
        light: Optional[str] = self.details["light"]
        return light

    @property
    def answer(self) -> str:
        """The answer in one sentence, or two."""
        answer: str = self.details["answer"]
        return answer

    @property
    def failed_tests(self) -> list[str]:
        """The names of the tests that failed."""
        return [test["name"] for test in self.details["tests"] if not test["passed"]]

    def summary(self) -> str:
        """The verdict as text, as printed by ``gridfolio verdict``.

        Returns
        -------
        str
        """
        return self._text

    def __repr__(self) -> str:
        return self._text

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(self._text)}</pre>"
