//go:build !linux

package agent

import "math"

// freeBytes is not known here: a full disk shows when it refuses.
func freeBytes(string) (uint64, error) { return math.MaxUint64, nil }

// fileSystemOf is not known here.
func fileSystemOf(string) string { return "" }
