"""Measurements that are run by hand: each says in its docstring how."""
