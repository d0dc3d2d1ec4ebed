package crash

import (
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

// verify runs "edge verify" on the site's folder.
func verify(t testing.TB, r *rig, whole bool) string {
	t.Helper()
	c := exec.Command(r.bin, "verify", "--config", r.config)
	c.Env = r.env
	out, err := c.CombinedOutput()
	if whole {
		require.NoError(t, err, "%s", out)
	} else {
		require.Error(t, err, "%s", out)
	}
	return string(out)
}
