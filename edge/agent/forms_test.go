package agent

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dcedge/edge/config"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Faults of every kind are told at once: of a template's text, of one that cannot be
// printed, and of the rules, each with its line.
func TestCheckFormsTellsAllKinds(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		p := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(p, []byte(text), 0o600))
		return p
	}
	const head = "size = [50, 30]\n[[field]]\nname = \"f\"\n"
	write("broken.toml", "name = \"broken\"\n"+head+"kind = \"video\"\nat = [1, 1]\nsize = [9, 9]\n")
	write("empty.toml", "name = \"empty\"\n"+head+"kind = \"qr\"\nvalue = \"{code}\"\nat = [1, 1]\nsize = [20, 20]\n")
	rules := write("rules.txt", "# mine\nnb nb-1 NB(d{9})! mod99 sure issue\n")
	var all []string
	for _, f := range CheckForms(&config.Config{Templates: dir, Waybills: rules}) {
		all = append(all, f.What)
	}
	said := strings.Join(all, "\n")
	for _, want := range []string{"broken.toml: line 3: field \"f\"", "no sample", "line 2: ", "mod99"} {
		assert.Contains(t, said, want)
	}
}
