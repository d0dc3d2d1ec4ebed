package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// A member that stands twice would be read as its last: it is refused.
func TestLabelMemberTwice(t *testing.T) {
	for _, data := range []string{`{"copy":1,"copy":2}`, `{"box":{"n":1,"N":2}}`, `{"items":[{"sku":"A","sku":"B"}]}`} {
		code, _, said := edge(t, data, "label", "--template", "korea-100x150", "--data", "-")
		assert.Equal(t, 1, code, data)
		assert.Contains(t, said, "twice", data)
	}
}
