"""As in QSTrader."""
