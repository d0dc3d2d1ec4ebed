package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// Nobody cancels or holds the orders of whoever has the site alone.
func TestNobodyMeddlesWithASiteAlone(t *testing.T) {
	for mix, busy := range map[string]bool{"order": false, "zones": false, "returns": true, "all": true} {
		assert.Equal(t, busy, (&site{options: options{mix: mix}}).minds(), mix)
		assert.False(t, (&site{options: options{mix: mix, alone: true}}).minds(), "%s, alone", mix)
	}
}
