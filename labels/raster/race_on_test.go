//go:build race

package raster

// raced tells that the race detector watches, under which a dot costs ten times as much.
const raced = true
