// Package edgetest holds what tests share: the tests of the house itself
// (import graph, sizes, doc.go), builders, and outside oracles that recompute
// from raw events what the code under test believes.
//
// Only tests import it. The oracles import neither edge/store nor edge/floor.
package edgetest
