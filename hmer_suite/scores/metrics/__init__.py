"""Built-in metrics for ``score --metric NAME``, registered by entry points as those of any plugin."""
