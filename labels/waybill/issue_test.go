package waybill

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Numbers with letters and fixed digits around the serial can be issued, and pass
// their own rule.
func TestIssueWithFixedParts(t *testing.T) {
	for shape, want := range map[string]string{
		"NB(d{9})! mod7": "NB0000000422", "NB(d{9})! mod10": "NB0000000420", "(d{8})!KR s10": "00000042", "(77d{6})! mod10": "77000042", "[N]{2}(d{3})! mod7": "NN042",
	} {
		var sh, check string
		for i := range shape {
			if shape[i] == ' ' {
				sh, check = shape[:i], shape[i+1:]
			}
		}
		confidence := "sure"
		if check == "-" {
			confidence = "shape"
		}
		r, err := Parse("nb nb-1 " + sh + " " + check + " " + confidence + " issue")
		require.NoError(t, err, shape)
		n, err := r.Number("nb", 42)
		require.NoError(t, err, shape)
		assert.Contains(t, n, want[:len(want)-1], shape)
		_, err = r.Check("nb", n)
		require.NoError(t, err, "%s: %s", shape, n)
		rapid.Check(t, func(t *rapid.T) {
			a, b := rapid.Uint64Range(0, 99).Draw(t, "a"), rapid.Uint64Range(0, 99).Draw(t, "b")
			na, errA := r.Number("nb", a)
			nb, errB := r.Number("nb", b)
			if errA != nil || errB != nil || (a == b) != (na == nb) {
				t.Fatalf("%d %d: %s %s %v %v", a, b, na, nb, errA, errB)
			}
			if _, err := r.Check("nb", na); err != nil {
				t.Fatal(err)
			}
		})
	}
	for _, bad := range []string{"a(d{9})! mod7 sure", "NB(d{8,9})! mod7 sure", "NB! mod7 sure", "d{20} - shape", "d{4}-d{4} - shape", "(NBd{9})! mod7 sure", "[NM](d{9})! mod7 sure"} {
		_, err := Parse("nb nb-1 " + bad + " issue")
		require.Error(t, err, bad)
		assert.Contains(t, err.Error(), "line 1")
	}
}

// TestNoNumberThatItsRuleRefuses: a carrier's rule that numbers are issued by takes each
// of them; one that cannot is refused where it is read.
func TestNoNumberThatItsRuleRefuses(t *testing.T) {
	for _, rule := range []string{"(d{5}!) mod7 sure", "NB(!d{5}) mod10 doubtful", "(d{3}?d{3}) mod37 sure", "(d{5})? mod37 sure", "(NBd{4})? mod37 sure", "EM(d{8})!KR s10 sure"} {
		r, err := Parse("nb nb-1 " + rule + " issue")
		require.NoError(t, err, rule)
		for serial := range uint64(100) {
			n, err := r.Number("nb", serial)
			require.NoError(t, err, rule)
			res, err := r.Check("nb", n)
			require.NoError(t, err, "%s: %s", rule, n)
			assert.Empty(t, res.Warnings, "%s: %s", rule, n)
			wrong := n[:len(n)-2] + string('0'+(n[len(n)-2]-'0'+1)%10) + n[len(n)-1:]
			if res, err = r.Check("nb", wrong); err == nil {
				assert.NotEmpty(t, res.Warnings, "%s: %s", rule, wrong)
			}
		}
	}
	for rule, says := range map[string]string{
		"nb nb-1 (d{5})! mod37 sure issue":        "? in the shape", // two of three checks are letters
		"nb nb-1 (d{27})! mod37 sure":             "? in the shape",
		"nb nb-1 EM(d{8})!ZZ s10 sure issue":      "country",
		"nb nb-1 EM(d{8})!KR7 s10 doubtful issue": "country",
	} {
		_, err := Parse(rule)
		require.Error(t, err, rule)
		assert.ErrorContains(t, err, says, rule)
	}
}
