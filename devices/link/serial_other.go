//go:build !linux

package link

import (
	"errors"
	"os"
)

// setFlow: other systems have other names for it, and no edge runs on them yet.
func setFlow(_ *os.File, fl flow) error {
	if fl != flowNone {
		return errors.New("flow: known on Linux only")
	}
	return nil
}

func outstanding(*os.File) int { return 0 }
