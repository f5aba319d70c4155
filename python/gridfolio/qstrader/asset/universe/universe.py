"""The interface of universes."""

from __future__ import annotations

import datetime


class Universe:
    """The assets that may be held at a time."""

    def get_assets(self, dt: datetime.datetime) -> list[str]:
        """The assets at ``dt``."""
        raise NotImplementedError("Should implement get_assets()")
