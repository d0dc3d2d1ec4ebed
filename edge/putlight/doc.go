// Package putlight works the lights of a put wall: the cell that an item is on
// its way to shows how many, and its button confirms as a scan of the cell does.
//
//	w, _ := putlight.New(cells, deps)
//	go w.Run(ctx)
//	engine.Subscribe(w.Committed)
//
// It may import edge and devices/mqtt.
//
// Invariants:
//   - The light proves nothing: what is put is what a button or a scan confirmed,
//     decided by the floor as a scan of the worker on whose way the item is.
//   - A press is acknowledged after its commit, decided once by its id, and counts
//     for the command that it answers: one that answers an older command, or comes
//     when nothing is aimed at the cell, is refused and recorded with the place.
//   - A light that is away holds nothing up: the screen names the cell. When it
//     comes back it is told what it should show.
package putlight
