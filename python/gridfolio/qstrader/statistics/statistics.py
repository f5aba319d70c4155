"""What all statistics are."""


class Statistics:
    """Knows how a strategy did."""

    def update(self, dt):
        raise NotImplementedError("Should implement update()")

    def get_results(self):
        raise NotImplementedError("Should implement get_results()")

    def plot_results(self):
        raise NotImplementedError("Should implement plot_results()")

    def save(self, filename):
        raise NotImplementedError("Should implement save()")
