"""The analytic look at a compiled corridor, before any run: loads, bounds and words."""

from __future__ import annotations

from corridor_sim.offered.loads import Offer, offered, overloaded
from corridor_sim.offered.prose import sentences
from corridor_sim.offered.throughput import bounds

__all__ = ["Offer", "bounds", "offered", "overloaded", "sentences"]
