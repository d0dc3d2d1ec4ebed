//go:build !race

package layout

// raced tells that the race detector watches, under which a dot costs ten times as much.
const raced = false
