"""What all sessions are."""


class TradingSession:
    """Runs a strategy."""

    def run(self):
        raise NotImplementedError("Should implement run()")
