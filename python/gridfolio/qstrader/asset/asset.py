"""The base class of assets."""


class Asset:
    """An asset."""
