package crash

import (
	"fmt"
	"os"
	"strings"
)

const childEnv = "CRASH_CHILD"

// recoverChild restarts on every folder named in a file, a line each: the
// process that strace watches for the second crash.
func recoverChild(list string) int {
	text, err := os.ReadFile(list)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	for dir := range strings.Lines(string(text)) {
		l, err := reopen(strings.TrimSpace(dir))
		if err == nil {
			err = l.close()
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, dir, err)
			return 1
		}
	}
	return 0
}
