"""How fast the engines are, side by side with others on the same work.

    python -m benchmarks.engines [--part same-work] [--quick] [--readme]

What is measured goes into `benchmarks/results/`, one JSON file a machine, part by part. Ratios are
medians of rounds in which all are run in turn, so that a machine that slows down slows all of them.
"""
