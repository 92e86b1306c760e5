"""Notations of one thing in a pair, written alike before a difference is looked for: one field a module.

`written_alike` applies those of all fields; `written_out`, `said_otherwise`, `unlike_signs` and `boolean_algebra`
say where two notations leave a difference in doubt; `derivatives` and `number_sets` are asked by others, too.
"""
