"""QSTrader 0.3.0's public classes, under its module paths and with its signatures, on gridfolio's engine.

``python -m gridfolio.qstrader SCRIPT [args]`` runs a script written for QSTrader without changing it.
Everything is computed by the engine under ``conventions = "qstrader"``, which gives QSTrader's bits.
Two things are otherwise, because QSTrader reads the future there: a price before an asset's first bar
is an error (QSTrader takes the file's last), and an asset that enters a ``DynamicUniverse`` before its
first bar waits for it. What is not covered says so by name.
"""
