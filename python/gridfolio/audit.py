"""The result of a look-ahead audit."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


class Audit:
    """The result of a look-ahead audit. Its text is the report of ``gridfolio audit``.

    Returned by ``Strategy.audit``.

    Attributes
    ----------
    passed : bool
        Whether the answer is ``passed``.
    details : dict
        Everything that was found, as printed by ``gridfolio audit --json``: dates, differences,
        variations and the files read by the model.

    Examples
    --------
    >>> audit = strategy.audit(market)
    >>> audit.passed
    True
    >>> audit.variations.loc["as it is", "sharpe"]
    """

    def __init__(self, passed: bool, text: str, details: dict[str, Any]) -> None:
        self.passed = passed
        self.details = details
        self._text = text

    @property
    def variations(self) -> pd.DataFrame:
        """The statistics of the backtest unchanged, with delayed signals, with delayed trades and with
        other costs.

        Returns
        -------
        pandas.DataFrame
            A row per variation, indexed by ``change``.
        """
        import pandas as pd

        return pd.DataFrame(self.details["variations"]).set_index("change")

    @property
    def answer(self) -> str:
        """``passed``; ``failed``, where there is a look-ahead or runs differ; or ``not proven``, where none was
        found, and the model holds data or reads files that the audit cannot cut off."""
        answer: str = self.details["answer"]
        return answer

    def summary(self) -> str:
        """The report as text, as printed by ``gridfolio audit``.

        Returns
        -------
        str
        """
        return self._text

    def __repr__(self) -> str:
        return self._text

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(self._text)}</pre>"
