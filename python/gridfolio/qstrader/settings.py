"""QSTrader's settings. ``PRINT_EVENTS`` decides whether a session prints its events."""

from __future__ import annotations

from typing import Any

SUPPORTED: dict[str, Any] = {
    "CURRENCIES": ["USD", "GBP", "EUR"],
    "FEE_MODEL": {"ZeroFeeModel": "qstrader.broker.fee_model.zero_fee_model"},
}

LOGGING = {"DATE_FORMAT": "%Y-%m-%d %H:%M:%S"}

PRINT_EVENTS = True


def set_print_events(print_events: bool = True) -> None:
    """Switches the printing of events on or off."""
    global PRINT_EVENTS
    PRINT_EVENTS = print_events
