"""The interface of trading sessions."""

from __future__ import annotations

class TradingSession:
    """Runs a strategy."""

    def run(self) -> None:
        """Runs the session."""
        raise NotImplementedError("Should implement run()")
