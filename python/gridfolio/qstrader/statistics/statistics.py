"""The interface of statistics."""

from __future__ import annotations

import datetime
from typing import Any


class Statistics:
    """Base class of statistics."""

    def update(self, dt: datetime.datetime) -> None:
        raise NotImplementedError("Should implement update()")

    def get_results(self) -> Any:
        raise NotImplementedError("Should implement get_results()")

    def plot_results(self) -> None:
        raise NotImplementedError("Should implement plot_results()")

    def save(self, filename: str) -> None:
        raise NotImplementedError("Should implement save()")
