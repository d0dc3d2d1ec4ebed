// Package forms proves that a site makes its own labels without a line of Go: a
// carrier that nobody has heard of is one template and one rule of numbers, and
// its parcels are then packed, printed and read back through the working edge.
//
// It holds tests only; they speak the contracts with a site of edge/edgetest/sitetest.
package forms
