"""The interface of alpha models."""


class AlphaModel:
    """To derive from: ``__call__(dt)`` returns a dict of weights by asset."""

    def __call__(self, dt):
        raise NotImplementedError("Should implement __call__()")
