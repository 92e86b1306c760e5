"""Metrics of ours for ``score --metric NAME``, one a file, registered as everybody registers theirs."""
