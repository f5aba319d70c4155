"""The interface of rebalance schedules."""


class Rebalance:
    """Has a list of timestamps, ``rebalances``."""
