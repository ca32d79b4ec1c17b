"""Tables and results -> matplotlib Axes: `plot_x(data, *, ax=None) -> Axes`.

Importing the figures imports matplotlib; nothing else in the package does.
"""
