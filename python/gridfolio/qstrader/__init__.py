"""QSTrader 0.3.0's public classes on gridfolio's engine, under the same module paths and signatures.

``python -m gridfolio.qstrader SCRIPT [args]`` runs a script written for QSTrader unchanged. The engine uses
``conventions = "qstrader"``, which gives QSTrader's results to the bit, with two exceptions where QSTrader
reads the future: a price before an asset's first bar is an error (QSTrader takes the last price of the file),
and an asset that enters a ``DynamicUniverse`` before its first bar waits for it. A part that is not covered
raises ``gridfolio.NotCovered`` or ``ModuleNotFoundError`` with its name.
"""
