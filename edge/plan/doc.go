// Package plan says which orders are to be picked together: waves for the put
// wall, waves of single pieces for the fast line, and clusters that one picker
// walks with a tote each.
//
// Lists is pure and looks at orders that nobody has begun. It runs beside the
// engine, on rows that nobody changes any more; the floor looks at every order
// again when it takes a list (edge/floor, message kind Plan).
//
// It imports the standard library only.
//
// Invariants:
//   - No list mixes clients, carriers, cut-offs or single pieces with others.
//   - An order is on one list at most, and on none where a tote does not hold it.
//   - A list that is not full waits for more orders until its oldest has waited
//     Config.Wait or its cut-off is within Config.Near.
package plan
