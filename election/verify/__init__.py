"""Check a bundle from nothing: no database, no secret, none of the code that writes.

``run.verify`` makes every check and gives a ``report.Report``; ``answer.document`` is the report as the contract asks.
"""
