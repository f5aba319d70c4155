"""What all assets are."""


class Asset:
    """An asset."""
