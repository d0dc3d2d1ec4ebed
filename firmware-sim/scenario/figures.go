package scenario

import "math/rand/v2"

// Figures of one real trading day (UCI Online Retail, 2010-12-01, D. Chen,
// CC BY 4.0: 127 orders, 2,966 lines, 26,909 units, 1,336 articles ordered).

// knot is a point of a distribution: a share p of all is at most v.
type knot struct{ p, v float64 }

// largeLines are the lines of the 93 orders with more than three.
func largeLines() []knot {
	return []knot{
		{0, 4}, {.1, 5}, {.2, 7}, {.3, 9}, {.4, 12}, {.5, 14}, {.6, 17}, {.7, 19}, {.8, 29}, {.9, 54},
		{.95, 64}, {.98, 74}, {.99, 522}, {1, 589},
	}
}

// largePieces are the pieces a line in those orders.
func largePieces() []knot {
	return []knot{
		{0, 1}, {.3, 1}, {.4, 2}, {.5, 2}, {.6, 4}, {.7, 6}, {.8, 10}, {.9, 18}, {.95, 25}, {.98, 50},
		{.99, 96}, {1, 600},
	}
}

// popularity says which share of the articles, the most wanted first, makes up
// a share p of all lines.
func popularity() []knot {
	return []knot{
		{0, 0}, {.058, .01}, {.101, .02}, {.188, .05}, {.296, .1}, {.458, .2}, {.584, .3}, {.764, .5},
		{.888, .75}, {1, 1},
	}
}

// draw takes a value between the knots.
func draw(rng *rand.Rand, knots []knot) float64 {
	u := rng.Float64()
	for i := 1; i < len(knots); i++ {
		a, b := knots[i-1], knots[i]
		if u <= b.p {
			return a.v + (b.v-a.v)*(u-a.p)/(b.p-a.p)
		}
	}
	return knots[len(knots)-1].v
}

// largeShare of the orders are large baskets; the others have one to three
// lines, as an online shop's do.
const largeShare = 0.12

func lineCount(rng *rand.Rand) (n int, large bool) {
	if rng.Float64() < largeShare {
		return int(draw(rng, largeLines())), true
	}
	switch u := rng.Float64(); {
	case u < .57:
		return 1, false
	case u < .85:
		return 2, false
	}
	return 3, false
}

func pieces(rng *rand.Rand, large bool) int {
	if large {
		return int(draw(rng, largePieces()))
	}
	switch u := rng.Float64(); {
	case u < .80:
		return 1
	case u < .94:
		return 2
	}
	return 3 + rng.IntN(4)
}
