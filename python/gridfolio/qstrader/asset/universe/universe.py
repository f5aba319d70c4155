"""The interface of universes."""


class Universe:
    """Knows which assets there are at a time."""

    def get_assets(self, dt):
        raise NotImplementedError("Should implement get_assets()")
