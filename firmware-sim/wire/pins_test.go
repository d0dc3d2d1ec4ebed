package wire

import (
	"strings"
	"testing"
)

func FuzzSetLine(f *testing.F) {
	for _, seed := range []string{"set eye-1 1", "set eye-1 0", "set  1", "set a b 1", "set \xff 1", "pins", "set GPIO17 11"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		name, level, ok := setLine(text)
		if !ok {
			return
		}
		if again := strings.Replace(levelLine(name, level), "level", "set", 1); again != text+"\n" {
			t.Fatalf("%q is read as %q", text, again)
		}
	})
}
