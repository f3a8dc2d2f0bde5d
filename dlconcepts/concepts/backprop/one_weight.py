"""The chain rule for one weight of the layer before the last, with every number that it takes.

The weight w joins unit a of one layer to unit b of the next, whose activation feeds all outputs:
dw = h_a dz_b,  dz_b = dh_b tanh'(z_b),  dh_b = sum over the outputs k of w_bk dz_k.
Everything is a plain number; the lists are those of `small_network.shown_pass`.
"""

from typing import NamedTuple


class OneWeight(NamedTuple):
    """a, b: the units. h_a, h_b: what they hand on; w: the weight; after, dz: of each output, w_bk and dz_k."""

    a: int
    b: int
    h_a: float
    h_b: float
    w: float
    after: list[float]
    dz: list[float]

    def products(self) -> list[float]:
        """What each output sends back to unit b."""
        return [w * dz for w, dz in zip(self.after, self.dz, strict=True)]

    def dh(self) -> float:
        """The loss's slope by what unit b hands on."""
        return sum(self.products())

    def bend(self) -> float:
        """The slope of tanh at unit b, 1 - h^2."""
        return 1 - self.h_b**2

    def dz_b(self) -> float:
        """The loss's slope by unit b's weighted sum."""
        return self.dh() * self.bend()

    def dw(self) -> float:
        """The loss's slope by the weight."""
        return self.h_a * self.dz_b()


def one_weight(shown: dict) -> OneWeight:
    """The weight of the layer before the last with the steepest slope."""
    slopes = shown["weight slopes"][-2]
    a, b = max(
        ((a, b) for a, row in enumerate(slopes) for b in range(len(row))), key=lambda at: abs(slopes[at[0]][at[1]])
    )
    values, weights = shown["values"], shown["weights"]
    return OneWeight(a, b, values[-3][a], values[-2][b], weights[-2][a][b], weights[-1][b], shown["slopes"][-1])
