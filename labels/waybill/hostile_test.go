package waybill

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestRulesThatMeanNothing: each is told with its line, not kept and never used.
func TestRulesThatMeanNothing(t *testing.T) {
	for _, line := range []string{
		"x n NB[]d{9} - shape",      // a set of nothing
		"x n NB[5-3]d{9} - shape",   // a range from behind
		"x n d{3}!{0,1} mod10 sure", // a check character that may be missing
		"x n d{3}!{2} mod10 sure",   // or stand twice
		"x n (d{3})!d! mod10 sure",  //
		"x n (d{9})!) mod10 sure",   // brackets out of step
		"x n ((d{9})! mod10 sure",   //
		"x n d{9}! mod10 sure",      // no ( ): the check runs over nothing
		"x n (d{0})! mod10 sure",    // a check over nothing
		"x n (d{0,8})! s10 sure",    // s10 is two letters, nine digits, two letters
		"x n (d{8})! s10 sure",
		"x n aa(d{7})!aa s10 sure",
		"x n \x01d{9} - shape",                       // what no label holds
		"x n d{9}\u00e9 - shape",                     //
		"n\xffb n d{9} - shape",                      //
		"x n d{9} - shape issue issue issue zip zip", // an option twice
		"x n (d{9})! mod10:AB sure",                  // a prefix that the check has no value for
		"x n (d{9})! weighted:-3,1/11 sure",
		"x n (d{9})! weighted:3,1/2000000 sure",
		"x n (d{9})! weighted:3,99999999999999999999/11 sure",
		"x n (d{9})! mod10left:1,2;4; sure",
		"x n (d{9})! mod7:3 sure", // a parameter that nothing reads
		"x n " + strings.Repeat("d", 65) + " - shape",
		"x n " + strings.Repeat("d{0,64}", 65) + " - shape",
		"x n d{60}d{60} - shape", // longer than any number
	} {
		_, err := Parse("# one\n" + line)
		if assert.Error(t, err, line) {
			assert.ErrorContains(t, err, "line 2:", line)
			assert.Less(t, len(err.Error()), 300, line)
			assert.NotContains(t, err.Error(), "strconv", line)
		}
	}
}

// TestSetsAreReadInCapitals: numbers are.
func TestSetsAreReadInCapitals(t *testing.T) {
	r, err := Parse("x n [a-c]d{3} - shape")
	require.NoError(t, err)
	for _, n := range []string{"A123", "b123"} {
		_, err := r.Check("x", n)
		assert.NoError(t, err, n)
	}
}

// TestEveryShapeIsSoonDone: what could be cut in more ways than there is time for.
func TestEveryShapeIsSoonDone(t *testing.T) {
	r, err := Parse("x n (" + strings.Repeat("d{0,32}[0-8]{0,32}", 16) + ")! mod10 sure")
	require.NoError(t, err)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for _, number := range []string{strings.Repeat("1", 63) + "A", strings.Repeat("9", 64), strings.Repeat("12", 30)} {
			_, _ = r.Check("x", number)
		}
	}()
	select {
	case <-done:
	case <-time.After(5 * time.Second):
		t.Fatal("a number is still being cut into the shape")
	}
	for n := range 60 { // and it finds what a plain reader of the same shape finds
		_, err := r.Check("x", fmt.Sprint(strings.Repeat("7", n), "0123456789"[n%10:n%10+1]))
		sum := 7 * (3*((n+1)/2) + n/2)
		if want := (10 - sum%10) % 10; want == n%10 {
			assert.NoError(t, err, n)
		} else {
			assert.Error(t, err, n)
		}
	}
}
