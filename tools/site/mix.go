package main

import (
	"bytes"
	"errors"
)

// zones has the edge pick zone by zone, as the crew does.
func zones(text []byte) ([]byte, error) {
	with := bytes.Replace(text, []byte("\n[pick]\n"), []byte("\n[pick]\nzones = true\n"), 1)
	if bytes.Equal(with, text) {
		return nil, errors.New("no [pick] table to switch zones on in")
	}
	return with, nil
}
